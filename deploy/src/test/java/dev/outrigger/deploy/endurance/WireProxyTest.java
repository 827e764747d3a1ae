package dev.outrigger.deploy.endurance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each fault of the wire, as the agent and the application see it. */
class WireProxyTest {
    private static final int MESSAGE_BYTES = 2 * WireProxy.REQUEST_BYTES_MIN;
    private static final Duration STALL = Duration.ofMillis(150);

    private final FaultCounts counts = new FaultCounts();
    private final AtomicInteger seenByApp = new AtomicInteger();
    private ServerSocket app;
    private WireProxy proxy;
    private Socket agent;

    /** An application that sends back what it was sent. */
    @BeforeEach
    void start() throws IOException {
        app = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> {
            while (!app.isClosed()) {
                try (Socket socket = app.accept()) {
                    byte[] message = socket.getInputStream().readNBytes(MESSAGE_BYTES);
                    while (message.length > 0) {
                        seenByApp.incrementAndGet();
                        socket.getOutputStream().write(message);
                        message = socket.getInputStream().readNBytes(MESSAGE_BYTES);
                    }
                } catch (IOException e) {
                    // The proxy or the test ended it.
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
        proxy = new WireProxy(0, app.getLocalPort(), counts, STALL);
        agent = connect();
    }

    @AfterEach
    void stop() throws IOException {
        agent.close();
        proxy.close();
        app.close();
    }

    @Test
    void passesWhatItIsGiven() throws IOException {
        for (int i = 0; i < 3; i++) {
            assertArrayEquals(message(i), ask(message(i)));
        }
        assertEquals(3, seenByApp.get());
    }

    @Test
    void resetsBeforeTheApplicationHasSeenIt() throws IOException {
        proxy.arm(Fault.RESET_BEFORE);
        assertThrows(SocketException.class, () -> ask(message(1)));
        assertEquals(0, seenByApp.get());
        assertHappenedOnce(Fault.RESET_BEFORE);
    }

    @Test
    void resetsAfterTheApplicationHasSeenIt() throws IOException {
        proxy.arm(Fault.RESET_AFTER);
        assertThrows(SocketException.class, () -> ask(message(1)));
        assertEquals(1, seenByApp.get());
        assertHappenedOnce(Fault.RESET_AFTER);
    }

    @Test
    void cutsTheAnswer() throws IOException {
        proxy.arm(Fault.HALF_AN_ANSWER);
        byte[] answer = ask(message(1));
        assertTrue(answer.length > 0 && answer.length < MESSAGE_BYTES, answer.length + " bytes");
        assertArrayEquals(Arrays.copyOf(message(1), answer.length), answer);
        assertHappenedOnce(Fault.HALF_AN_ANSWER);
    }

    @Test
    void answersGarbageAndNothingOfTheAnswer() throws IOException {
        proxy.arm(Fault.GARBAGE);
        byte[] answer = ask(message(1));
        assertTrue(new String(answer, StandardCharsets.ISO_8859_1).contains("not what was asked for"));
        assertEquals(1, seenByApp.get());
        assertHappenedOnce(Fault.GARBAGE);
    }

    @Test
    void holdsAnAnswerBack() throws IOException {
        proxy.arm(Fault.STALLED);
        long startNanos = System.nanoTime();
        assertArrayEquals(message(1), ask(message(1)));
        assertTrue(System.nanoTime() - startNanos >= STALL.toNanos());
        assertHappenedOnce(Fault.STALLED);
    }

    @Test
    void isSlowForAWhileAndAltersNothing() throws IOException {
        proxy.arm(Fault.SLOW);
        long startNanos = System.nanoTime();
        assertArrayEquals(message(1), ask(message(1)));
        assertArrayEquals(message(2), ask(message(2)));
        assertTrue(System.nanoTime() - startNanos >= Duration.ofMillis(80).toNanos());
        assertHappenedOnce(Fault.SLOW);
    }

    @Test
    void leavesShortQuestionsAlone() throws IOException {
        proxy.arm(Fault.RESET_BEFORE);
        agent.getOutputStream().write(new byte[WireProxy.REQUEST_BYTES_MIN - 1]);
        assertEquals(1, proxy.waiting());
        assertEquals(0, counts.of(Fault.RESET_BEFORE));
    }

    @Test
    void nothingIsLeftWhenHealed() throws IOException {
        proxy.arm(Fault.RESET_BEFORE);
        proxy.heal();
        assertArrayEquals(message(1), ask(message(1)));
        assertEquals(0, counts.of(Fault.RESET_BEFORE));
    }

    @Test
    void anApplicationThatIsAwayIsNotThere() throws IOException {
        // So that it does not wait for a connection at the moment it goes, and take one on its way.
        ask(message(1));
        app.close();
        try (Socket late = connect()) {
            assertThrows(SocketException.class, () -> {
                late.getOutputStream().write(message(1));
                late.getInputStream().readAllBytes();
            });
        }
    }

    private void assertHappenedOnce(Fault fault) throws IOException {
        assertEquals(1, counts.of(fault));
        assertEquals(0, proxy.waiting());
        agent.close();
        try (Socket next = connect()) {
            next.getOutputStream().write(message(9));
            assertArrayEquals(message(9), next.getInputStream().readNBytes(MESSAGE_BYTES));
        }
    }

    private Socket connect() {
        try {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
            socket.setSoTimeout(10_000);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] ask(byte[] message) throws IOException {
        agent.getOutputStream().write(message);
        return agent.getInputStream().readNBytes(MESSAGE_BYTES);
    }

    private static byte[] message(int number) {
        byte[] message = new byte[MESSAGE_BYTES];
        Arrays.fill(message, (byte) ('a' + number));
        return message;
    }
}
