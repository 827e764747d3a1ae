package dev.outrigger.agent.app;

import static dev.outrigger.agent.app.ScriptedApp.BREAK_OFF;
import static dev.outrigger.agent.app.ScriptedApp.HANG;
import static dev.outrigger.agent.app.ScriptedApp.applyThen;
import static dev.outrigger.agent.app.ScriptedApp.status;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.agent.app.ScriptedApp.Behaviour;
import dev.outrigger.agent.app.ScriptedApp.Call;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** After every kind of broken answer nothing is missing and nothing is delivered twice. */
class BrokenAnswerTest extends AgainstAnApp {
    static Stream<Arguments> brokenAnswers() {
        JsonObject ok = new JsonObject().put("code", 0);
        return Stream.of(
                Arguments.of("status", status(500, "out of memory")),
                Arguments.of("status", status(204, "")),
                Arguments.of("status", status(302, "moved")),
                Arguments.of("malformed", status(200, "")),
                Arguments.of("malformed", status(200, "all fine!")),
                Arguments.of("malformed", results(1, ok)),
                Arguments.of("malformed", results(3, ok)),
                Arguments.of("malformed", results(9, ok, ok)),
                Arguments.of("malformed", results(1, ok, ok)),
                Arguments.of("malformed", results(2)),
                Arguments.of("malformed", results(2, ok)),
                Arguments.of("malformed", results(2, ok, ok, ok)),
                Arguments.of("malformed", results(2, ok, new JsonObject().put("code", 65536))),
                Arguments.of(
                        "malformed",
                        results(2, ok, new JsonObject().put("code", 0).put("data", "%"))),
                Arguments.of("conflict", status(409, "{\"applied\":0}")),
                Arguments.of("too_large", status(200, "x".repeat(2 << 20))),
                Arguments.of("reset", BREAK_OFF),
                Arguments.of("reset", (Behaviour) (app, call) -> halfOf(call).onComplete(end -> call.breakOff())));
    }

    private static Behaviour results(long applied, JsonObject... results) {
        JsonObject answer = new JsonObject().put("applied", applied).put("results", new JsonArray(List.of(results)));
        return status(200, answer.encode());
    }

    private static Future<Void> halfOf(Call call) {
        HttpServerResponse response = call.http().response();
        return response.putHeader("Content-Length", "100").write(Buffer.buffer("{\"applied\":2,\"results\":[{\"code"));
    }

    @ParameterizedTest
    @MethodSource("brokenAnswers")
    void deliversAgainAfterABrokenAnswerThatDidNothing(String cause, Behaviour broken) {
        app.next("apply", broken);
        log.commands(1, 2).commitAll();
        start().awaitApplied(2);
        assertEquals(range(1, 2), app.journal());
        assertEquals(range(1, 2), fixture.recorder.results());
        assertEquals(List.of(), fixture.recorder.lost());
        assertEquals(1, fixture.failures("apply", cause));
        assertEquals(2, app.calls("info").size());
        assertEquals(List.of(1L), app.calls("apply").get(1).indexes(), "one at a time after a failure");
    }

    @ParameterizedTest
    @MethodSource("brokenAnswers")
    void goesOnAfterABrokenAnswerToWhatWasApplied(String cause, Behaviour broken) {
        app.next("apply", applyThen(broken));
        log.commands(1, 2).commitAll();
        start().awaitApplied(2).append(log -> log.command(1)).awaitApplied(3);
        assertEquals(range(1, 3), app.journal());
        assertEquals(List.of("1-2"), fixture.recorder.lost());
        assertEquals(List.of(3L), fixture.recorder.results());
        assertEquals(List.of(3L), lastApply().indexes());
        assertEquals(2, lastApply().prevIndex());
        assertEquals(1, fixture.failures("apply", cause));
    }

    @Test
    void goesOnInTheMiddleOfABatchThatWasAppliedInPart() {
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

    @Test
    void asksBeforeItDeliversAgainWhatWasNotAnsweredInTime() {
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

    @Test
    void deliversAgainWhatWasNeitherAppliedNorAnsweredInTime() {
        app.next("apply", HANG);
        log.command(1).commitAll();
        start(IMPATIENT).awaitApplied(1);
        assertEquals(List.of(1L), app.journal());
        assertEquals(List.of(1L), fixture.recorder.results());
    }

    @Test
    void givesUpAnAnswerThatDripsForEver() {
        app.next("apply", (a, call) -> {
            HttpServerResponse response = call.http().response().setChunked(true);
            appSide.setPeriodic(20, timer -> {
                if (response.closed()) {
                    appSide.cancelTimer(timer);
                } else {
                    response.write(" ");
                }
            });
        });
        log.command(1).commitAll();
        start(IMPATIENT).awaitApplied(1);
        assertEquals(1, fixture.failures("apply", "timeout"));
    }
}
