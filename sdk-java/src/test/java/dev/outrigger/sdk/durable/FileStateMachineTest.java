package dev.outrigger.sdk.durable;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.sdk.Context;
import dev.outrigger.sdk.LocalDelivery;
import dev.outrigger.sdk.LoggedCommand;
import dev.outrigger.sdk.Position;
import dev.outrigger.sdk.Result;
import dev.outrigger.sdk.StateMachine;
import dev.outrigger.sdk.StateWriter;
import dev.outrigger.sdk.UnsupportedSnapshotException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStateMachineTest {
    private static final FileOptions EVERY_THIRD = new FileOptions(3, Duration.ofHours(1));

    @TempDir
    private Path directory;

    private Path file = Path.of("");

    /** A text that grows by each command. */
    private static final class Text implements StateMachine {
        private String text = "";

        @Override
        public Result apply(Context context, byte[] command) {
            text += new String(command, UTF_8);
            return Result.ok(text.getBytes(UTF_8));
        }

        @Override
        public byte[] query(byte[] query) {
            return text.getBytes(UTF_8);
        }

        @Override
        public Optional<StateWriter> snapshot() {
            byte[] now = text.getBytes(UTF_8);
            return Optional.of(out -> {
                try (out) {
                    out.write(now);
                }
            });
        }

        @Override
        public String snapshotFormat() {
            return "text/1";
        }

        @Override
        public void restore(InputStream state, String format, Position position) throws IOException {
            if (!format.equals("text/1")) {
                throw new UnsupportedSnapshotException("only text/1 is read");
            }
            text = new String(state.readAllBytes(), UTF_8);
            if (text.startsWith("?")) {
                throw new IOException("no such text");
            }
        }
    }

    @BeforeEach
    void name() {
        file = directory.resolve("state");
    }

    private FileStateMachine open() {
        return FileStateMachine.open(new Text(), file, EVERY_THIRD);
    }

    private static void deliver(LocalDelivery delivery, long from, long to) {
        delivery.deliver(
                "orders",
                from - 1,
                false,
                LongStream.rangeClosed(from, to)
                        .mapToObj(index -> new LoggedCommand(
                                index, 2, index, Long.toString(index).getBytes(UTF_8)))
                        .toList());
    }

    private static String text(LocalDelivery delivery) {
        return new String(delivery.query(new byte[0]), UTF_8);
    }

    @Test
    void withoutAFileNothingIsApplied() {
        assertEquals(Optional.of(Position.NONE), open().applied());
    }

    @Test
    void afterACrashStateAndPositionAreThoseOfTheFileAndTheRestIsReplayed() {
        LocalDelivery before = LocalDelivery.to(open());
        deliver(before, 1, 2);
        assertFalse(Files.exists(file));
        deliver(before, 3, 4);
        deliver(before, 5, 6);
        assertEquals("123456", text(before));

        LocalDelivery after = LocalDelivery.to(open());
        assertEquals(new Position(Optional.of("orders"), 4, 2), after.applied());
        assertEquals("1234", text(after));
        deliver(after, 5, 7);
        assertEquals("1234567", text(after));
    }

    @Test
    void closingWritesWhatIsNew() {
        try (FileStateMachine machine = open()) {
            deliver(LocalDelivery.to(machine), 1, 1);
        }
        assertEquals("1", text(LocalDelivery.to(open())));
    }

    @Test
    void theAgeOfTheFileCountsToo() {
        FileOptions atOnce = new FileOptions(1_000, Duration.ZERO);
        deliver(LocalDelivery.to(FileStateMachine.open(new Text(), file, atOnce)), 1, 1);
        assertEquals(1, open().applied().orElseThrow().index());
    }

    @Test
    void aTemporaryFileThatACrashLeftIsNoState() throws IOException {
        deliver(LocalDelivery.to(open()), 1, 3);
        Files.writeString(directory.resolve("state.new"), "half a st");
        LocalDelivery again = LocalDelivery.to(open());
        assertEquals("123", text(again));
        deliver(again, 4, 6);
        assertEquals("123456", text(LocalDelivery.to(open())));
    }

    @Test
    void aDamagedFileIsPassedOverWhereverTheDamageIs() throws IOException {
        deliver(LocalDelivery.to(open()), 1, 3);
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            Files.write(file, damaged);
            assertEquals(Optional.of(Position.NONE), open().applied(), "byte " + at);
            Files.write(file, Arrays.copyOf(whole, at));
            assertEquals(Optional.of(Position.NONE), open().applied(), "cut at " + at);
        }
    }

    @Test
    void aFileThatCannotBeWrittenStopsNoCommand() throws IOException {
        LocalDelivery delivery = LocalDelivery.to(open());
        deliver(delivery, 1, 3);
        Path obstacle = directory.resolve("state.new");
        Files.createDirectory(obstacle);
        deliver(delivery, 4, 6);
        assertEquals(6, delivery.applied().index());
        assertEquals("123", text(LocalDelivery.to(open())));
        Files.delete(obstacle);
        deliver(delivery, 7, 8);
        assertEquals("12345678", text(LocalDelivery.to(open())));
    }

    @Test
    void aRestoredStateIsWrittenAtOnce() throws IOException {
        LocalDelivery delivery = LocalDelivery.to(open());
        deliver(delivery, 1, 1);
        delivery.restore("all of it".getBytes(UTF_8), "text/1", new Position(Optional.empty(), 9, 2));
        LocalDelivery again = LocalDelivery.to(open());
        assertEquals("all of it", text(again));
        assertEquals(new Position(Optional.of("orders"), 9, 2), again.applied());
    }

    @Test
    void aRestoreThatFailsLeavesTheFileAlone() {
        LocalDelivery delivery = LocalDelivery.to(open());
        deliver(delivery, 1, 3);
        Position nine = new Position(Optional.of("orders"), 9, 2);
        assertThrows(IOException.class, () -> delivery.restore("?".getBytes(UTF_8), "text/1", nine));
        assertEquals(Position.NONE, delivery.applied());
        assertEquals("123", text(LocalDelivery.to(open())));
    }

    @Test
    void aFormatOfAnotherVersionMeansStartingEmpty() throws IOException {
        new StateFile(file).write(new Position(Optional.empty(), 5, 1), "text/2", out -> out.write(1));
        assertEquals(Optional.of(Position.NONE), open().applied());
    }

    @Test
    void halfAReadStateIsNoState() throws IOException {
        new StateFile(file).write(new Position(Optional.empty(), 5, 1), "text/1", out -> out.write('?'));
        UncheckedIOException failure = assertThrows(UncheckedIOException.class, this::open);
        assertTrue(String.valueOf(failure.getMessage()).contains(file.toString()), failure.getMessage());
    }

    @Test
    void halfAWrittenStateLeavesTheOldOne() {
        boolean[] broken = {false};
        StateMachine machine = new StateMachine() {
            @Override
            public Result apply(Context context, byte[] command) {
                return Result.ok();
            }

            @Override
            public byte[] query(byte[] query) {
                return query;
            }

            @Override
            public Optional<StateWriter> snapshot() {
                return Optional.of(out -> {
                    out.write(new byte[200_000]);
                    if (broken[0]) {
                        throw new IllegalStateException("out of ink");
                    }
                });
            }

            @Override
            public void restore(InputStream state, String format, Position position) {}
        };
        LocalDelivery delivery = LocalDelivery.to(FileStateMachine.open(machine, file, EVERY_THIRD));
        deliver(delivery, 1, 3);
        broken[0] = true;
        deliver(delivery, 4, 6);
        assertEquals(6, delivery.applied().index());
        assertEquals(
                3,
                FileStateMachine.open(machine, file, EVERY_THIRD)
                        .applied()
                        .orElseThrow()
                        .index());
    }
}
