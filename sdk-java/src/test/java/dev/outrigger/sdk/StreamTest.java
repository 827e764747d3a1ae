package dev.outrigger.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The stream as the agent sees it, over a socket. */
@Timeout(60)
class StreamTest {
    /** The batch and its answer that the documentation shows. */
    private static final String BATCH = "00000035" + "01" + "01" + "0000000000000007" + "0000000000000000" + "00"
            + "00000001" + "000000000000002a" + "0000000000000003" + "0000019ab697e800" + "00000002" + "6869";

    private static final String ANSWER =
            "0000001c" + "02" + "01" + "000000000000002a" + "00000000" + "00000001" + "0000" + "00000004" + "6f6b2031";

    private final Ledger ledger = new Ledger();
    private AppServer server;

    @BeforeEach
    void start() throws IOException {
        server = AppServer.start(ledger, AppOptions.defaults().withPort(0).withBodyBytesMax(100_000));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** One stream, with the chunks of HTTP/1.1 written and read by hand. */
    private static final class Stream implements AutoCloseable {
        final Socket socket;
        final DataInputStream in;
        final String head;

        Stream(int port, String more) throws IOException {
            socket = new Socket("127.0.0.1", port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(20_000);
            in = new DataInputStream(socket.getInputStream());
            write(("POST /outrigger/v1/apply/stream HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                            + "Outrigger-Cluster: orders\r\n" + more + "\r\n")
                    .getBytes(UTF_8));
            StringBuilder lines = new StringBuilder();
            for (String line = line(); !line.isEmpty(); line = line()) {
                lines.append(line).append('\n');
            }
            head = lines.toString();
        }

        Stream(int port) throws IOException {
            this(port, "Content-Type: application/vnd.outrigger.frames\r\n");
        }

        void write(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        }

        Stream chunk(byte[] bytes) throws IOException {
            ByteArrayOutputStream chunk = new ByteArrayOutputStream();
            chunk.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(UTF_8));
            chunk.writeBytes(bytes);
            chunk.writeBytes("\r\n".getBytes(UTF_8));
            write(chunk.toByteArray());
            return this;
        }

        Stream end() throws IOException {
            write("0\r\n\r\n".getBytes(UTF_8));
            return this;
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }

        /** The next chunk of the answer; empty at its end. */
        byte[] next() throws IOException {
            byte[] chunk = new byte[Integer.parseInt(line(), 16)];
            in.readFully(chunk);
            line();
            return chunk;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static byte[] batch(long epoch, long prevIndex, String... commands) {
        FrameWriter out = new FrameWriter(Frames.BATCH, 16);
        out.number(epoch).number(prevIndex).u8(0).u32(commands.length);
        long index = prevIndex;
        for (String command : commands) {
            out.number(++index).number(3).number(1_764_000_000_000L).bytes(command.getBytes(UTF_8));
        }
        return out.toBytes();
    }

    private static void assertRefused(int status, String code, byte[] frame) {
        FrameReader in = FrameReader.of(frame, Frames.REFUSAL);
        assertEquals(status, in.u16());
        String problem = new String(in.bytes(), UTF_8);
        assertTrue(problem.contains("\"code\":\"" + code + "\""), problem);
        in.end();
    }

    @Test
    void readsAndWritesTheDocumentedBytes() {
        byte[] documented = hex("00000035010100000000000000070000000000000029000000000100000000"
                + "0000002a00000000000000030000019ab697e800000000026869");
        ApplyRequest request = ApplyFrames.parse(documented);
        assertEquals(7, request.epoch());
        assertEquals(41, request.prevIndex());
        assertFalse(request.replay());
        ApplyRequest.Command command = request.commands().get(0);
        assertEquals(
                List.of(42L, 3L, 1_764_000_000_000L), List.of(command.index(), command.term(), command.timeMillis()));
        assertEquals("hi", new String(command.data(), UTF_8));
        Position applied = new Position(Optional.of("orders"), 42, 3);
        assertArrayEquals(
                hex("0000001a0201000000000000002a000000000000000100000000" + "00026f6b"),
                ApplyFrames.results(new Delivery.Done(applied, List.of(Result.ok("ok".getBytes(UTF_8)))))
                        .body());
        assertArrayEquals(
                hex("0000000a03010199000000026e6f"),
                ApplyFrames.onStream(new HttpReply(409, "text/plain", "no".getBytes(UTF_8))));
    }

    @Test
    void answersBeforeTheFirstBatchAndThenEachBatchAsDocumented() throws Exception {
        try (Stream stream = new Stream(server.port())) {
            assertTrue(stream.head.startsWith("HTTP/1.1 200"), stream.head);
            assertTrue(stream.head.contains("application/vnd.outrigger.frames"), stream.head);
            assertArrayEquals(hex(ANSWER), stream.chunk(hex(BATCH)).next());
            assertEquals(42, server.applied().index());
            assertEquals("orders", server.applied().cluster().orElseThrow());
            stream.chunk(batch(7, 42, "b", "no", "c"));
            FrameReader results = FrameReader.of(stream.next(), Frames.RESULTS);
            assertEquals(45, results.number(0));
            assertArrayEquals(new byte[0], stream.end().next());
        }
        assertEquals(List.of("hi", "b", "no", "c"), ledger.entries);
    }

    @Test
    void takesFramesCutAnywhere() throws Exception {
        try (Stream stream = new Stream(server.port())) {
            for (byte one : hex(BATCH)) {
                stream.chunk(new byte[] {one});
            }
            assertArrayEquals(hex(ANSWER), stream.next());
        }
    }

    @Test
    void appliesNothingOfAFrameThatBreaksOff() throws Exception {
        byte[] whole = hex(BATCH);
        for (int cut = 1; cut < whole.length; cut++) {
            try (Stream stream = new Stream(server.port())) {
                stream.chunk(Arrays.copyOf(whole, cut));
                if (cut % 2 == 0) {
                    assertArrayEquals(new byte[0], stream.end().next());
                }
            }
        }
        try (Stream stream = new Stream(server.port())) {
            assertEquals(409, conflictStatus(stream.chunk(batch(7, 41, "x")).next()));
        }
        assertEquals(List.of(), ledger.entries);
    }

    private static int conflictStatus(byte[] frame) {
        return FrameReader.of(frame, Frames.REFUSAL).u16();
    }

    @Test
    void refusesGapsAndOldEpochsAndThenEnds() throws Exception {
        try (Stream stream = new Stream(server.port())) {
            stream.chunk(batch(7, 0, "a")).next();
            assertRefused(409, "CONFLICT", stream.chunk(batch(6, 1, "b")).next());
            assertArrayEquals(new byte[0], stream.next());
        }
        try (Stream stream = new Stream(server.port())) {
            assertRefused(409, "CONFLICT", stream.chunk(batch(7, 5, "b")).next());
        }
        assertEquals(List.of("a"), ledger.entries);
    }

    @Test
    void namesTheIndexWhereTheStateMachineFails() throws Exception {
        try (Stream stream = new Stream(server.port())) {
            byte[] answer = stream.chunk(batch(7, 0, "a", "fail now", "b")).next();
            assertRefused(500, "APPLY_FAILED", answer);
            assertTrue(new String(answer, UTF_8).contains("\"index\":2,\"applied\":{\"index\":1"));
        }
    }

    @Test
    void refusesWhatIsNoBatch() throws Exception {
        byte[] right = batch(7, 0, "a");
        List<byte[]> wrong = new ArrayList<>();
        for (int at : new int[] {4, 5, 6, 14, 22, 23, 27, 35, 43, 51}) {
            byte[] broken = right.clone();
            broken[at] = (byte) 0x80;
            wrong.add(broken);
        }
        byte[] longer = Arrays.copyOf(right, right.length + 1);
        longer[3]++;
        wrong.add(longer);
        FrameWriter twice =
                new FrameWriter(Frames.BATCH, 16).number(7).number(0).u8(0).u32(2);
        for (int i = 0; i < 2; i++) {
            twice.number(5).number(3).number(1).bytes(new byte[0]);
        }
        wrong.add(twice.toBytes());
        wrong.add(new byte[] {0, 0, 0, 2, 1, 1});
        wrong.add(ApplyFrames.onStream(HttpReply.noContent()));
        for (byte[] frame : wrong) {
            try (Stream stream = new Stream(server.port())) {
                assertRefused(400, "MALFORMED", stream.chunk(frame).next());
            }
        }
        for (byte[] length :
                List.of(hex("00000000"), hex("00000001"), hex("000186a1"), hex("7fffffff"), hex("ffffffff"))) {
            try (Stream stream = new Stream(server.port())) {
                assertRefused(413, "TOO_LARGE", stream.chunk(length).next());
                assertArrayEquals(new byte[0], stream.next());
            }
        }
        assertEquals(List.of(), ledger.entries);
    }

    @Test
    void isForFramesAndPostOnly() throws Exception {
        try (Stream stream = new Stream(server.port(), "Content-Type: application/json\r\n")) {
            assertTrue(stream.head.startsWith("HTTP/1.1 415"), stream.head);
        }
        String fromAPage = "Content-Type: application/vnd.outrigger.frames\r\nOrigin: http://127.0.0.1\r\n";
        try (Stream stream = new Stream(server.port(), fromAPage)) {
            assertTrue(stream.head.startsWith("HTTP/1.1 403"), stream.head);
        }
    }

    @Test
    void takesNoThreadFromOtherCalls() throws Exception {
        List<Stream> streams = new ArrayList<>();
        try (AppServer two =
                AppServer.start(ledger, AppOptions.defaults().withPort(0).withThreads(2))) {
            for (int i = 0; i < 4; i++) {
                streams.add(new Stream(two.port()));
            }
            assertArrayEquals(hex(ANSWER), streams.get(3).chunk(hex(BATCH)).next());
            try (Stream fifth = new Stream(two.port())) {
                assertTrue(fifth.head.startsWith("HTTP/1.1 503"), fifth.head);
            }
            streams.get(0).end().next();
            streams.get(1).close();
            awaitStream(two.port()).close();
        } finally {
            for (Stream stream : streams) {
                stream.close();
            }
        }
    }

    /** The thread of one that has ended is free a moment later. */
    private static Stream awaitStream(int port) throws IOException {
        while (true) {
            Stream stream = new Stream(port);
            if (stream.head.startsWith("HTTP/1.1 200")) {
                return stream;
            }
            stream.close();
        }
    }

    @Test
    void finishesTheBatchUnderWayWhenItIsClosed() throws Exception {
        CountDownLatch applying = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        StateMachine slow = new StateMachine() {
            @Override
            public Result apply(Context context, byte[] command) {
                applying.countDown();
                try {
                    assertTrue(goOn.await(30, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return Result.ok("ok 1".getBytes(UTF_8));
            }

            @Override
            public byte[] query(byte[] query) {
                return query;
            }
        };
        AppServer stopping = AppServer.start(slow, AppOptions.defaults().withPort(0));
        try (Stream stream = new Stream(stopping.port())) {
            stream.chunk(hex(BATCH));
            assertTrue(applying.await(30, TimeUnit.SECONDS));
            CompletableFuture<Void> closed = CompletableFuture.runAsync(stopping::close);
            goOn.countDown();
            assertArrayEquals(hex(ANSWER), stream.next());
            closed.get(30, TimeUnit.SECONDS);
            assertThrows(IOException.class, () -> {
                stream.chunk(batch(7, 42, "b"));
                if (stream.next().length == 0) {
                    throw new EOFException("the agreed end");
                }
            });
        }
    }
}
