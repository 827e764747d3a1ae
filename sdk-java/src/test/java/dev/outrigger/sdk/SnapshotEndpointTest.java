package dev.outrigger.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SnapshotEndpointTest {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Notes notes = new Notes();
    private AppServer server;

    @BeforeEach
    void start() throws IOException {
        server = AppServer.start(notes, AppOptions.defaults().withPort(0).withBodyBytesMax(100_000));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpRequest.Builder to(String call) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/outrigger/v1/" + call));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder delivery(long prevIndex, String command) {
        String data = Base64.getEncoder().encodeToString(command.getBytes(UTF_8));
        String json = "{\"epoch\":7,\"prevIndex\":" + prevIndex + ",\"replay\":false,\"commands\":[{\"index\":"
                + (prevIndex + 1) + ",\"term\":3,\"time\":1764000000000,\"data\":\"" + data + "\"}]}";
        return to("apply")
                .header("Content-Type", "application/json")
                .header("Outrigger-Cluster", "orders")
                .POST(BodyPublishers.ofString(json));
    }

    private void apply(long prevIndex, String command) throws Exception {
        assertEquals(200, send(delivery(prevIndex, command)).statusCode());
    }

    private HttpRequest.Builder put(long index, long term, String format, String state) {
        return to("snapshot")
                .header("Outrigger-Index", "" + index)
                .header("Outrigger-Term", "" + term)
                .header("Outrigger-Format", format)
                .header("Outrigger-Epoch", "7")
                .header("Outrigger-Cluster", "orders")
                .PUT(BodyPublishers.ofString(state));
    }

    private HttpResponse<String> restore(long index, String state) throws Exception {
        return send(put(index, 2, "notes/1", state));
    }

    private String info() throws Exception {
        return send(to("info")).body();
    }

    private static void assertProblem(int status, String code, HttpResponse<String> response) {
        assertEquals(status, response.statusCode(), response.body());
        assertTrue(response.body().contains("\"code\":\"" + code + "\""), response.body());
    }

    @Test
    void aStateMachineWithoutSnapshotsGivesAndTakesNone() throws Exception {
        server.close();
        server = AppServer.start(new Ledger(), AppOptions.defaults().withPort(0));
        assertProblem(501, "NOT_IMPLEMENTED", send(to("snapshot")));
        assertProblem(422, "UNREADABLE_FORMAT", restore(3, "notes\na\n"));
        assertTrue(info().contains("\"applied\":{\"index\":0,\"term\":0}"), info());
        assertEquals(200, send(delivery(0, "a")).statusCode());
    }

    @Test
    void givesTheStateWithItsPosition() throws Exception {
        apply(4, "refused, out of step", 409);
        apply(0, "a");
        apply(1, "b");
        HttpResponse<String> response = send(to("snapshot"));
        assertEquals(200, response.statusCode());
        assertEquals("notes\na\nb\n", response.body());
        assertEquals(Optional.of("2"), response.headers().firstValue("Outrigger-Index"));
        assertEquals(Optional.of("3"), response.headers().firstValue("Outrigger-Term"));
        assertEquals(Optional.of("notes/1"), response.headers().firstValue("Outrigger-Format"));
        assertEquals(Optional.of("chunked"), response.headers().firstValue("Transfer-Encoding"));
    }

    private void apply(long prevIndex, String command, int status) throws Exception {
        assertEquals(status, send(delivery(prevIndex, command)).statusCode());
    }

    @Test
    void nothingIsNoStateToGive() throws Exception {
        assertProblem(409, "CONFLICT", send(to("snapshot")));
    }

    @Test
    void commandsAreAppliedWhileTheStateIsWritten() throws Exception {
        apply(0, "a");
        notes.writerMayGoOn = new CountDownLatch(1);
        HttpResponse<InputStream> response = HTTP.send(to("snapshot").build(), BodyHandlers.ofInputStream());
        assertEquals(Optional.of("1"), response.headers().firstValue("Outrigger-Index"));
        apply(1, "b");
        apply(2, "c");
        assertEquals(
                "a,b,c", send(to("query").POST(BodyPublishers.ofString("?"))).body());
        notes.writerMayGoOn.countDown();
        assertEquals("notes\na\n", new String(response.body().readAllBytes(), UTF_8));
    }

    @Test
    void aWriterThatFailsHalfwayLeavesNoWholeAnswer() throws Exception {
        apply(0, "a");
        notes.writerFails = true;
        assertThrows(IOException.class, () -> send(to("snapshot")));
        notes.writerFails = false;
        assertEquals("notes\na\n", send(to("snapshot")).body());
    }

    @Test
    void aDurableStateIsGivenWithItsOwnPosition() throws Exception {
        notes.durable = Optional.of(new Position(Optional.of("orders"), 9, 4));
        HttpResponse<String> response = send(to("snapshot"));
        assertEquals(Optional.of("9"), response.headers().firstValue("Outrigger-Index"));
        assertEquals(Optional.of("4"), response.headers().firstValue("Outrigger-Term"));
    }

    @Test
    void takesAStateAndGoesOnFromThere() throws Exception {
        apply(0, "old");
        assertEquals(204, restore(41, "notes\na\nb\n").statusCode());
        assertTrue(info().contains("\"cluster\":\"orders\",\"applied\":{\"index\":41,\"term\":2}"), info());
        assertProblem(409, "CONFLICT", send(delivery(0, "old")));
        apply(41, "c");
        assertEquals(List.of("a", "b", "c"), notes.lines);
        assertEquals("notes\na\nb\nc\n", send(to("snapshot")).body());
    }

    @Test
    void aStateOfAnyLengthIsStreamed() throws Exception {
        String line = "x".repeat(99) + "\n";
        assertEquals(204, restore(41, "notes\n" + line.repeat(200_000)).statusCode());
        assertEquals(200_000, notes.lines.size());
        assertEquals(6 + 20_000_000, send(to("snapshot")).body().length());
    }

    @Test
    void answers409WhenItIsFurtherThanTheSnapshotOrTheAgentIsAnOldOne() throws Exception {
        apply(0, "a");
        apply(1, "b");
        HttpResponse<String> response = restore(1, "notes\nz\n");
        assertProblem(409, "CONFLICT", response);
        assertTrue(response.body().contains("\"applied\":{\"index\":2,\"term\":3}"), response.body());
        assertProblem(409, "CONFLICT", send(put(5, 2, "notes/1", "notes\n").setHeader("Outrigger-Epoch", "6")));
        assertProblem(409, "CONFLICT", send(put(5, 2, "notes/1", "notes\n").setHeader("Outrigger-Cluster", "users")));
        assertEquals(List.of("a", "b"), notes.lines);
        assertEquals(204, restore(2, "notes\nz\n").statusCode(), "the same position is not behind");
        assertEquals(List.of("z"), notes.lines);
    }

    @Test
    void answers422ToAFormatItDoesNotReadAndKeepsItsState() throws Exception {
        apply(0, "a");
        HttpResponse<String> response = send(put(5, 2, "notes/2", "notes\nz\n"));
        assertProblem(422, "UNREADABLE_FORMAT", response);
        assertTrue(response.body().contains("only notes/1 is read"), response.body());
        assertEquals(Optional.of("notes/1"), response.headers().firstValue("Outrigger-Format"));
        assertTrue(info().contains("\"applied\":{\"index\":1,\"term\":3}"), info());
        apply(1, "b");
        assertEquals(List.of("a", "b"), notes.lines);
    }

    @ParameterizedTest
    @CsvSource({
        "Outrigger-Index, 0",
        "Outrigger-Index, -1",
        "Outrigger-Index, x",
        "Outrigger-Term, 0",
        "Outrigger-Term, 99999999999999999999",
        "Outrigger-Epoch, -1"
    })
    void refusesHeadersThatMakeNoSense(String header, String value) throws Exception {
        HttpResponse<String> response = send(put(5, 2, "notes/1", "notes\n").setHeader(header, value));
        assertProblem(400, "MALFORMED", response);
        assertTrue(response.body().contains(header), response.body());
    }

    @Test
    void afterAFailedRestoreNothingCountsUntilOneGoesWell() throws Exception {
        apply(0, "a");
        HttpResponse<String> response = restore(5, "notes\nfail\nb\n");
        assertProblem(500, "RESTORE_FAILED", response);
        assertTrue(response.body().contains("cannot read fail"), response.body());
        assertNothingCounts();
        notes.repaired = true;
        assertEquals(204, restore(5, "notes\nfail\nb\n").statusCode());
        assertEquals(2, (int) server.read(notes.lines::size));
        apply(5, "c");
    }

    private void assertNothingCounts() throws Exception {
        assertTrue(info().contains("\"cluster\":null,\"applied\":{\"index\":0,\"term\":0}"), info());
        assertEquals(500, send(delivery(0, "x")).statusCode());
        assertEquals(500, send(to("query").POST(BodyPublishers.ofString("?"))).statusCode());
        assertThrows(IllegalStateException.class, () -> server.read(() -> "half a state"));
        assertEquals(500, send(to("snapshot")).statusCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Content-Length: 1000\r\n\r\nnotes\na\n", "Transfer-Encoding: chunked\r\n\r\n8\r\nnotes\na\n\r\n"
            })
    void aBodyThatEndsEarlyIsNoState(String rest) throws Exception {
        apply(0, "a");
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.getOutputStream().write((head(5) + rest).getBytes(UTF_8));
            socket.shutdownOutput();
            socket.setSoTimeout(10_000);
            socket.getInputStream().readAllBytes();
        }
        assertNothingCounts();
        assertEquals(204, restore(5, "notes\nb\n").statusCode());
        assertEquals(List.of("b"), notes.lines);
    }

    private static String head(long index) {
        return "PUT /outrigger/v1/snapshot HTTP/1.1\r\nHost: x\r\nOutrigger-Index: " + index
                + "\r\nOutrigger-Term: 2\r\nOutrigger-Format: notes/1\r\nOutrigger-Cluster: orders\r\n";
    }

    @Test
    void aDurableStateThatIsNotWhereTheSnapshotIsHasNotBeenRestored() throws Exception {
        notes.durable = Optional.of(new Position(Optional.of("orders"), 4, 2));
        assertProblem(500, "RESTORE_FAILED", restore(5, "notes\na\n"));
        notes.durable = Optional.of(new Position(Optional.of("orders"), 5, 2));
        assertEquals(204, restore(5, "notes\na\n").statusCode());
    }

    @Test
    void aRefusalComesBeforeTheBodyAndSurvivesIt() throws Exception {
        apply(0, "a");
        apply(1, "b");
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write((head(1) + "Content-Length: 50000000\r\n\r\n").getBytes(UTF_8));
            byte[] begin = socket.getInputStream().readNBytes(12);
            assertEquals("HTTP/1.1 409", new String(begin, UTF_8));
            for (int i = 0; i < 100; i++) {
                socket.getOutputStream().write(new byte[100_000]);
            }
        }
        assertEquals(200, send(to("info")).statusCode());
    }

    @Test
    void noCommandAndNoReadRunsBesideARestore() throws Exception {
        notes.restoreMayGoOn = new CountDownLatch(1);
        var restored = HTTP.sendAsync(put(5, 2, "notes/1", "notes\na\n").build(), BodyHandlers.ofString());
        assertTrue(notes.restoring.await(30, TimeUnit.SECONDS));
        var applied = HTTP.sendAsync(delivery(5, "b").build(), BodyHandlers.ofString());
        CompletableFuture<Integer> read = CompletableFuture.supplyAsync(() -> server.read(notes.lines::size));
        assertEquals(200, send(to("info")).statusCode(), "but it can be asked");
        assertThrows(java.util.concurrent.TimeoutException.class, () -> read.get(100, TimeUnit.MILLISECONDS));
        assertFalse(applied.isDone());
        notes.restoreMayGoOn.countDown();
        assertEquals(204, restored.get().statusCode());
        assertEquals(200, applied.get().statusCode());
        assertTrue(read.get() >= 1);
        assertEquals(List.of("a", "b"), notes.lines);
    }

    @Test
    void knowsNoOtherMethods() throws Exception {
        HttpResponse<String> response = send(to("snapshot").POST(BodyPublishers.noBody()));
        assertProblem(405, "METHOD_NOT_ALLOWED", response);
        assertEquals(Optional.of("GET, PUT"), response.headers().firstValue("Allow"));
    }
}
