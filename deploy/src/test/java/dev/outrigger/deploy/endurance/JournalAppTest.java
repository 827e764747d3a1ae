package dev.outrigger.deploy.endurance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.outrigger.deploy.endurance.JournalApp.Memory;
import dev.outrigger.sdk.Context;
import dev.outrigger.sdk.Position;
import dev.outrigger.sdk.Result;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application whose file is the proof: what it writes, and where it says it stands. */
class JournalAppTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void place() {
        file = directory.resolve("journal");
    }

    @Test
    void aLineIsIndexTermAndBodyAndTheAnswerItsNumber() throws IOException {
        JournalApp app = new JournalApp(file, Memory.DURABLE);
        assertEquals(Result.ok(bytes("1")), apply(app, 3, "0.0"));
        assertEquals(Result.refused(JournalApp.REFUSED, bytes("2")), apply(app, 5, "0.7!"));
        assertEquals(Result.ok(bytes("3")), apply(app, 6, "two words"));
        assertEquals("3 1 0.0\n5 1 0.7!\n6 1 hex:74776f20776f726473\n", Files.readString(file));
        assertEquals(Optional.of(new Position(Optional.empty(), 6, 1)), app.applied());
    }

    @Test
    void aDurableOneGoesOnBehindItsLastWholeLine() throws IOException {
        apply(new JournalApp(file, Memory.DURABLE), 3, "0.0");
        Files.writeString(file, "4 1 0.1\n5 1 0.", StandardOpenOption.APPEND);
        JournalApp restarted = new JournalApp(file, Memory.DURABLE);
        assertEquals(Optional.of(new Position(Optional.empty(), 4, 1)), restarted.applied());
        assertEquals(Result.ok(bytes("3")), apply(restarted, 5, "0.2"));
        assertEquals("3 1 0.0\n4 1 0.1\n5 1 0.2\n", Files.readString(file));
    }

    @Test
    void aVolatileOneBeginsAnew() throws IOException {
        apply(new JournalApp(file, Memory.VOLATILE), 3, "0.0");
        JournalApp restarted = new JournalApp(file, Memory.VOLATILE);
        assertEquals(Optional.empty(), restarted.applied());
        assertEquals("", Files.readString(file));
    }

    @Test
    void aSnapshotIsTheFileAsItWas() throws IOException {
        JournalApp app = new JournalApp(file, Memory.DURABLE);
        apply(app, 3, "0.0");
        var snapshot = app.snapshot().orElseThrow();
        apply(app, 4, "0.1");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        snapshot.writeTo(out);
        assertArrayEquals(bytes("3 1 0.0\n"), out.toByteArray());
    }

    @Test
    void aRestoredOneGoesOnFromThere() throws IOException {
        JournalApp app = new JournalApp(file, Memory.DURABLE);
        apply(app, 3, "other");
        restore(app, "3 1 0.0\n4 2 0.1\n", 4, 2);
        assertEquals(Optional.of(new Position(Optional.empty(), 4, 2)), app.applied());
        assertEquals(Result.ok(bytes("3")), apply(app, 9, "0.2"));
        assertEquals("3 1 0.0\n4 2 0.1\n9 1 0.2\n", Files.readString(file));
    }

    @Test
    void halfASnapshotChangesNothing() throws IOException {
        JournalApp app = new JournalApp(file, Memory.DURABLE);
        apply(app, 3, "0.0");
        assertThrows(IOException.class, () -> restore(app, "3 1 0.0\n4 2 0.", 4, 2));
        assertEquals("3 1 0.0\n", Files.readString(file));
        assertEquals(Optional.of(new Position(Optional.empty(), 3, 1)), app.applied());
    }

    private static Result apply(JournalApp app, long index, String body) {
        return app.apply(new Context(new Position(Optional.empty(), index, 1), 0, false), bytes(body));
    }

    private static void restore(JournalApp app, String lines, long index, long term) throws IOException {
        app.restore(
                new ByteArrayInputStream(bytes(lines)),
                app.snapshotFormat(),
                new Position(Optional.empty(), index, term));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
