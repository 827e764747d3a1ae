package dev.outrigger.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.SkipDecision;
import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.session.SessionEntry;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.Durability;
import dev.outrigger.agent.storage.SnapshotHead;
import dev.outrigger.agent.storage.SnapshotStore;
import dev.outrigger.agent.storage.chronicle.ChronicleStorage;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogExportCommandTest {
    private static final ChronicleStorage.Options OPTIONS =
            new ChronicleStorage.Options("a", "orders", Durability.MEMORY, 64 << 10, 128 << 10, 16 << 10);

    @TempDir
    private Path work;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Path data() {
        return work.resolve("data");
    }

    private Path file() {
        return work.resolve("log.jsonl");
    }

    private void write(List<Entry> entries) {
        try (ChronicleStorage storage = ChronicleStorage.open(data(), OPTIONS)) {
            storage.saveCluster(new ClusterIdentity(
                    "orders", "id-1", List.of(new ClusterIdentity.Member(new MemberId("a"), "h:1", "disk-a"))));
            entries.forEach(entry -> storage.persist(Optional.empty(), List.of(entry)));
        }
    }

    private static Entry entry(long index, long term, Entry.Kind kind, String text) {
        return entry(index, term, kind, payload(text));
    }

    private static Entry entry(long index, long term, Entry.Kind kind, Payload data) {
        return new Entry(index, term, kind, 1000 * index, data);
    }

    private static Payload payload(String text) {
        return Payload.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private void writeSome() {
        write(List.of(
                entry(1, 1, Entry.Kind.NOOP, ""),
                entry(2, 1, Entry.Kind.COMMAND, "hi"),
                entry(3, 1, Entry.Kind.COMMAND, "gone"),
                entry(3, 2, Entry.Kind.NOOP, ""),
                entry(4, 2, Entry.Kind.COMMAND, "ho")));
    }

    private int run(String... args) {
        out.reset();
        err.reset();
        List<String> all = new ArrayList<>(List.of("log", "export", "--data", data().toString()));
        all.addAll(List.of(args));
        Main.Console console = new Main.Console(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of());
        return Main.run(all.toArray(new String[0]), console, settings -> {});
    }

    private void assertError(String text) {
        String error = err.toString(StandardCharsets.UTF_8);
        assertTrue(error.contains(text), error);
        assertEquals(1, error.lines().count(), error);
    }

    @Test
    void writesLiveCommandsAndNothingElse() throws IOException {
        writeSome();
        assertEquals(0, run(file().toString()), err::toString);
        assertEquals(
                List.of(
                        "{\"index\":2,\"term\":1,\"time\":2000,\"data\":\"aGk=\"}",
                        "{\"index\":4,\"term\":2,\"time\":4000,\"data\":\"aG8=\"}"),
                Files.readAllLines(file()));
        assertEquals(file() + ": 2 commands, index 2 to 4\n", out.toString(StandardCharsets.UTF_8));
    }

    /** Each once, and none that all members pass over: what the application was given. */
    @Test
    void writesWhatTheApplicationWasGivenOfSessions() throws IOException {
        SessionEntry first = new SessionEntry.Command(1, 1, payload("a"));
        write(List.of(
                entry(1, 1, Entry.Kind.SESSION, new SessionEntry.Open(60_000).encode()),
                entry(2, 1, Entry.Kind.SESSION_COMMAND, first.encode()),
                entry(3, 1, Entry.Kind.SESSION_COMMAND, first.encode()),
                entry(4, 1, Entry.Kind.COMMAND, payload("poison")),
                entry(5, 1, Entry.Kind.SESSION_COMMAND, new SessionEntry.Command(9, 1, payload("b")).encode()),
                entry(6, 1, Entry.Kind.SKIP, new SkipDecision(4, "it kills").encode()),
                entry(7, 1, Entry.Kind.SESSION_COMMAND, new SessionEntry.Command(1, 2, payload("c")).encode())));
        assertEquals(0, run(file().toString()), err::toString);
        assertEquals(
                List.of(
                        "{\"index\":2,\"term\":1,\"time\":2000,\"data\":\"YQ==\"}",
                        "{\"index\":7,\"term\":1,\"time\":7000,\"data\":\"Yw==\"}"),
                Files.readAllLines(file()));
    }

    @Test
    void writesToStandardOutputWithoutAFile() {
        writeSome();
        assertEquals(0, run("--from", "3"));
        assertEquals(4, new JsonObject(out.toString(StandardCharsets.UTF_8)).getLong("index"));
        assertError("1 commands, index 4 to 4");
        assertEquals(0, run("--to", "3", "-"));
        assertEquals(2, new JsonObject(out.toString(StandardCharsets.UTF_8)).getLong("index"));
    }

    @Test
    void changesNothingInTheDirectory() throws IOException {
        writeSome();
        Map<Path, String> before = content();
        run(file().toString());
        assertEquals(before, content());
    }

    private Map<Path, String> content() throws IOException {
        Map<Path, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(data())) {
            for (Path one : files.filter(Files::isRegularFile).toList()) {
                content.put(one, Files.getLastModifiedTime(one) + " " + Arrays.hashCode(Files.readAllBytes(one)));
            }
        }
        return content;
    }

    @Test
    void aFileThatIsThereIsNotReplacedUnlessAsked() throws IOException {
        writeSome();
        Files.writeString(file(), "mine");
        assertEquals(1, run(file().toString()));
        assertError("is there already; --force replaces it");
        assertEquals("mine", Files.readString(file()));
        assertEquals(0, run("--force", "--json", file().toString()));
        JsonObject summary = new JsonObject(out.toString(StandardCharsets.UTF_8));
        assertEquals(2, summary.getLong("commands"));
        assertEquals(4, summary.getLong("lastIndex"));
        assertEquals(2, Files.readAllLines(file()).size());
    }

    @Test
    void whatIsOnlyInASnapshotIsSaid() {
        write(List.of(entry(1, 1, Entry.Kind.COMMAND, "a"), entry(2, 1, Entry.Kind.COMMAND, "b")));
        Configuration members = Configuration.of(Set.of(new MemberId("a")));
        try (ChronicleStorage storage = ChronicleStorage.open(data(), OPTIONS)) {
            Snapshot snapshot;
            try (SnapshotStore.Draft draft = storage.snapshots()
                    .begin(new SnapshotHead(2, 1, 2000, members, "id-1", "orders", "1", Payload.EMPTY))) {
                draft.write(ByteBuffer.wrap(new byte[10]));
                snapshot = draft.finish();
            }
            storage.persist(Optional.empty(), Optional.of(snapshot), List.of());
        }
        assertEquals(1, run(file().toString()));
        assertError("the log begins at index 3, what came before is in a snapshot; --from 3 exports what there is");
        assertFalse(Files.exists(file()));
        assertFalse(Files.exists(work.resolve("log.jsonl.tmp")));
        assertEquals(0, run("--from", "3"));
        assertError("no commands");
        try (ChronicleStorage storage = ChronicleStorage.open(data(), OPTIONS)) {
            storage.persist(Optional.empty(), List.of(entry(3, 1, Entry.Kind.COMMAND, "c")));
        }
        assertEquals(1, run());
        assertError("the log begins at index 3");
        assertEquals(0, run("--from", "3"));
        assertEquals(3, new JsonObject(out.toString(StandardCharsets.UTF_8)).getLong("index"));
    }

    @Test
    void aBackupInTheLogIsSaid() {
        write(List.of(entry(1, 1, Entry.Kind.RESTORE, "part"), entry(2, 1, Entry.Kind.COMMAND, "b")));
        assertEquals(1, run(file().toString()));
        assertError("index 1 puts a backup in, which no export can hold; --from 2");
        assertFalse(Files.exists(file()));
        assertEquals(0, run("--from", "2", file().toString()));
    }

    @Test
    void aDirectoryInUseIsRefused() {
        writeSome();
        try (ChronicleStorage storage = ChronicleStorage.open(data(), OPTIONS)) {
            assertEquals(1, run(file().toString()));
            assertError("is in use by an agent");
            assertTrue(storage.recovered().bootEpoch() > 0);
        }
    }
}
