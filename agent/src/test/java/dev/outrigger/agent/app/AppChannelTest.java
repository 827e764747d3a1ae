package dev.outrigger.agent.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.AppStatus.State;
import dev.outrigger.agent.app.ScriptedApp.Call;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The agent's own failures, metrics, and the end. */
class AppChannelTest extends AgainstAnApp {
    @Test
    void goesOnAfterTheLogCouldNotBeRead() {
        log.commands(1, 3).commitAll();
        log.readsToFail = 5;
        start().awaitApplied(3);
        assertEquals(5, fixture.failures("apply", "log"));
        assertEquals(range(1, 3), app.journal());
        assertFalse(fixture.recorder.states().contains(State.PAUSED));
    }

    @Test
    void goesOnAfterTheOwnerThrew() {
        start();
        fixture.ownerThrows = true;
        fixture.append(log -> log.commands(1, 3)).awaitApplied(3);
        fixture.append(log -> log.commands(1, 3)).awaitApplied(6);
        assertEquals(range(1, 6), app.journal());
        assertEquals(1, fixture.failures("none", "internal"));
    }

    @Test
    void isSilentOnceClosed() {
        List<Call> held = new CopyOnWriteArrayList<>();
        app.next("apply", (a, call) -> held.add(call));
        start().append(log -> log.command(1)).await("a batch", () -> held.size() == 1);
        fixture.close();
        int states = fixture.recorder.states().size();
        fixture.append(log -> log.command(1)).on(AppChannel::committed);
        lead("leader", 2, Optional.of("a"));
        assertTrue(fixture.query("what?") instanceof QueryAnswer.Away);
        fixture.await(
                "the connection to end", () -> held.get(0).http().response().closed());
        assertEquals(List.of(), fixture.recorder.results());
        assertEquals(states, fixture.recorder.states().size());
    }

    @Test
    void readsTheApplicationsPathFromItsUrl() {
        fixture.close();
        fixture = new ChannelFixture(agentSide, URI.create(app.uri() + "/shop/"), log, ChannelFixture.LIMITS);
        fixture.start().awaitState(State.SERVING);
        assertEquals("/shop/outrigger/v1/info", app.calls("info").get(0).http().path());
    }

    @Test
    void showsItsStateAndWorkAsMetrics() {
        start().awaitState(State.SERVING).append(log -> log.commands(1, 3)).awaitApplied(3);
        assertEquals(
                1,
                fixture.registry
                        .get("outrigger.app.state")
                        .tag("state", "serving")
                        .gauge()
                        .value());
        assertEquals(
                0,
                fixture.registry
                        .get("outrigger.app.state")
                        .tag("state", "waiting")
                        .gauge()
                        .value());
        assertEquals(
                3,
                fixture.registry.get("outrigger.app.commands.applied").counter().count());
        assertEquals(
                3,
                fixture.registry.get("outrigger.app.batch.commands").summary().totalAmount());
        assertTrue(fixture.registry.get("outrigger.app.apply").timer().count() >= 1);
        assertEquals(
                1,
                fixture.registry
                        .get("outrigger.app.handshakes")
                        .tag("decision", "go_on")
                        .counter()
                        .count());
    }
}
