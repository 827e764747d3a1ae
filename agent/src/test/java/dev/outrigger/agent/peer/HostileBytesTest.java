package dev.outrigger.agent.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.wire.LinkFrame;
import dev.outrigger.agent.wire.Preamble;
import dev.outrigger.agent.wire.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes from who is no agent, or none of this protocol. */
@Timeout(60)
class HostileBytesTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");

    private final TestNet net = new TestNet();

    @AfterEach
    void closeAll() {
        net.close();
    }

    @Test
    void garbageIsRefusedAtOnceAndGetsNoAnswer() throws IOException {
        List<TestAgent> agents = net.pair(options -> options);
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 50; i++) {
            byte[] garbage = new byte[1 + random.nextInt(2000)];
            random.nextBytes(garbage);
            garbage[0] = (byte) (garbage[0] | 0x80);
            try (RawSocket stranger = RawSocket.connect(agents.get(0).port()).send(garbage)) {
                assertEquals(List.of(), stranger.awaitEnd());
            }
        }
        try (RawSocket browser = RawSocket.connect(agents.get(0).port())
                .send("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII))) {
            assertEquals(List.of(), browser.awaitEnd());
        }
        awaitCount(agents.get(0), "outrigger.peer.protocol.errors", "reason", "NOT_OUTRIGGER", 51);
        assertStillTalking(agents);
    }

    @Test
    void garbageAfterAdmissionEndsThatConnectionOnly() throws IOException {
        TestAgent a = net.start("a", "b");
        try (RawSocket b = admitted(a)) {
            b.send(new byte[] {0, 0, 0, 1, 77}).awaitEnd();
        }
        awaitCount(a, "outrigger.peer.protocol.errors", "reason", "UNKNOWN_TAG", 1);
        TestAgent.until("told", () -> a.disconnected.equals(List.of(B)));
        try (RawSocket again = admitted(a)) {
            again.send(new Message.ReadRequest(B, A, 1, 3));
            TestAgent.until("message", () -> a.received.size() == 1);
        }
    }

    @Test
    void frameLongerThanAllowedIsCutOffBeforeItIsThere() throws IOException {
        TestAgent a = net.start("a", "b");
        try (RawSocket b = admitted(a)) {
            b.send(ByteBuffer.allocate(4)
                            .putInt(PeerOptions.Limits.DEFAULT.frameBytesMax() + 1)
                            .array())
                    .awaitEnd();
        }
        awaitCount(a, "outrigger.peer.protocol.errors", "reason", "FRAME_LENGTH", 1);
    }

    @Test
    void longestFrameAllowedIsTaken() throws IOException {
        TestAgent a = net.start("a", "b");
        int fixedBytes = 1 + 8 + 8 + 1 + 4 + 4;
        Payload command = Payload.of(new byte[PeerOptions.Limits.DEFAULT.frameBytesMax() - fixedBytes]);
        Message longest = new Message.ProposeRequest(B, A, 1, 1, List.of(command));
        try (RawSocket b = admitted(a)) {
            b.send(longest);
            TestAgent.until("it came", () -> a.received.size() == 1);
        }
        assertEquals(longest, a.received.get(0));
    }

    @Test
    void greetingLongerThanAllowedIsCutOffBeforeItIsThere() throws IOException {
        TestAgent a = net.start("a", "b");
        byte[] length = ByteBuffer.allocate(4).putInt(70_000).array();
        try (RawSocket stranger = RawSocket.connect(a.port()).preamble().send(length)) {
            stranger.awaitEnd();
        }
        awaitCount(a, "outrigger.peer.protocol.errors", "reason", "FRAME_LENGTH", 1);
    }

    @Test
    void agentOfAnotherVersionIsToldBothVersions() throws IOException {
        TestAgent a = net.start("a", "b");
        try (RawSocket newer = RawSocket.connect(a.port()).send(new Preamble(2, 3).toBytes())) {
            Refusal refusal = (Refusal) newer.await(Refusal.class::isInstance);
            assertEquals("PROTOCOL_VERSION", refusal.code());
            assertTrue(refusal.reason().contains("2 to 3") && refusal.reason().contains("1 to 1"));
            newer.awaitEnd();
        }
    }

    @Test
    void answererOfAnotherVersionIsShownAsSuch() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            net.cableTo("b").target(server.getLocalPort());
            TestAgent a = net.start("a", "b");
            try (RawSocket b = RawSocket.accept(server)) {
                b.send(new Preamble(2, 3).toBytes()).awaitEnd();
            }
            a.awaitProblem("b", "PEER_PROTOCOL");
        }
    }

    @Test
    void answererThatIsNoAgentIsShownAsSuch() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            net.cableTo("b").target(server.getLocalPort());
            TestAgent a = net.start("a", "b");
            try (RawSocket b = RawSocket.accept(server)) {
                b.send("SSH-2.0-OpenSSH_9.2\r\n".getBytes(StandardCharsets.US_ASCII))
                        .awaitEnd();
            }
            a.awaitProblem("b", "PEER_PROTOCOL");
        }
    }

    @Test
    void whoeverDoesNotGreetInTimeIsClosed() throws IOException {
        PeerOptions.Timing timing = new PeerOptions.Timing(2000, 200, 60_000, 50, 1000, 10_000);
        TestAgent a = net.start(net.options("a", "b").with(timing));
        try (RawSocket silent = RawSocket.connect(a.port());
                RawSocket slow = RawSocket.connect(a.port()).preamble()) {
            assertEquals(List.of(), silent.awaitEnd());
            assertEquals(List.of(Preamble.OURS), slow.awaitEnd());
        }
        awaitCount(a, "outrigger.peer.refused", "code", "GREETING_TIMEOUT", 2);
    }

    @Test
    void answererThatDoesNotGreetInTimeIsGivenUp() throws IOException {
        PeerOptions.Timing timing = new PeerOptions.Timing(2000, 200, 60_000, 50, 1000, 10_000);
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            net.cableTo("b").target(server.getLocalPort());
            TestAgent a = net.start(net.options("a", "b").with(timing));
            a.awaitProblem("b", "PEER_UNREACHABLE");
            TestAgent.until(
                    "reason",
                    () -> a.view("b").problem().orElseThrow().message().contains("no greeting within 200"));
        }
    }

    @Test
    void onlySoManyStrangersAreLetIn() throws IOException {
        PeerOptions.Limits limits = new PeerOptions.Limits(1000, 10_000, 3);
        TestAgent a = net.start(net.options("a", "b").with(limits));
        List<RawSocket> strangers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            strangers.add(RawSocket.connect(a.port()).preamble());
            strangers.get(i).await(Preamble.OURS::equals);
        }
        try (RawSocket oneTooMany = RawSocket.connect(a.port()).preamble()) {
            assertEquals(List.of(), oneTooMany.awaitEnd());
        }
        awaitCount(a, "outrigger.peer.refused", "code", "TOO_MANY_UNGREETED", 1);
        strangers.get(0).close();
        TestAgent.until("there is room again", () -> admitsAgain(a));
        for (RawSocket stranger : strangers) {
            stranger.close();
        }
    }

    private static boolean admitsAgain(TestAgent a) {
        try {
            admitted(a).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static RawSocket admitted(TestAgent a) throws IOException {
        RawSocket b = RawSocket.connect(a.port()).preamble().hello(TestAgent.hello("b"));
        b.await(LinkFrame.ADMITTED);
        return b;
    }

    private static void assertStillTalking(List<TestAgent> agents) {
        assertTrue(agents.get(1).send(new Message.ReadRequest(B, A, 1, 42)));
        TestAgent.until("message", () -> agents.get(0).received.size() == 1);
        assertTrue(agents.get(0).disconnected.isEmpty());
    }

    private static void awaitCount(TestAgent agent, String meter, String tag, String value, int count) {
        TestAgent.until(meter + " " + value + " is " + count, () -> agent.count(meter, tag, value) == count);
    }
}
