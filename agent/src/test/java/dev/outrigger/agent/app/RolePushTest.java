package dev.outrigger.agent.app;

import static dev.outrigger.agent.app.ScriptedApp.HANG;
import static dev.outrigger.agent.app.ScriptedApp.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who leads, as the application is told. */
class RolePushTest extends AgainstAnApp {
    private List<String> roles() {
        return app.calls("role").stream()
                .map(call -> call.json().getString("role") + " " + call.json().getLong("term") + " "
                        + call.json().getString("leader"))
                .toList();
    }

    @Test
    void tellsTheLatestRoleOnceAttachedAndOnChange() {
        lead("follower", 1, Optional.empty());
        lead("follower", 1, Optional.of("b"));
        fixture.start().await("the role", () -> roles().equals(List.of("follower 1 b")));
        lead("leader", 2, Optional.of("a"));
        fixture.await("the change", () -> roles().equals(List.of("follower 1 b", "leader 2 a")));
        assertEquals(ChannelFixture.EPOCH, app.calls("role").get(0).json().getLong("epoch"));
        lead("follower", 3, Optional.empty());
        fixture.await("no leader", () -> roles().size() == 3);
        assertNull(app.calls("role").get(2).json().getString("leader"));
    }

    @Test
    void tellsTheRoleAgainAfterEachHandshake() {
        start();
        lead("leader", 2, Optional.of("a"));
        fixture.await("the role", () -> roles().size() == 1);
        app.next("apply", status(500, ""));
        fixture.append(log -> log.command(1)).awaitApplied(1).await("again", () -> roles().size() == 2);
    }

    @Test
    void doesNotAskForAnAudienceThatIsNotInterested() {
        app.always("role", status(404, ""));
        start();
        lead("follower", 1, Optional.of("b"));
        fixture.await("the first", () -> roles().size() == 1);
        lead("follower", 2, Optional.of("c"));
        app.next("apply", status(500, ""));
        fixture.append(log -> log.command(1)).awaitApplied(1).await("after the hand-shake", () -> roles().size() == 2);
        assertEquals(List.of("follower 1 b", "follower 2 c"), roles());
    }

    @Test
    void repeatsARoleThatFailedAndNeverDelaysABatch() {
        app.next("role", status(500, ""), HANG);
        start(IMPATIENT);
        lead("leader", 2, Optional.of("a"));
        fixture.await("the second", () -> roles().size() == 2);
        fixture.append(log -> log.commands(1, 5)).awaitApplied(5);
        fixture.await("the third", () -> roles().size() == 3);
        assertEquals(List.of("leader 2 a", "leader 2 a", "leader 2 a"), roles());
    }
}
