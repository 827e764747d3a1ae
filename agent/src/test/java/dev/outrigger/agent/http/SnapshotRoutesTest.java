package dev.outrigger.agent.http;

import static dev.outrigger.agent.http.ApiFixture.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.BackupDownload;
import dev.outrigger.agent.node.Problem;
import dev.outrigger.agent.node.RestoreUpload;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SnapshotRoutesTest {
    private static final byte[] NOTHING = {};

    private final ApiFixture api = new ApiFixture(
            options -> new ApiOptions(
                    options.address(),
                    options.token(),
                    options.commandBytesMax(),
                    options.batchBytesMax(),
                    options.batchCommandsMax(),
                    options.requestsMax(),
                    options.bodyBytesMax(),
                    options.connectionsMax(),
                    Duration.ofMillis(200),
                    options.logKeepAlive()),
            Optional.empty());

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void aSnapshotIsTaken() throws IOException {
        HttpResponse<byte[]> response = api.post("/v1/snapshots", NOTHING, "Prefer", "wait=2");
        assertEquals(200, response.statusCode());
        assertEquals("{\"index\":40,\"term\":4,\"bytes\":2048}", text(response));
        assertEquals(List.of(Duration.ofSeconds(2)), api.node.waits);
    }

    @Test
    void anApplicationWithoutSnapshotsIsNamed() throws IOException {
        api.node.taken = Future.succeededFuture(new Answer.Failed<>(Problem.of(
                Problem.Code.NOT_IMPLEMENTED, Problem.Outcome.NONE, "The application offers no snapshots.")));
        HttpResponse<byte[]> response = api.post("/v1/snapshots", NOTHING);
        assertEquals(501, response.statusCode());
        assertTrue(text(response).contains("offers no snapshots"));
    }

    @Test
    void theLatestIsSentWithWhatItIs() throws IOException {
        byte[] backup = random(1_000_000);
        Download download = download(backup, backup.length);
        HttpResponse<byte[]> response = api.get("/v1/snapshots/latest");
        assertEquals(200, response.statusCode());
        assertArrayEquals(backup, response.body());
        assertEquals("40", header(response, "Outrigger-Index"));
        assertEquals("4", header(response, "Outrigger-Term"));
        assertEquals("kv/1", header(response, "Outrigger-Format"));
        assertEquals("1000000", header(response, "Content-Length"));
        eventually(() -> download.closed);
    }

    @Test
    void aHeadHasNoBody() throws IOException {
        Download download = download(random(1000), 1000);
        HttpResponse<byte[]> response = api.send("HEAD", "/v1/snapshots/latest", NOTHING);
        assertEquals(200, response.statusCode());
        assertEquals("40", header(response, "Outrigger-Index"));
        eventually(() -> download.closed);
        assertEquals(0, download.taken);
    }

    @Test
    void whereThereIsNoneItIsNotFound() throws IOException {
        assertEquals(404, api.get("/v1/snapshots/latest").statusCode());
    }

    @Test
    void whatRotsOnTheWayIsNeverTakenForWhole() {
        Download download = download(random(300_000), 400_000);
        download.rots = true;
        assertThrows(IOException.class, () -> api.get("/v1/snapshots/latest"));
        eventually(() -> download.closed);
    }

    @Test
    void aReaderThatDoesNotReadIsNotReadFor() throws IOException {
        Download download = download(random(1 << 20), 1L << 30);
        download.endless = true;
        try (RawHttp socket = new RawHttp(api.port)) {
            socket.send("GET /v1/snapshots/latest HTTP/1.1\r\nHost: localhost\r\n\r\n");
            socket.head();
            eventually(download::stands);
            assertTrue(download.taken < 64, download.taken + " MiB for nobody");
        }
        eventually(() -> download.closed);
    }

    @Test
    void aBackupIsHandedOnInOrderAndAnsweredWithItsIndex() throws IOException {
        byte[] backup = random(1_000_000);
        Upload upload = upload();
        HttpResponse<byte[]> response = api.send("PUT", "/v1/snapshots/latest", backup, "Prefer", "wait=3");
        assertEquals(200, response.statusCode());
        assertEquals("{\"index\":77}", text(response));
        assertArrayEquals(backup, upload.received.toByteArray());
        assertEquals(List.of(Duration.ofSeconds(3)), api.node.waits);
        assertEquals(List.of(Duration.ofSeconds(3)), upload.waits);
        assertFalse(upload.abandoned);
    }

    @Test
    void aClusterWithStateRefusesBeforeAnythingIsSent() throws IOException {
        try (RawHttp socket = new RawHttp(api.port)) {
            socket.send("PUT /v1/snapshots/latest HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n"
                    + "Expect: 100-continue\r\n\r\n");
            String answer = socket.answer();
            assertTrue(answer.startsWith("HTTP/1.1 409"), answer);
            assertTrue(answer.contains("NOT_EMPTY"), answer);
        }
        assertEquals(
                409, api.send("PUT", "/v1/snapshots/latest", random(500_000)).statusCode());
    }

    @Test
    void whatIsRefusedOnTheWayIsAnsweredAndTheRestReadPast() throws IOException {
        Upload upload = upload();
        upload.problem = Optional.of(
                Problem.of(Problem.Code.MALFORMED, Problem.Outcome.NONE, "the block at byte 65536 is rotten"));
        HttpResponse<byte[]> response = api.send("PUT", "/v1/snapshots/latest", random(3_000_000));
        assertEquals(400, response.statusCode());
        assertTrue(text(response).contains("at byte 65536"), text(response));
    }

    @Test
    void nothingIsReadFromTheConnectionWhileThereIsNoRoom() throws IOException {
        Upload upload = upload();
        upload.room = Promise.promise();
        try (RawHttp socket = new RawHttp(api.port)) {
            socket.send("PUT /v1/snapshots/latest HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n");
            socket.send(new byte[50_000]);
            eventually(() -> upload.writes == 1);
            socket.send(new byte[50_000]);
            for (int turns = 0; turns < 20; turns++) {
                api.get("/v1/status");
            }
            assertEquals(1, upload.writes);
            api.node.context().runOnContext(now -> upload.room.complete(Optional.empty()));
            assertTrue(socket.answer().startsWith("HTTP/1.1 200"));
            assertEquals(100_000, upload.received.size());
        }
    }

    @Test
    void aClientThatFallsSilentIsAnswered() throws IOException {
        Upload upload = upload();
        try (RawHttp socket = new RawHttp(api.port)) {
            socket.send("PUT /v1/snapshots/latest HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nx");
            String answer = socket.answer();
            assertTrue(answer.startsWith("HTTP/1.1 504"), answer);
            assertTrue(upload.abandoned);
        }
    }

    @Test
    void aClientThatGoesLeavesNothingBehind() throws IOException {
        Upload upload = upload();
        try (RawHttp socket = new RawHttp(api.port)) {
            socket.send("PUT /v1/snapshots/latest HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nx");
            eventually(() -> upload.writes == 1);
        }
        eventually(() -> upload.abandoned);
        assertFalse(upload.finished);
    }

    @Test
    void compressedBodiesAreNotTaken() throws IOException {
        assertEquals(
                415,
                api.send("PUT", "/v1/snapshots/latest", NOTHING, "Content-Encoding", "gzip")
                        .statusCode());
    }

    private Download download(byte[] bytes, long announced) {
        Download download = new Download(bytes, announced);
        api.node.download = Future.succeededFuture(new Answer.Ok<>(download));
        return download;
    }

    private Upload upload() {
        Upload upload = new Upload();
        api.node.upload = Future.succeededFuture(new Answer.Ok<>(upload));
        return upload;
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(5).nextBytes(bytes);
        return bytes;
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), UTF_8);
    }

    private static final class Download implements BackupDownload {
        private static final int PIECE_BYTES = 100_000;

        private final byte[] bytes;
        private final long announced;
        private final Deque<Payload> pieces = new ArrayDeque<>();
        private volatile boolean rots;
        private volatile boolean endless;
        private volatile boolean closed;
        private volatile int taken;
        private volatile long takenNanos = System.nanoTime();

        Download(byte[] bytes, long announced) {
            this.bytes = bytes;
            this.announced = announced;
            for (int at = 0; at < bytes.length; at += PIECE_BYTES) {
                pieces.add(Payload.of(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + PIECE_BYTES))));
            }
        }

        /** Nothing was asked for in a while. */
        boolean stands() {
            return taken > 0
                    && System.nanoTime() - takenNanos > Duration.ofMillis(200).toNanos();
        }

        @Override
        public Snapshot snapshot() {
            return FakeNode.SNAPSHOT;
        }

        @Override
        public String format() {
            return "kv/1";
        }

        @Override
        public long bytes() {
            return announced;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // on one thread
        public Future<Optional<Payload>> next() {
            taken++;
            takenNanos = System.nanoTime();
            if (endless) {
                return Future.succeededFuture(Optional.of(Payload.of(bytes)));
            }
            if (pieces.isEmpty() && rots) {
                return Future.failedFuture("it is rotten");
            }
            return Future.succeededFuture(Optional.ofNullable(pieces.poll()));
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static final class Upload implements RestoreUpload {
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private volatile Optional<Problem> problem = Optional.empty();
        private volatile Promise<Optional<Problem>> room = Promise.promise();
        private volatile int writes;
        private final List<Duration> waits = new CopyOnWriteArrayList<>();
        private volatile boolean finished;
        private volatile boolean abandoned;

        Upload() {
            room.complete(Optional.empty());
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // on one thread
        public Future<Optional<Problem>> write(Payload bytes) {
            writes++;
            received.writeBytes(bytes.array());
            return problem.isPresent() ? Future.succeededFuture(problem) : room.future();
        }

        @Override
        public Future<Answer<Long>> finish(Duration wait) {
            finished = true;
            waits.add(wait);
            return Future.succeededFuture(new Answer.Ok<>(77L));
        }

        @Override
        public void abandon() {
            abandoned = true;
        }
    }
}
