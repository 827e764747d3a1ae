package dev.outrigger.examples.lightbulb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.sdk.Context;
import dev.outrigger.sdk.Position;
import dev.outrigger.sdk.Result;
import dev.outrigger.sdk.UnsupportedSnapshotException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LightbulbTest {
    private final LivePicture picture = new LivePicture();
    private final Lightbulb bulb = new Lightbulb(picture);
    private long index;

    private String apply(String command) {
        Position position = new Position(Optional.of("test"), ++index, 1);
        Result result = bulb.apply(new Context(position, 0, false), command.getBytes(UTF_8));
        return result.code() + " " + new String(result.data(), UTF_8);
    }

    private String query(String query) {
        return new String(bulb.query(query.getBytes(UTF_8)), UTF_8);
    }

    @Test
    void isSwitchedAndToggled() {
        assertEquals("0 {\"on\":true,\"changed\":true}", apply("{\"op\":\"set\",\"on\":true}"));
        assertEquals("0 {\"on\":true,\"changed\":false}", apply("{\"op\":\"set\",\"on\":true}"));
        assertEquals("0 {\"on\":false,\"changed\":true}", apply("{\"op\":\"toggle\"}"));
        assertEquals("{\"index\":3,\"on\":false}", query("{\"op\":\"get\"}"));
        String off = query("{\"op\":\"digest\"}");
        assertTrue(off.matches("\\{\"index\":3,\"sha256\":\"[0-9a-f]{64}\"}"), off);
        apply("{\"op\":\"toggle\"}");
        assertTrue(!query("{\"op\":\"digest\"}").substring(12).equals(off.substring(12)));
    }

    @Test
    void comesBackFromASnapshot() throws Exception {
        for (boolean on : new boolean[] {true, false}) {
            apply("{\"op\":\"set\",\"on\":" + on + "}");
            ByteArrayOutputStream snapshot = new ByteArrayOutputStream();
            bulb.snapshot().orElseThrow().writeTo(snapshot);
            LivePicture otherPicture = new LivePicture();
            Lightbulb other = new Lightbulb(otherPicture);
            Position position = new Position(Optional.of("test"), index, 1);
            other.restore(new ByteArrayInputStream(snapshot.toByteArray()), bulb.snapshotFormat(), position);
            byte[] digest = "{\"op\":\"digest\"}".getBytes(UTF_8);
            assertArrayEquals(bulb.query(digest), other.query(digest));
            assertEquals(on, otherPicture.frame().on());
            assertEquals(index, otherPicture.frame().index());
        }
    }

    @Test
    void refusesASnapshotThatIsNone() {
        Position position = new Position(Optional.of("test"), 9, 1);
        ByteArrayInputStream dim = new ByteArrayInputStream("dimmed".getBytes(UTF_8));
        assertThrows(UnsupportedSnapshotException.class, () -> bulb.restore(dim, "lightbulb/2", position));
        assertThrows(IOException.class, () -> bulb.restore(dim, "lightbulb/1", position));
    }

    @Test
    void showsEveryChangeInThePicture() {
        apply("{\"op\":\"set\",\"on\":true}");
        assertTrue(picture.frame().on());
        apply("nonsense");
        assertEquals(2, picture.frame().index());
        assertTrue(picture.frame().on());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "on",
                "{}",
                "{\"op\":\"set\"}",
                "{\"op\":\"set\",\"on\":1}",
                "{\"op\":\"explode\"}",
                "{\"op\":\"get\"}"
            })
    void refusesWhatMakesNoSense(String command) {
        assertTrue(apply(command).startsWith("2 {\"error\":\""), command);
        assertEquals("{\"index\":1,\"on\":false}", query("{\"op\":\"get\"}"));
    }

    @Test
    void answersSenselessQueriesWithAnError() {
        assertTrue(query("{\"op\":\"toggle\"}").startsWith("{\"error\""));
    }
}
