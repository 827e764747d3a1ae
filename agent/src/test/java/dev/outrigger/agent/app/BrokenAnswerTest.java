package dev.outrigger.agent.app;

import static dev.outrigger.agent.app.ScriptedApp.BREAK_OFF;
import static dev.outrigger.agent.app.ScriptedApp.HANG;
import static dev.outrigger.agent.app.ScriptedApp.applyThen;
import static dev.outrigger.agent.app.ScriptedApp.status;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.agent.app.Push.Form;
import dev.outrigger.agent.app.ScriptedApp.Behaviour;
import dev.outrigger.agent.app.ScriptedApp.Call;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** After every kind of broken answer nothing is missing and nothing is delivered twice. */
class BrokenAnswerTest extends AgainstAnApp {
    private static final JsonObject OK = new JsonObject().put("code", 0);

    static Stream<Arguments> brokenAnswers() {
        return Stream.of(Form.values())
                .flatMap(form -> Stream.concat(inAnyForm(), in(form))
                        .map(broken -> Arguments.of(form, broken.cause, broken.behaviour)));
    }

    private record Broken(String cause, Behaviour behaviour) {}

    private static Stream<Broken> inAnyForm() {
        return Stream.of(
                new Broken("status", status(500, "out of memory")),
                new Broken("status", status(302, "moved")),
                new Broken("malformed", results(1, OK)),
                new Broken("malformed", results(3, OK)),
                new Broken("malformed", results(9, OK, OK)),
                new Broken("malformed", results(1, OK, OK)),
                new Broken("malformed", results(2)),
                new Broken("malformed", results(2, OK)),
                new Broken("malformed", results(2, OK, OK, OK)),
                new Broken("conflict", status(409, "{\"applied\":0}")),
                new Broken("reset", BREAK_OFF),
                new Broken("reset", (app, call) -> call.beginAnswer().onComplete(end -> call.breakOff())));
    }

    private static Stream<Broken> in(Form form) {
        return switch (form) {
            case JSON ->
                Stream.of(
                        new Broken("status", status(204, "")),
                        new Broken("malformed", status(200, "")),
                        new Broken("malformed", status(200, "all fine!")),
                        new Broken("malformed", results(2, OK, new JsonObject().put("code", 65536))),
                        new Broken(
                                "malformed",
                                results(2, OK, new JsonObject().put("code", 0).put("data", "%"))),
                        new Broken("too_large", status(200, "x".repeat(2 << 20))));
            case FRAMES ->
                Stream.concat(
                        Stream.of(
                                new Broken("status", status(204, "")),
                                new Broken("malformed", status(200, "")),
                                new Broken("malformed", status(200, "all fine!")),
                                new Broken(
                                        "malformed",
                                        status(200, "{\"applied\":2,\"results\":[{\"code\":0},{\"code\":0}]}")),
                                new Broken("malformed", bytes(FramesOfApp.refusal(409, "not in a single call"))),
                                new Broken("malformed", bytes(right().appendBuffer(right()))),
                                new Broken("too_large", status(200, "x".repeat(2 << 20)))),
                        brokenFrames());
            case STREAM ->
                Stream.concat(
                        Stream.of(
                                new Broken("too_large", status(200, "all fine!")),
                                new Broken("too_large", bytes(Buffer.buffer().appendInt(Integer.MAX_VALUE))),
                                new Broken("too_large", bytes(Buffer.buffer().appendInt(-1))),
                                new Broken("malformed", bytes(Buffer.buffer().appendInt(0))),
                                new Broken(
                                        "malformed",
                                        bytes(Buffer.buffer().appendInt(1).appendByte((byte) 2))),
                                new Broken("malformed", bytes(FramesOfApp.refusal(200, "no refusal at all"))),
                                new Broken(
                                        "reset",
                                        (app, call) -> call.http().response().end())),
                        brokenFrames());
        };
    }

    /** A right answer to both commands, but for one thing. */
    private static Stream<Broken> brokenFrames() {
        Buffer right = right();
        int content = 4;
        return Stream.of(
                        right.copy().setByte(content, (byte) 1),
                        right.copy().setByte(content, (byte) 7),
                        right.copy().setByte(content + 1, (byte) 2),
                        right.copy().setByte(content + 2, (byte) -1),
                        right.copy().setInt(content + 10, 7),
                        right.copy().setInt(content + 14, 3),
                        right.copy().setInt(content + 14, -1),
                        right.copy().setInt(content + 20, Integer.MAX_VALUE),
                        right.copy().appendByte((byte) 0).setInt(0, right.length() - content + 1),
                        right.slice(0, right.length() - 1).copy().setInt(0, right.length() - content - 1))
                .map(frame -> new Broken("malformed", bytes(frame)));
    }

    private static Buffer right() {
        return FramesOfApp.results(new JsonObject().put("applied", 2).put("results", new JsonArray(List.of(OK, OK))));
    }

    private static Behaviour bytes(Buffer bytes) {
        return (app, call) -> call.answer(bytes);
    }

    private static Behaviour results(long applied, JsonObject... results) {
        JsonObject answer = new JsonObject().put("applied", applied).put("results", new JsonArray(List.of(results)));
        return (app, call) -> {
            if (call.form() == Form.JSON) {
                call.answer(200, answer.encode());
            } else {
                call.results(answer);
            }
        };
    }

    @ParameterizedTest
    @MethodSource("brokenAnswers")
    void deliversAgainAfterABrokenAnswerThatDidNothing(Form form, String cause, Behaviour broken) {
        app.speaks(form).next("apply", broken);
        log.commands(1, 2).commitAll();
        start().awaitApplied(2);
        assertEquals(form, app.calls("apply").get(0).form());
        assertEquals(range(1, 2), app.journal());
        assertEquals(range(1, 2), fixture.recorder.results());
        assertEquals(List.of(), fixture.recorder.lost());
        assertEquals(1, fixture.failures("apply", cause));
        assertEquals(2, app.calls("info").size());
        assertEquals(List.of(1L), app.calls("apply").get(1).indexes(), "one at a time after a failure");
    }

    @ParameterizedTest
    @MethodSource("brokenAnswers")
    void goesOnAfterABrokenAnswerToWhatWasApplied(Form form, String cause, Behaviour broken) {
        app.speaks(form).next("apply", applyThen(broken));
        log.commands(1, 2).commitAll();
        start().awaitApplied(2).append(log -> log.command(1)).awaitApplied(3);
        assertEquals(range(1, 3), app.journal());
        assertEquals(List.of("1-2"), fixture.recorder.lost());
        assertEquals(List.of(3L), fixture.recorder.results());
        assertEquals(List.of(3L), lastApply().indexes());
        assertEquals(2, lastApply().prevIndex());
        assertEquals(1, fixture.failures("apply", cause));
    }

    @ParameterizedTest
    @EnumSource
    void goesOnInTheMiddleOfABatchThatWasAppliedInPart(Form form) {
        app.speaks(form);
        app.next("apply", (a, call) -> {
            a.execute(call, 2);
            call.answer(500, "disk full");
        });
        log.commands(1, 4).commitAll();
        start().awaitApplied(4);
        assertEquals(range(1, 4), app.journal());
        assertEquals(List.of("1-2"), fixture.recorder.lost());
        assertEquals(range(3, 4), fixture.recorder.results());
    }

    @ParameterizedTest
    @EnumSource
    void asksBeforeItDeliversAgainWhatWasNotAnsweredInTime(Form form) {
        app.speaks(form);
        List<Call> late = new CopyOnWriteArrayList<>();
        app.next("apply", applyThen((a, call) -> late.add(call)));
        log.command(1).commitAll();
        start(IMPATIENT).awaitApplied(1);
        late.get(0).answer(200, "too late");
        fixture.append(log -> log.command(1)).awaitApplied(2);
        assertEquals(range(1, 2), app.journal());
        assertEquals(2, app.calls("apply").size(), "the command was not sent twice");
        assertEquals(List.of("1-1"), fixture.recorder.lost());
        assertEquals(1, fixture.failures("apply", "timeout"));
    }

    @ParameterizedTest
    @EnumSource
    void deliversAgainWhatWasNeitherAppliedNorAnsweredInTime(Form form) {
        app.speaks(form);
        app.next("apply", HANG);
        log.command(1).commitAll();
        start(IMPATIENT).awaitApplied(1);
        assertEquals(List.of(1L), app.journal());
        assertEquals(List.of(1L), fixture.recorder.results());
    }

    @ParameterizedTest
    @EnumSource
    void givesUpAnAnswerThatDripsForEver(Form form) {
        app.speaks(form);
        app.next("apply", (a, call) -> {
            call.beginAnswer();
            HttpServerResponse response = call.http().response();
            appSide.setPeriodic(20, timer -> {
                if (response.closed()) {
                    appSide.cancelTimer(timer);
                } else {
                    response.write(Buffer.buffer(new byte[1]));
                }
            });
        });
        log.command(1).commitAll();
        start(IMPATIENT).awaitApplied(1);
        assertEquals(1, fixture.failures("apply", "timeout"));
    }
}
