package dev.outrigger.sdk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AgentHttpTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Peer peer = new Peer();
    private final AgentHttp http = new AgentHttp(peer.uri(), Optional.of("s3cret"));

    @AfterEach
    void stop() throws IOException {
        http.close();
        peer.close();
    }

    /** Takes connections, and answers each request by the next text that it is given; empty closes instead. */
    private static final class Peer implements AutoCloseable {
        private final ServerSocket server;
        private final List<String> requests = new CopyOnWriteArrayList<>();
        private final List<Socket> connections = new CopyOnWriteArrayList<>();
        private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

        private Peer() {
            try {
                server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            Thread thread = new Thread(this::acceptAll);
            thread.setDaemon(true);
            thread.start();
        }

        private URI uri() {
            return URI.create("http://127.0.0.1:" + server.getLocalPort());
        }

        private void acceptAll() {
            try {
                while (true) {
                    Socket socket = server.accept();
                    connections.add(socket);
                    Thread thread = new Thread(() -> serve(socket));
                    thread.setDaemon(true);
                    thread.start();
                }
            } catch (IOException e) {
                // The end.
            }
        }

        private void serve(Socket socket) {
            try (socket) {
                while (true) {
                    requests.add(request(socket.getInputStream()));
                    String answer = answers.take();
                    if (answer.isEmpty()) {
                        return;
                    }
                    socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
                    if (answer.contains("Connection: close") || answer.startsWith("HTTP/1.0")) {
                        return;
                    }
                }
            } catch (IOException | InterruptedException e) {
                // The other side has gone.
            }
        }

        private static String request(InputStream in) throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("closed");
                }
                head.append((char) next);
            }
            int at = head.indexOf("Content-Length: ");
            int length = at < 0 ? 0 : Integer.parseInt(head.substring(at + 16, head.indexOf("\r\n", at)));
            return head + new String(in.readNBytes(length), UTF_8);
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (Socket connection : connections) {
                connection.close();
            }
        }
    }

    private AgentAnswer get() throws IOException {
        return http.send(AgentRequest.get("/v1/barrier", LONG));
    }

    private static String body(AgentAnswer answer) {
        return new String(answer.body(), UTF_8);
    }

    @Test
    void sendsItsRequestsOverOneConnection() throws Exception {
        peer.answers.add("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");
        peer.answers.add("HTTP/1.1 204 No Content\r\n\r\n");
        peer.answers.add("HTTP/1.1 422 X\r\nContent-Length: 0\r\n\r\n");
        assertEquals("hi", body(http.send(AgentRequest.json("/v1/x?y=z", "{}".getBytes(UTF_8), LONG))));
        assertEquals(204, http.send(AgentRequest.delete("/v1/sessions/s", LONG)).status());
        assertEquals(422, get().status());
        String host = "Host: 127.0.0.1:" + peer.server.getLocalPort() + "\r\nAuthorization: Bearer s3cret\r\n"
                + "Prefer: wait=20.000\r\n";
        assertEquals(
                List.of(
                        "POST /v1/x?y=z HTTP/1.1\r\n" + host
                                + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
                        "DELETE /v1/sessions/s HTTP/1.1\r\n" + host + "Content-Length: 0\r\n\r\n",
                        "GET /v1/barrier HTTP/1.1\r\n" + host + "\r\n"),
                peer.requests);
        assertEquals(1, peer.connections.size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nX: y\r\n\r\n",
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello",
                "HTTP/1.0 200 OK\r\n\r\nhello"
            })
    void readsBodiesHoweverTheyEnd(String answer) throws Exception {
        peer.answers.add(answer);
        assertEquals("hello", body(get()));
        peer.answers.add(answer);
        assertEquals("hello", body(get()));
        assertEquals(answer.startsWith("HTTP/1.0") || answer.contains("close") ? 2 : 1, peer.connections.size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SSH-2.0-OpenSSH\r\n\r\n",
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfive\r\nhello\r\n"
            })
    void anAnswerThatIsNoneLeavesItOpen(String answer) throws Exception {
        peer.answers.add(answer);
        IOException e = assertThrows(IOException.class, this::get);
        assertTrue(!(e instanceof NotSentException), e.toString());
        peer.answers.add("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        assertEquals("hi", body(get()));
        assertEquals(2, peer.connections.size());
    }

    @Test
    void boundsTheHeadOfAnAnswer() {
        peer.answers.add("HTTP/1.1 200 OK\r\nX: " + "x".repeat(70_000) + "\r\n\r\n");
        IOException e = assertThrows(IOException.class, this::get);
        assertTrue(e.toString().contains("65536"), e.toString());
    }

    @Test
    void noticesThatAKeptConnectionWasClosed() throws Exception {
        peer.answers.add("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        get();
        peer.connections.get(0).close();
        peer.answers.add("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nho");
        assertEquals("ho", body(get()));
        assertEquals(2, peer.requests.size());
    }

    @Test
    void endsAnExchangeThatIsPastItsTime() throws Exception {
        Thread sweeper = new Thread(() -> {
            while (!Thread.interrupted()) {
                http.sweep(System.nanoTime());
                Thread.onSpinWait();
            }
        });
        sweeper.start();
        try {
            IOException e = assertThrows(
                    IOException.class, () -> http.send(AgentRequest.get("/v1/barrier", Duration.ofMillis(50))));
            assertEquals("no answer in time", e.getMessage());
        } finally {
            sweeper.interrupt();
            sweeper.join(TimeUnit.SECONDS.toMillis(30));
        }
    }

    @Test
    void saysSoWhenNothingWasSent() throws Exception {
        peer.close();
        assertInstanceOf(NotSentException.class, assertThrows(IOException.class, this::get));
        try (AgentHttp nowhere = new AgentHttp(URI.create("http://no.such.host.invalid:1"), Optional.empty())) {
            assertThrows(NotSentException.class, () -> nowhere.send(AgentRequest.get("/", LONG)));
        }
        http.close();
        assertThrows(NotSentException.class, this::get);
    }
}
