package dev.outrigger.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.Durability;
import dev.outrigger.agent.storage.chronicle.ChronicleStorage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogCommandTest {
    private static final ChronicleStorage.Options OPTIONS =
            new ChronicleStorage.Options("a", "orders", Durability.MEMORY, 64 << 10, 128 << 10, 16 << 10);

    @TempDir
    private Path work;

    private final Map<String, String> environment = new TreeMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path data = Path.of("");

    @BeforeEach
    void write() {
        data = work.resolve("data");
        try (ChronicleStorage storage = ChronicleStorage.open(data, OPTIONS)) {
            storage.saveCluster(new ClusterIdentity(
                    "orders", "id-1", List.of(new ClusterIdentity.Member(new MemberId("a"), "h:1", "disk-a"))));
            storage.persist(
                    Optional.empty(),
                    List.of(
                            new Entry(1, 1, Entry.Kind.NOOP, 1000, Payload.EMPTY),
                            command(2, 1, "grüße".getBytes(StandardCharsets.UTF_8)),
                            command(3, 1, "two\nlines".getBytes(StandardCharsets.UTF_8)),
                            command(4, 1, new byte[] {(byte) 0xff, 0})));
            storage.persist(Optional.empty(), List.of(command(4, 2, "last".getBytes(StandardCharsets.UTF_8))));
        }
        environment.put("OUTRIGGER_DATA", data.toString());
    }

    private static Entry command(long index, long term, byte[] data) {
        return new Entry(index, term, Entry.Kind.COMMAND, 1000 * index, Payload.of(data));
    }

    private int run(String... args) {
        out.reset();
        err.reset();
        Main.Console console = new Main.Console(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment);
        return Main.run(args, console, settings -> {});
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private void assertOneLineOfError(String text) {
        String error = err.toString(StandardCharsets.UTF_8);
        assertEquals(error.length() - 1, error.indexOf('\n'), error);
        assertTrue(error.contains(text), error);
    }

    @Test
    void dumpPrintsALineForEachRecord() {
        assertEquals(0, run("log", "dump"));
        assertEquals(6, lines().size(), lines()::toString);
        assertTrue(lines().get(0)
                .matches("\\d{8}F\\.cq4 byte \\d+ record 1 durable 0 header term 0 index 0 time .* - 0 bytes"));
        assertTrue(
                lines().get(1).endsWith("noop term 1 index 1 time 1970-01-01T00:00:01Z live 0 bytes"), lines().get(1));
        assertTrue(lines().get(2).endsWith("command term 1 index 2 time 1970-01-01T00:00:02Z live 7 bytes text grüße"));
        assertTrue(lines().get(3).endsWith("live 9 bytes base64 dHdvCmxpbmVz"), lines().get(3));
        assertTrue(lines().get(4).endsWith("term 1 index 4 time 1970-01-01T00:00:04Z superseded 2 bytes base64 /wA="));
        assertTrue(lines().get(5).endsWith("term 2 index 4 time 1970-01-01T00:00:04Z live 4 bytes text last"));
    }

    @Test
    void dumpPrintsJsonAndOnlyTheIndexesAskedFor() {
        environment.put("OUTRIGGER_DATA", "/nowhere");
        assertEquals(0, run("log", "dump", "--json", "--from", "2", "--to", "3", "--data", data.toString()));
        assertEquals(2, lines().size(), lines()::toString);
        JsonObject record = new JsonObject(lines().get(0));
        assertEquals("command", record.getString("kind"));
        assertEquals(3, record.getLong("record"));
        assertEquals(1, record.getLong("durable"));
        assertEquals(2000, record.getLong("timeMillis"));
        assertEquals("live", record.getString("standing"));
        assertEquals("grüße", record.getString("text"));
        assertEquals(7, record.getInteger("bytes"));
        assertTrue(record.getLong("offset") > 0);
        assertEquals("dHdvCmxpbmVz", new JsonObject(lines().get(1)).getString("base64"));
    }

    @Test
    void verifyIsContentWithAWholeDirectory() {
        assertEquals(0, run("log", "verify"));
        assertTrue(lines().stream().allMatch(line -> line.substring(10).startsWith("whole ")), lines()::toString);
        assertEquals(0, run("log", "verify", "--json"));
        JsonObject document = new JsonObject(lines().get(0));
        assertFalse(document.getBoolean("damaged"));
        assertEquals(5, document.getJsonArray("findings").size());
    }

    @Test
    void damageIsExitCode1WithPlaceAndAdvice() throws IOException {
        run("log", "dump", "--json", "--from", "3");
        JsonObject record = new JsonObject(lines().get(0));
        Path segment = data.resolve("log-1").resolve(record.getString("segment"));
        byte[] bytes = Files.readAllBytes(segment);
        bytes[record.getInteger("offset") + 57] ^= 1;
        Files.write(segment, bytes);

        assertEquals(1, run("log", "dump"));
        assertEquals(3, lines().size(), "as far as it goes");
        assertOneLineOfError(segment + " could be read up to byte " + record.getInteger("offset") + ": checksum is");

        assertEquals(1, run("log", "verify"));
        String text = out.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("log       damaged " + segment + " at byte " + record.getInteger("offset")), text);
        assertTrue(text.contains("index 1 to 2"), text);
        assertTrue(text.contains("advice    This member stops here"), text);
        assertEquals(1, run("log", "verify", "--json"));
        JsonObject document = new JsonObject(lines().get(0));
        assertTrue(document.getBoolean("damaged"));
        JsonArray findings = document.getJsonArray("findings");
        assertEquals("damaged", findings.getJsonObject(3).getString("condition"));
        assertEquals(record.getLong("offset"), findings.getJsonObject(3).getLong("position"));
    }

    @Test
    void aDirectoryThatIsInUseOrNoneIsRefusedInOneLine() {
        for (String command : List.of("dump", "verify")) {
            try (ChronicleStorage storage = ChronicleStorage.open(data, OPTIONS)) {
                assertEquals(1, run("log", command));
                assertOneLineOfError("is in use by an agent");
                assertTrue(storage.recovered().bootEpoch() > 0);
            }
            assertEquals(1, run("log", command, "--data", work.toString()));
            assertOneLineOfError("is not the data directory of an agent");
        }
    }

    @Test
    void wrongUseIsExitCode2() {
        assertEquals(2, run("log"));
        assertEquals(2, run("log", "dump", "--from", "x"));
        assertEquals(2, run("log", "bogus"));
    }
}
