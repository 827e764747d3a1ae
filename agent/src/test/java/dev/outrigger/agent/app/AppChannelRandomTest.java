package dev.outrigger.agent.app;

import static dev.outrigger.agent.app.ScriptedApp.BREAK_OFF;
import static dev.outrigger.agent.app.ScriptedApp.HANG;
import static dev.outrigger.agent.app.ScriptedApp.NORMAL;
import static dev.outrigger.agent.app.ScriptedApp.applyThen;
import static dev.outrigger.agent.app.ScriptedApp.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.ScriptedApp.Behaviour;
import dev.outrigger.agent.app.ScriptedApp.Call;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An application that fails at random in every way at once. Its journal must come out without gap, doublet or reorder,
 * and whoever waits for a result must hear of each. To repeat a run: {@code -Doutrigger.seed=…} (the interleaving with
 * the network still differs).
 */
@ParameterizedClass
@EnumSource(Push.Form.class)
class AppChannelRandomTest extends AgainstAnApp {
    @Parameter
    @SuppressWarnings("NullAway.Init")
    Push.Form form;

    @BeforeEach
    void speak() {
        app.speaks(form);
    }

    private static final int COMMANDS = 4000;
    private static final int FAULT_PERCENT = 25;
    private static final Duration CALL_TIMEOUT = Duration.ofMillis(60);

    private final long seed = Long.getLong("outrigger.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Random appRandom = new Random(seed + 1);

    @Test
    void journalIsCompleteAndInOrderWhateverTheApplicationDoes() {
        System.out.println("AppChannelRandomTest: -Doutrigger.seed=" + seed);
        app.always("apply", (a, call) -> faultyApply().serve(a, call))
                .always("info", (a, call) -> faultyInfo().serve(a, call));
        start(ChannelFixture.persistent(ChannelFixture.limits(CALL_TIMEOUT, Duration.ofMillis(7), 4096, 64)));
        while (log.commandIndexes().size() < COMMANDS) {
            appendSome();
        }
        fixture.await(
                () -> "all applied, seed " + seed,
                () -> app.journal().size() >= log.commandIndexes().size());
        app.always("apply", NORMAL).always("info", NORMAL);
        fixture.append(log -> log.noop(99).command(99)).awaitApplied(log.lastIndex());

        assertTrue(fixture.batches(form) > 20, fixture.batches(form) + " batches went as " + form + ", seed " + seed);
        List<Long> expected = log.commandIndexes();
        assertEquals(expected, app.journal(), "seed " + seed);
        assertEquals(expected.stream().map(MemoryLog::textAt).toList(), app.journalTexts(), "seed " + seed);
        List<Long> results = fixture.recorder.results();
        for (long index : expected) {
            assertTrue(
                    results.contains(index) || fixture.recorder.isLost(index),
                    "nothing heard of " + index + ", " + seed);
        }
    }

    private void appendSome() {
        int term = 1 + log.commandIndexes().size() / 500;
        int commands = 1 + random.nextInt(60);
        boolean noop = random.nextInt(4) == 0;
        long before = fixture.recorder.appliedIndex;
        fixture.append(log -> {
            if (noop) {
                log.noop(term);
            }
            log.commands(term, commands);
        });
        if (random.nextInt(3) > 0) {
            fixture.await("some progress, seed " + seed, () -> fixture.recorder.appliedIndex != before);
        }
    }

    private Behaviour faultyApply() {
        if (appRandom.nextInt(100) >= FAULT_PERCENT) {
            return NORMAL;
        }
        return switch (appRandom.nextInt(13)) {
            case 0 -> status(500, "before");
            case 1 -> applyThen(status(500, "after"));
            case 2 -> partOf(status(503, "in the middle"));
            case 3 -> applyThen(status(200, "garbage"));
            case 4 -> applyThen((a, call) -> wrong(a, call, 1));
            case 5 -> applyThen((a, call) -> wrong(a, call, -1));
            case 6 ->
                partOf((a, call) -> call.results(
                        new JsonObject().put("applied", call.indexes().get(0)).put("results", new JsonArray())));
            case 7 -> applyThen((a, call) -> call.beginAnswer().onComplete(written -> call.breakOff()));
            case 8 -> BREAK_OFF;
            case 9 -> applyThen(BREAK_OFF);
            case 10 -> appRandom.nextInt(4) == 0 ? HANG : status(409, "so it says");
            case 11 -> late();
            default -> restart(appRandom.nextInt(20) == 0 ? Integer.MAX_VALUE : appRandom.nextInt(40));
        };
    }

    private static void wrong(ScriptedApp app, Call call, int by) {
        long applied = app.info().getJsonObject("applied").getLong("index");
        call.results(app.execute(call).put("applied", applied + by));
    }

    private Behaviour partOf(Behaviour answer) {
        int commands = appRandom.nextInt(8);
        return (app, call) -> {
            app.execute(call, commands);
            answer.serve(app, call);
        };
    }

    /** Is applied and answered when the agent has long given up, and perhaps delivered the same again. */
    private Behaviour late() {
        return (app, call) -> appSide.setTimer(CALL_TIMEOUT.toMillis() + 15, timer -> NORMAL.serve(app, call));
    }

    /** Dies with the batch under way and comes back without the last {@code lost} commands. */
    private static Behaviour restart(int lost) {
        return (app, call) -> {
            app.restoreFirst(Math.max(0, app.journal().size() - lost));
            call.breakOff();
        };
    }

    private Behaviour faultyInfo() {
        if (appRandom.nextInt(100) >= FAULT_PERCENT) {
            return NORMAL;
        }
        return switch (appRandom.nextInt(5)) {
            case 0 -> status(500, "");
            case 1 -> status(200, "{\"protocol\":1,\"applied\":{}}");
            case 2 -> BREAK_OFF;
            case 3 -> appRandom.nextInt(8) == 0 ? HANG : status(200, "");
            default -> restart(appRandom.nextInt(3));
        };
    }
}
