package dev.outrigger.agent.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.wire.Hello;
import dev.outrigger.agent.wire.RandomMessages;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TcpPeerTransportTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");

    private final TestNet net = new TestNet();

    @AfterEach
    void closeAll() {
        net.close();
    }

    @Test
    void twoAgentsMeetAndExchangeEveryKindOfMessage() {
        List<TestAgent> agents = net.pair(options -> options);
        RandomMessages fromA = new RandomMessages(1, A, B);
        RandomMessages fromB = new RandomMessages(2, B, A);
        List<Message> sentByA =
                IntStream.range(0, 200).mapToObj(i -> fromA.next()).toList();
        List<Message> sentByB =
                IntStream.range(0, 200).mapToObj(i -> fromB.next()).toList();

        sentByA.forEach(message -> assertTrue(agents.get(0).send(message)));
        sentByB.forEach(message -> assertTrue(agents.get(1).send(message)));

        TestAgent.until(
                "all arrived",
                () -> agents.get(0).received.size() + agents.get(1).received.size() == 400);
        assertEquals(sentByA, agents.get(1).received);
        assertEquals(sentByB, agents.get(0).received);
        assertEquals(200, agents.get(0).count("outrigger.peer.frames", "peer", "b", "direction", "in"));
        assertEquals(200, agents.get(1).count("outrigger.peer.frames", "peer", "a", "direction", "out"));
        assertTrue(agents.get(0).count("outrigger.peer.bytes", "direction", "out") > 0);
    }

    @Test
    void threeAgentsAllConnectToEachOther() {
        List<TestAgent> agents = List.of(net.start("a", "b", "c"), net.start("b", "a", "c"), net.start("c", "a", "b"));
        for (TestAgent agent : agents) {
            for (TestAgent other : agents) {
                if (agent != other) {
                    agent.awaitConnected(other.id.name());
                    assertEquals(
                            Optional.of(TestAgent.hello(other.id.name())),
                            agent.view(other.id.name()).hello());
                    assertTrue(agent.view(other.id.name()).lastContactNanos().isPresent());
                }
            }
        }
    }

    @Test
    void manyLargeAndSmallMessagesArriveInOrder() {
        List<TestAgent> agents = net.pair(options -> options);
        Payload large = Payload.of(new byte[300_000]);
        List<Message> sent = new ArrayList<>();
        for (int i = 1; i <= 400; i++) {
            List<Entry> entries = i % 20 == 0 ? List.of(new Entry(i + 1, 1, Entry.Kind.COMMAND, i, large)) : List.of();
            sent.add(new Message.AppendRequest(A, B, 1, i, 1, entries, 0, i));
        }
        agents.get(0).onLoop(() -> {
            sent.forEach(message -> assertTrue(agents.get(0).transport().send(message)));
            return true;
        });
        TestAgent.until("all arrived", () -> agents.get(1).received.size() == sent.size());
        assertEquals(sent, agents.get(1).received);
    }

    @Test
    void sendsNothingToWhomItIsNotConnected() {
        TestAgent a = net.start("a", "b");
        assertFalse(a.send(new Message.ReadRequest(A, B, 1, 1)));
        assertFalse(a.send(new Message.ReadRequest(A, new MemberId("z"), 1, 1)));
        assertEquals(1, a.count("outrigger.peer.dropped", "peer", "b", "reason", "not_connected"));
        assertEquals(
                0,
                a.registry
                        .get("outrigger.peer.connected")
                        .tag("peer", "b")
                        .gauge()
                        .value());
    }

    @Test
    void neverSendsAFrameThatIsTooLongAndGoesOn() {
        PeerOptions.Limits small = new PeerOptions.Limits(1000, 10_000, 8);
        List<TestAgent> agents = net.pair(options -> options.with(small));
        Message tooLong = new Message.ProposeRequest(A, B, 1, 1, List.of(Payload.of(new byte[1000])));
        Message fits = new Message.ProposeRequest(A, B, 1, 2, List.of(Payload.of(new byte[900])));

        assertFalse(agents.get(0).send(tooLong));
        assertTrue(agents.get(0).send(fits));

        TestAgent.until(
                "the one that fits arrives", () -> agents.get(1).received.size() == 1);
        assertEquals(List.of(fits), agents.get(1).received);
        assertEquals(1, agents.get(0).count("outrigger.peer.dropped", "peer", "b", "reason", "too_large"));
        assertTrue(agents.get(1).disconnected.isEmpty());
    }

    @Test
    void reconnectGreetsAnewOnBothSidesWithoutCallingItADisconnect() {
        List<TestAgent> agents = net.pair(options -> options);
        Hello renewed = new Hello(
                "orders", A, "s-a", 2, List.of(), Optional.empty(), "0.1.0", "zone-1", 0, true, Optional.empty());
        agents.get(0).greeting = agent -> renewed;

        agents.get(0).reconnect();

        TestAgent.until(
                "b has the new greeting", () -> agents.get(1).view("a").hello().equals(Optional.of(renewed)));
        agents.get(0).awaitConnected("b");
        agents.get(1).awaitConnected("a");
        TestAgent.until(
                "b was told of the new connection",
                () -> agents.get(1).connected.contains(renewed));
        assertTrue(agents.get(0).disconnected.isEmpty(), "own reconnect reported as the peer's");
        assertTrue(agents.get(0).count("outrigger.peer.reconnects", "peer", "b") >= 1);
    }

    @Test
    void closedTransportTellsItsOwnerNothingMore() {
        List<TestAgent> agents = net.pair(options -> options);
        TestAgent.await(agents.get(0).transport().close());
        TestAgent.until("b sees a gone", () -> agents.get(1).disconnected.equals(List.of(A, A)));
        assertTrue(agents.get(0).disconnected.isEmpty());
        assertFalse(agents.get(0).send(new Message.ReadRequest(A, B, 1, 1)));
        assertFalse(agents.get(1).send(new Message.ReadRequest(B, A, 1, 1)));
    }

    @Test
    void startFailsWhenTheAddressIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            PeerOptions options = PeerOptions.of(A, "127.0.0.1", taken.getLocalPort(), Map.of());
            assertThrows(AssertionError.class, () -> net.start(options));
        }
    }

    @Test
    void startFailsWhenTheGreetingCannotBeSent() {
        TestAgent a = new TestAgent(net.options("a"));
        a.greeting = agent -> new Hello(
                "x".repeat(2000), A, "s-a", 1, List.of(), Optional.empty(), "0.1.0", "", 0, true, Optional.empty());
        assertThrows(AssertionError.class, () -> net.start(a));
    }

    @Test
    void addressesThatAreNoneAreRefusedAtOnce() {
        for (String address : List.of("", "host", "host:", ":7412", "host:x", "host:70000")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> PeerOptions.of(A, "127.0.0.1", 0, Map.of(B, address)),
                    address);
        }
        assertThrows(IllegalArgumentException.class, () -> PeerOptions.of(A, "127.0.0.1", 0, Map.of(A, "host:1")));
    }
}
