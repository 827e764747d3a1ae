package dev.outrigger.agent.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The peers are whoever the owner says, from one moment to the next. */
@Timeout(60)
class PeersFollowTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");

    private final TestNet net = new TestNet();

    @AfterEach
    void closeAll() {
        net.close();
    }

    @Test
    void whoIsAddedIsConnectedAndWhoIsGoneIsNotAny() {
        TestAgent a = net.start("a");
        TestAgent b = net.start("b", "a");
        b.awaitProblem("a", "UNKNOWN_MEMBER");
        follow(a, "b");
        a.awaitConnected("b");
        b.awaitConnected("a");
        follow(a);
        assertEquals(Set.of(), a.onLoop(() -> a.transport().peers()).keySet());
        assertFalse(a.send(new Message.ReadRequest(A, B, 1, 1)));
        b.awaitProblem("a", "UNKNOWN_MEMBER");
        assertTrue(a.registry.find("outrigger.peer.connected").gauges().isEmpty());
        follow(a, "b");
        a.awaitConnected("b");
        b.awaitConnected("a");
        assertEquals(
                1,
                a.registry
                        .get("outrigger.peer.connected")
                        .tag("peer", "b")
                        .gauge()
                        .value());
    }

    @Test
    void whoStaysStaysConnected() {
        TestAgent a = net.start("a", "b");
        TestAgent b = net.start("b", "a");
        a.awaitConnected("b");
        b.awaitConnected("a");
        follow(a, "b", "c");
        assertTrue(a.isConnectedTo("b"));
        assertEquals(
                Set.of(B, new MemberId("c")),
                a.onLoop(() -> a.transport().peers()).keySet());
        assertEquals(1, a.connected.size());
        assertTrue(b.disconnected.isEmpty());
    }

    @Test
    void whoHasMovedIsFoundAtItsNewAddress() {
        TestAgent a = net.start("a", "b");
        a.awaitProblem("b", "PEER_UNREACHABLE");
        TestAgent b = net.start(net.options("b", "a"));
        net.cableTo("b").target(0);
        net.cableTo("elsewhere").target(b.port());
        a.onLoop(() -> {
            a.transport()
                    .follow(net.options("a", "elsewhere").peers().entrySet().stream()
                            .collect(Collectors.toMap(any -> B, Map.Entry::getValue)));
            return true;
        });
        a.awaitConnected("b");
    }

    @Test
    void whoIsNotAdmittedAnyMoreIsShownOut() {
        TestAgent a = net.start("a", "b");
        TestAgent b = net.start("b", "a");
        a.awaitConnected("b");
        b.awaitConnected("a");
        a.admission = hello -> new Admission.Refused("REMOVED", "not any more");
        follow(a, "b");
        assertFalse(a.isConnectedTo("b"));
        b.awaitProblem("a", "REMOVED");
        assertFalse(b.isConnectedTo("a"));
    }

    @Test
    void whoWasOnlyMetIsGreetedAnew() {
        TestAgent a = new TestAgent(net.options("a", "b"));
        a.admission = hello -> new Admission.Meeting();
        net.start(a);
        TestAgent b = net.start("b", "a");
        TestAgent.until("both have met", () -> a.view("b").hello().isPresent());
        a.admission = hello -> new Admission.Admitted();
        follow(a, "b");
        a.awaitConnected("b");
        b.awaitConnected("a");
    }

    @Test
    void theOwnerHearsOfStrangersThatAreTurnedAway() {
        List<MemberId> knocked = new CopyOnWriteArrayList<>();
        TestAgent a = new TestAgent(net.options("a"));
        a.admission = hello -> {
            knocked.add(hello.node());
            return new Admission.Refused("UNKNOWN_MEMBER", "not yet");
        };
        net.start(a);
        net.start("b", "a").awaitProblem("a", "UNKNOWN_MEMBER");
        assertTrue(knocked.contains(B));
    }

    @Test
    void whatIsNoAddressIsLeftOut() {
        TestAgent a = net.start("a");
        a.onLoop(() -> {
            a.transport().follow(Map.of(B, "nowhere"));
            return true;
        });
        assertEquals(Set.of(), a.onLoop(() -> a.transport().peers()).keySet());
    }

    private void follow(TestAgent agent, String... peers) {
        agent.onLoop(() -> {
            agent.transport().follow(net.options(agent.id.name(), peers).peers());
            return true;
        });
    }
}
