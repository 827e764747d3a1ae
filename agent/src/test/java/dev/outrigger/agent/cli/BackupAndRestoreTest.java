package dev.outrigger.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.outrigger.agent.storage.chronicle.Backups;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupAndRestoreTest {
    private static final String PROBLEM = "{\"code\":\"%s\",\"detail\":\"why\",\"outcome\":\"%s\"}";

    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final byte[] backup = backup();

    @TempDir
    private Path directory;

    private int snapshotStatus = 200;
    private String snapshot = "{\"index\":40,\"term\":4,\"bytes\":2048}";
    private int latestStatus = 200;
    private byte[] latest = backup;
    private int announced = backup.length;
    private int restoreStatus = 200;
    private String restored = "{\"index\":77}";
    private volatile byte[] uploaded = {};

    BackupAndRestoreTest() throws IOException {}

    @BeforeEach
    void serve() {
        server.createContext("/v1/snapshots", this::serveSnapshots);
        server.createContext("/v1/snapshots/latest", this::serveLatest);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void snapshotPrintsWhereItStands() {
        assertEquals(0, run("snapshot", "--wait", "7"));
        assertEquals("index 40 in term 4, 2048 bytes\n", out.toString(UTF_8));
        assertEquals(List.of("POST /v1/snapshots wait=7.0"), requests);
        out.reset();
        assertEquals(0, run("snapshot", "--json"));
        assertEquals(snapshot + "\n", out.toString(UTF_8));
    }

    @Test
    void aSnapshotThatGoesOnIsUnknownAndOneThatCameToNothingHasFailed() {
        snapshotStatus = 504;
        snapshot = PROBLEM.formatted("DEADLINE", "unknown");
        assertEquals(3, run("snapshot"));
        snapshotStatus = 501;
        snapshot = PROBLEM.formatted("NOT_IMPLEMENTED", "none");
        assertEquals(1, run("snapshot"));
    }

    @Test
    void backupTakesOneAndWritesIt() throws IOException {
        assertEquals(0, run("backup", file(), "--json"));
        assertArrayEquals(backup, Files.readAllBytes(Path.of(file())));
        assertEquals(List.of("POST /v1/snapshots wait=30.0", "GET /v1/snapshots/latest -"), requests);
        assertTrue(out.toString(UTF_8).contains("\"index\":40"), out.toString(UTF_8));
        assertOnlyTheFile();
    }

    @Test
    void backupReplacesAFileOnlyWhenToldTo() throws IOException {
        Files.writeString(Path.of(file()), "precious");
        assertEquals(1, run("backup", file()));
        assertEquals("precious", Files.readString(Path.of(file())));
        assertEquals(List.of(), requests);
        assertEquals(0, run("backup", file(), "--force"));
        assertArrayEquals(backup, Files.readAllBytes(Path.of(file())));
    }

    @Test
    void backupThatComesDamagedOrCutOffLeavesNothing() throws IOException {
        latest = backup.clone();
        latest[70_000] ^= 1;
        assertEquals(1, run("backup", file()));
        assertTrue(err.toString(UTF_8).contains("at byte 65536"), err.toString(UTF_8));
        latest = Arrays.copyOf(backup, 65_536);
        assertEquals(1, run("backup", file()));
        announced = 65_536;
        assertEquals(1, run("backup", file()));
        assertNothing();
    }

    @Test
    void backupThatIsRefusedLeavesNothing() throws IOException {
        latestStatus = 404;
        latest = PROBLEM.formatted("NOT_FOUND", "none").getBytes(UTF_8);
        announced = latest.length;
        assertEquals(1, run("backup", file()));
        assertTrue(err.toString(UTF_8).contains("NOT_FOUND: why"), err.toString(UTF_8));
        snapshotStatus = 504;
        snapshot = PROBLEM.formatted("DEADLINE", "unknown");
        assertEquals(1, run("backup", file()), "a backup changes nothing, so it has only failed");
        assertNothing();
    }

    @Test
    void backupToNowhereHasFailed() {
        assertEquals(1, run("backup", directory.resolve("no/such/place").toString()));
    }

    @Test
    void restoreSendsTheFileAndPrintsTheIndex() throws IOException {
        Files.write(Path.of(file()), backup);
        assertEquals(0, run("restore", file(), "--wait", "9"));
        assertArrayEquals(backup, uploaded);
        assertEquals(List.of("PUT /v1/snapshots/latest wait=9.0"), requests);
        assertTrue(out.toString(UTF_8).contains("index 77"), out.toString(UTF_8));
    }

    @Test
    void restoreSendsNothingOfAFileThatIsNotWhole() throws IOException {
        Files.write(Path.of(file()), Arrays.copyOf(backup, 65_536));
        assertEquals(1, run("restore", file()));
        assertEquals(1, run("restore", directory.resolve("absent").toString()));
        assertEquals(List.of(), requests);
    }

    @Test
    void restoreTellsTheOutcomeByItsExitCode() throws IOException {
        Files.write(Path.of(file()), backup);
        restoreStatus = 409;
        restored = PROBLEM.formatted("NOT_EMPTY", "none");
        assertEquals(1, run("restore", file()));
        restoreStatus = 504;
        restored = PROBLEM.formatted("DEADLINE", "unknown");
        assertEquals(3, run("restore", file()));
        server.stop(0);
        assertEquals(1, run("restore", file()), "nothing was sent");
    }

    private String file() {
        return directory.resolve("orders.backup").toString();
    }

    private void assertNothing() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(), files.toList());
        }
    }

    private void assertOnlyTheFile() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(Path.of(file())), files.toList());
        }
    }

    private static byte[] backup() {
        byte[] app = new byte[200_000];
        new SplittableRandom(1).nextBytes(app);
        return Backups.of("kv/1", app);
    }

    private int run(String... arguments) {
        Main.Console console = new Main.Console(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8),
                Map.of("OUTRIGGER_API", "127.0.0.1:" + server.getAddress().getPort()));
        return Main.run(arguments, console, settings -> {});
    }

    private void serveSnapshots(HttpExchange exchange) throws IOException {
        note(exchange);
        exchange.getRequestBody().readAllBytes();
        answer(exchange, snapshotStatus, snapshot.getBytes(UTF_8));
    }

    private void serveLatest(HttpExchange exchange) throws IOException {
        note(exchange);
        if (exchange.getRequestMethod().equals("PUT")) {
            uploaded = exchange.getRequestBody().readAllBytes();
            answer(exchange, restoreStatus, restored.getBytes(UTF_8));
            return;
        }
        exchange.sendResponseHeaders(latestStatus, announced);
        exchange.getResponseBody().write(latest);
        exchange.close(); // before all that was announced, when that is more
    }

    private void note(HttpExchange exchange) {
        String prefer = exchange.getRequestHeaders().getFirst("Prefer");
        requests.add(
                exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + (prefer == null ? "-" : prefer));
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
