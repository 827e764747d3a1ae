package dev.outrigger.agent.app;

import static dev.outrigger.agent.app.ScriptedApp.HANG;
import static dev.outrigger.agent.app.ScriptedApp.NORMAL;
import static dev.outrigger.agent.app.ScriptedApp.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.AppStatus.State;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Queries beside delivery. */
class QueriesTest extends AgainstAnApp {
    @Test
    void queriesAreAnsweredWhileABatchHangs() {
        app.next("apply", HANG);
        start().append(log -> log.command(1))
                .await("a batch", () -> !app.calls("apply").isEmpty());
        QueryAnswer.Answered answer = (QueryAnswer.Answered) fixture.query("what?");
        assertEquals("answer to what?", new String(answer.data().array(), StandardCharsets.UTF_8));
    }

    @Test
    void batchesAreAnsweredWhileQueriesHang() {
        app.always("query", HANG);
        start().awaitState(State.SERVING);
        for (int i = 0; i < ChannelFixture.LIMITS.queriesInFlightMax(); i++) {
            fixture.queryLater("what?");
        }
        fixture.append(log -> log.commands(1, 20)).awaitApplied(20);
        assertEquals(new QueryAnswer.TooMany(4), fixture.query("and this?"));
    }

    @Test
    void queriesInFlightAreCountedDownAgain() {
        app.next("query", status(500, "no"), HANG, status(200, "x".repeat(2 << 20)));
        start(IMPATIENT).awaitState(State.SERVING);
        for (int i = 0; i < 3; i++) {
            assertTrue(fixture.query("what?") instanceof QueryAnswer.Failed);
        }
        for (int i = 0; i < 10; i++) {
            assertTrue(fixture.query("what?") instanceof QueryAnswer.Answered);
        }
    }

    @Test
    void queriesSayWhyThereIsNoAnswer() {
        app.always("info", status(503, "starting"));
        start().await("its reason", () -> fixture.reason().contains("answered 503"));
        QueryAnswer.Away away = (QueryAnswer.Away) fixture.query("what?");
        assertTrue(away.detail().contains("503: starting"), away.detail());
        assertTrue(app.calls("query").isEmpty());

        app.always("info", NORMAL).next("query", status(400, "no such thing"));
        fixture.awaitState(State.SERVING);
        assertEquals(new QueryAnswer.Failed("the application answered 400: no such thing"), fixture.query("what?"));
        app.away();
        assertTrue(fixture.query("what?") instanceof QueryAnswer.Away);
    }
}
