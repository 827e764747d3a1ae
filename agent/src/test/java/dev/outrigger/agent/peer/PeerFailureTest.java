package dev.outrigger.agent.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.wire.LinkFrame;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that die, freeze, come back, or do not keep up. */
@Timeout(60)
class PeerFailureTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");
    private static final int LONG_IDLE_MILLIS = 60_000;

    private final TestNet net = new TestNet();

    @AfterEach
    void closeAll() {
        net.close();
    }

    @Test
    void deathOfThePeersProcessIsKnownAtOnce() {
        List<TestAgent> agents = net.pair(PeerFailureTest::patient);
        TestAgent a = agents.get(0);
        long diedNanos = System.nanoTime();
        agents.get(1).close();

        TestAgent.until("told for both connections", () -> a.disconnected.equals(List.of(B, B)));
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - diedNanos);
        assertTrue(millis < 2_000, "took " + millis + " ms");
        assertFalse(a.isConnectedTo("b"));
        a.awaitProblem("b", "PEER_UNREACHABLE");
    }

    @Test
    void peerThatStartsAgainOnItsPortIsFoundAgain() {
        TestAgent b = net.start("b", "a");
        int port = b.port();
        TestAgent a = net.start(PeerOptions.of(A, "127.0.0.1", 0, Map.of(B, "127.0.0.1:" + port)));
        a.awaitConnected("b");
        for (int restart = 1; restart <= 3; restart++) {
            b.close();
            TestAgent.until("gone", () -> !a.isConnectedTo("b"));
            PeerOptions atSamePort = PeerOptions.of(
                    B,
                    "127.0.0.1",
                    port,
                    Map.of(A, "127.0.0.1:" + net.cableTo("a").port()));
            TestAgent again = net.start(atSamePort);
            a.awaitConnected("b");
            again.awaitConnected("a");
            assertTrue(a.send(new Message.ReadRequest(A, B, 1, restart)));
            TestAgent.until("message", () -> again.received.size() == 1);
            assertEquals("", a.problemWith("b"));
            b = again;
        }
        assertEquals(3, a.count("outrigger.peer.reconnects", "peer", "b"));
    }

    @Test
    void frozenCableIsNoticedFromBothEndsWithoutAnyMessage() {
        List<TestAgent> agents =
                net.pair(options -> options.with(PeerOptions.Timing.DEFAULT.withIdleTimeoutMillis(300)));
        TestAgent a = agents.get(0);
        TestAgent b = agents.get(1);
        net.cableTo("a").freeze();
        net.cableTo("b").freeze();

        TestAgent.until("both notice both", () -> a.disconnected.size() >= 2 && b.disconnected.size() >= 2);
        assertTrue(a.view("b").problem().orElseThrow().message().length() > 0);

        net.cableTo("a").mend();
        net.cableTo("b").mend();
        a.awaitConnected("b");
        b.awaitConnected("a");
    }

    @Test
    void quietConnectionStaysUp() {
        List<TestAgent> agents =
                net.pair(options -> options.with(PeerOptions.Timing.DEFAULT.withIdleTimeoutMillis(1_000)));
        long firstContact = lastContact(agents.get(0));
        TestAgent.until(
                "contact goes on for several idle times",
                () -> lastContact(agents.get(0)) - firstContact > TimeUnit.MILLISECONDS.toNanos(3_500));
        assertTrue(agents.get(0).disconnected.isEmpty()
                && agents.get(1).disconnected.isEmpty());
    }

    @Test
    void peerThatReadsNothingCostsNoMoreThanItsQueue() throws IOException {
        long queueBytesMax = 4 * 1024 * 1024;
        PeerOptions.Limits limits = new PeerOptions.Limits(1024 * 1024, queueBytesMax, 8);
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            TestAgent a = net.start(patient(
                            PeerOptions.of(A, "127.0.0.1", 0, Map.of(B, "127.0.0.1:" + server.getLocalPort())))
                    .with(limits));
            try (RawSocket b = RawSocket.accept(server)) {
                b.preamble().hello(TestAgent.hello("b")).link(LinkFrame.ADMITTED);
                a.awaitConnected("b");

                Message message = new Message.ProposeRequest(A, B, 1, 1, List.of(Payload.of(new byte[100_000])));
                int taken = 0;
                double queuedMax = 0;
                for (int i = 0; i < 1_000; i++) {
                    taken += a.send(message) ? 1 : 0;
                    queuedMax = Math.max(queuedMax, queuedBytes(a));
                }
                assertTrue(taken < 500, "taken " + taken);
                assertTrue(queuedMax <= queueBytesMax && queuedMax > queueBytesMax / 2.0, "queued " + queuedMax);
                assertEquals(1_000 - taken, a.count("outrigger.peer.dropped", "peer", "b", "reason", "queue_full"));
                assertTrue(a.isConnectedTo("b"));

                b.awaitMessages(taken);
                TestAgent.until("queue is empty", () -> queuedBytes(a) == 0);
                assertTrue(a.send(message), "sends again once there is room");
            }
        }
    }

    @Test
    void peerThatReadsNothingForTooLongIsGivenUp() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            PeerOptions options = PeerOptions.of(A, "127.0.0.1", 0, Map.of(B, "127.0.0.1:" + server.getLocalPort()));
            TestAgent a = net.start(options.with(PeerOptions.Timing.DEFAULT.withIdleTimeoutMillis(500)));
            try (RawSocket b = RawSocket.accept(server)) {
                b.preamble().hello(TestAgent.hello("b")).link(LinkFrame.ADMITTED);
                a.awaitConnected("b");
                Message message = new Message.ProposeRequest(A, B, 1, 1, List.of(Payload.of(new byte[1_000_000])));
                for (int i = 0; i < 30; i++) {
                    a.send(message);
                }
                assertTrue(queuedBytes(a) > 0, "the network took it all");
                Thread alive = new Thread(() -> showLife(b));
                alive.setDaemon(true);
                alive.start();
                TestAgent.until("given up", () -> a.disconnected.equals(List.of(B)));
                assertEquals(0, queuedBytes(a));
            }
        }
    }

    /** It lives, and sends, but never reads. */
    private static void showLife(RawSocket socket) {
        try {
            while (true) {
                socket.link(LinkFrame.ALIVE);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        } catch (IOException e) {
            // the end that the test waits for
        }
    }

    private static PeerOptions patient(PeerOptions options) {
        return options.with(PeerOptions.Timing.DEFAULT.withIdleTimeoutMillis(LONG_IDLE_MILLIS));
    }

    private static double queuedBytes(TestAgent agent) {
        return agent.onLoop(
                () -> agent.registry.get("outrigger.peer.queue").gauge().value());
    }

    private static long lastContact(TestAgent agent) {
        return agent.view("b").lastContactNanos().orElseThrow();
    }
}
