package dev.outrigger.agent.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.wire.Hello;
import dev.outrigger.agent.wire.LinkFrame;
import dev.outrigger.agent.wire.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may talk to whom. */
@Timeout(60)
class PeerAdmissionTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");

    private final TestNet net = new TestNet();

    @AfterEach
    void closeAll() {
        net.close();
    }

    @Test
    void wrongClusterIsRefusedAndShownOnBothSides() {
        TestAgent a = agentOfCluster("a", "orders", "b");
        TestAgent b = agentOfCluster("b", "invoices", "a");

        a.awaitProblem("b", "WRONG_CLUSTER");
        b.awaitProblem("a", "WRONG_CLUSTER");
        TestAgent.until("both have refused", () -> refusals(a) > 0 && refusals(b) > 0);
        assertFalse(a.isConnectedTo("b") || b.isConnectedTo("a"));
        assertFalse(a.send(new Message.ReadRequest(A, B, 1, 1)));
        assertTrue(a.view("b").problem().orElseThrow().message().contains("invoices"));
        assertTrue(a.connected.isEmpty() && a.disconnected.isEmpty());
    }

    @Test
    void refusalByOneSideAloneKeepsBothDirectionsShut() {
        TestAgent a = new TestAgent(net.options("a", "b"));
        a.admission = refusing("VOLUME_EMPTY");
        net.start(a);
        TestAgent b = net.start("b", "a");

        a.awaitProblem("b", "VOLUME_EMPTY");
        b.awaitProblem("a", "VOLUME_EMPTY");
        TestAgent.until("b counts", () -> b.count("outrigger.peer.refused.by.peer", "peer", "a") > 0);
        assertFalse(a.isConnectedTo("b") || b.isConnectedTo("a"));
    }

    @Test
    void peersThatAgreeLaterConnectByThemselves() {
        TestAgent a = new TestAgent(net.options("a", "b"));
        a.admission = refusing("MEMBERS_DIFFER");
        net.start(a);
        TestAgent b = net.start("b", "a");
        a.awaitProblem("b", "MEMBERS_DIFFER");
        a.admission = hello -> new Admission.Admitted();
        a.awaitConnected("b");
        b.awaitConnected("a");
        assertEquals("", a.problemWith("b"));
        assertEquals("", b.problemWith("a"));
    }

    @Test
    void meetingPeersKeepTheConnectionButNoMessagesFlow() {
        TestAgent a = new TestAgent(net.options("a", "b"));
        a.admission = hello -> new Admission.Meeting();
        net.start(a);
        TestAgent b = net.start("b", "a");

        TestAgent.until("both know each other", () -> bothGreeted(a, b));
        assertFalse(a.isConnectedTo("b"), "the side that only meets");
        assertFalse(b.isConnectedTo("a"), "the side that would admit");
        assertFalse(b.send(new Message.ReadRequest(B, A, 1, 1)));
        assertTrue(a.connected.isEmpty() && b.connected.isEmpty());

        a.admission = hello -> new Admission.Admitted();
        a.reconnect();
        a.awaitConnected("b");
        b.awaitConnected("a");
    }

    @Test
    void peerUnderAnotherNameThanDialledIsRefused() {
        TestAgent a = new TestAgent(net.options("a", "b"));
        net.start(a);
        net.cableTo("b").target(net.start("c").port());

        a.awaitProblem("b", "UNKNOWN_MEMBER");
        TestAgent c = net.start("c", "a");
        net.cableTo("b").target(c.port());
        a.awaitProblem("b", "WRONG_NAME");
        assertTrue(a.view("b").problem().orElseThrow().message().contains("found c"));
        assertFalse(a.isConnectedTo("b"));
    }

    @Test
    void agentThatDialsItselfSaysSo() {
        TestAgent a = net.start("a", "b");
        net.cableTo("b").target(a.port());
        a.awaitProblem("b", "WRONG_NAME");
        assertTrue(a.view("b").problem().orElseThrow().message().contains("calls itself a"));
    }

    @Test
    void strangerIsRefusedByName() throws IOException {
        TestAgent a = net.start("a", "b");
        try (RawSocket stranger = RawSocket.connect(a.port()).preamble().hello(TestAgent.hello("z"))) {
            Refusal refusal = (Refusal) stranger.await(Refusal.class::isInstance);
            assertEquals("UNKNOWN_MEMBER", refusal.code());
            stranger.awaitEnd();
        }
    }

    @Test
    void ownerThatStartsOverWhileItDecidesIsObeyed() {
        TestAgent a = new TestAgent(net.options("a", "b"));
        boolean[] done = {false};
        a.admission = hello -> {
            if (!done[0]) {
                done[0] = true;
                a.transport().reconnect();
            }
            return new Admission.Admitted();
        };
        net.start(a);
        TestAgent b = net.start("b", "a");
        a.awaitConnected("b");
        b.awaitConnected("a");
    }

    @Test
    void newerConnectionOfAPeerTakesThePlaceOfTheOlder() throws IOException {
        TestAgent a = net.start("a", "b");
        try (RawSocket older = RawSocket.connect(a.port()).preamble().hello(TestAgent.hello("b"));
                RawSocket newer = RawSocket.connect(a.port()).preamble()) {
            older.await(LinkFrame.ADMITTED);
            newer.hello(TestAgent.hello("b")).await(LinkFrame.ADMITTED);
            older.awaitEnd();
            newer.send(new Message.ReadRequest(B, A, 1, 7));
            TestAgent.until("message of the newer", () -> a.received.size() == 1);
            assertTrue(a.disconnected.isEmpty());
        }
        TestAgent.until("end of the newer", () -> a.disconnected.equals(List.of(B)));
    }

    @Test
    void messageBeforeTheGreetingEndsTheConnection() throws IOException {
        TestAgent a = net.start("a", "b");
        try (RawSocket b = RawSocket.connect(a.port()).preamble().send(new Message.ReadRequest(B, A, 9, 1))) {
            b.awaitEnd();
        }
        assertProtocolError(a, "UNEXPECTED_FRAME");
        assertTrue(a.received.isEmpty());
    }

    @Test
    void messageFromAPeerThatWasOnlyMetEndsTheConnection() throws IOException {
        TestAgent a = new TestAgent(net.options("a", "b"));
        a.admission = hello -> new Admission.Meeting();
        net.start(a);
        try (RawSocket b = RawSocket.connect(a.port()).preamble().hello(TestAgent.hello("b"))) {
            b.await(LinkFrame.MEETING);
            b.send(new Message.ReadRequest(B, A, 9, 1)).awaitEnd();
        }
        assertProtocolError(a, "UNEXPECTED_FRAME");
        assertTrue(a.received.isEmpty());
    }

    @Test
    void messagesComeFromThePeerThatGreeted() throws IOException {
        TestAgent a = net.start("a", "b");
        try (RawSocket b = RawSocket.connect(a.port()).preamble().hello(TestAgent.hello("b"))) {
            b.await(LinkFrame.ADMITTED);
            b.send(new Message.ReadRequest(new MemberId("z"), new MemberId("y"), 9, 1));
            TestAgent.until("it came", () -> a.received.size() == 1);
        }
        assertEquals(new Message.ReadRequest(B, A, 9, 1), a.received.get(0));
    }

    @Test
    void answererThatAdmitsWithoutGreetingIsNoPeer() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            net.cableTo("b").target(server.getLocalPort());
            TestAgent a = net.start("a", "b");
            try (RawSocket b = RawSocket.accept(server)) {
                b.preamble().link(LinkFrame.ADMITTED);
                assertInstanceOf(Hello.class, b.await(Hello.class::isInstance));
                b.awaitEnd();
            }
            a.awaitProblem("b", "PEER_PROTOCOL");
            assertTrue(a.connected.isEmpty());
        }
    }

    private TestAgent agentOfCluster(String self, String cluster, String peer) {
        TestAgent agent = new TestAgent(net.options(self, peer));
        agent.greeting = any -> new Hello(
                cluster, any.id, "s-" + self, 1, List.of(), Optional.empty(), "0.1.0", "", 0, true, Optional.empty());
        agent.admission = remote -> remote.clusterName().equals(cluster)
                ? new Admission.Admitted()
                : new Admission.Refused(
                        "WRONG_CLUSTER",
                        self + " is of " + cluster + ", " + remote.node() + " of " + remote.clusterName());
        return net.start(agent);
    }

    private static Function<Hello, Admission> refusing(String code) {
        return hello -> new Admission.Refused(code, "not now");
    }

    private static double refusals(TestAgent agent) {
        return agent.count("outrigger.peer.refused", "code", "WRONG_CLUSTER");
    }

    private static boolean bothGreeted(TestAgent a, TestAgent b) {
        return Map.of("b", a, "a", b).entrySet().stream()
                .allMatch(pair -> pair.getValue().view(pair.getKey()).hello().isPresent()
                        && pair.getValue().problemWith(pair.getKey()).isEmpty());
    }

    private static void assertProtocolError(TestAgent agent, String reason) {
        TestAgent.until(
                "counted as " + reason, () -> agent.count("outrigger.peer.protocol.errors", "reason", reason) == 1);
    }
}
