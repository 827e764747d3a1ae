package dev.outrigger.examples.kv;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.sdk.Context;
import dev.outrigger.sdk.Position;
import dev.outrigger.sdk.Result;
import dev.outrigger.sdk.StateWriter;
import dev.outrigger.sdk.UnsupportedSnapshotException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyValueStoreTest {
    private final KeyValueStore store = new KeyValueStore();
    private long index;

    private Result apply(KeyValueStore to, byte[] command) {
        Position position = new Position(Optional.of("test"), ++index, 1);
        return to.apply(new Context(position, 1_764_000_000_000L, false), command);
    }

    /** The code and the bytes of the result. */
    private String apply(String command) {
        Result result = apply(store, command.getBytes(UTF_8));
        return result.code() + " " + new String(result.data(), UTF_8);
    }

    private static String query(KeyValueStore of, String query) {
        return new String(of.query(query.getBytes(UTF_8)), UTF_8);
    }

    private String query(String query) {
        return query(store, query);
    }

    @Test
    void putAnswersThePreviousValue() {
        assertEquals("0 {\"previous\":null}", apply("{\"op\":\"put\",\"key\":\"k\",\"value\":\"a\"}"));
        assertEquals("0 {\"previous\":\"a\"}", apply("{\"op\":\"put\",\"key\":\"k\",\"value\":\"b\"}"));
        assertEquals("{\"value\":\"b\"}", query("{\"op\":\"get\",\"key\":\"k\"}"));
    }

    @Test
    void getAnswersNullForAnAbsentKey() {
        assertEquals("{\"value\":null}", query("{\"op\":\"get\",\"key\":\"k\"}"));
    }

    @Test
    void casSwapsOnlyWhatItExpects() {
        apply("{\"op\":\"put\",\"key\":\"k\",\"value\":\"a\"}");
        assertEquals("1 {\"actual\":\"a\"}", apply("{\"op\":\"cas\",\"key\":\"k\",\"expect\":\"x\",\"value\":\"b\"}"));
        assertEquals("1 {\"actual\":\"a\"}", apply("{\"op\":\"cas\",\"key\":\"k\",\"expect\":null,\"value\":\"b\"}"));
        assertEquals("0 {\"swapped\":true}", apply("{\"op\":\"cas\",\"key\":\"k\",\"expect\":\"a\",\"value\":\"b\"}"));
        assertEquals("{\"value\":\"b\"}", query("{\"op\":\"get\",\"key\":\"k\"}"));
    }

    @Test
    void casOnAnAbsentKeyExpectsNull() {
        assertEquals("1 {\"actual\":null}", apply("{\"op\":\"cas\",\"key\":\"k\",\"expect\":\"a\",\"value\":\"b\"}"));
        assertEquals("0 {\"swapped\":true}", apply("{\"op\":\"cas\",\"key\":\"k\",\"expect\":null,\"value\":\"b\"}"));
    }

    @Test
    void appendAnswersTheNewLength() {
        assertEquals("0 {\"length\":2}", apply("{\"op\":\"append\",\"key\":\"k\",\"value\":\"ab\"}"));
        assertEquals("0 {\"length\":3}", apply("{\"op\":\"append\",\"key\":\"k\",\"value\":\"c\"}"));
        assertEquals("{\"value\":\"abc\"}", query("{\"op\":\"get\",\"key\":\"k\"}"));
    }

    @Test
    void appendRefusesToGrowAValueWithoutBound() {
        String half = "x".repeat(KeyValueStore.VALUE_CHARS_MAX / 2 + 1);
        apply("{\"op\":\"append\",\"key\":\"k\",\"value\":\"" + half + "\"}");
        assertTrue(apply("{\"op\":\"append\",\"key\":\"k\",\"value\":\"" + half + "\"}")
                .startsWith("2 {\"error\""));
        assertEquals(
                "0 {\"length\":" + (half.length() + 1) + "}",
                apply("{\"op\":\"append\",\"key\":\"k\",\"value\":\"y\"}"));
    }

    @Test
    void deleteAnswersThePreviousValue() {
        apply("{\"op\":\"put\",\"key\":\"k\",\"value\":\"a\"}");
        assertEquals("0 {\"previous\":\"a\"}", apply("{\"op\":\"delete\",\"key\":\"k\"}"));
        assertEquals("0 {\"previous\":null}", apply("{\"op\":\"delete\",\"key\":\"k\"}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage",
                "null",
                "[]",
                "{}",
                "{} {}",
                "{\"op\":\"put\"}",
                "{\"op\":\"put\",\"key\":\"k\"}",
                "{\"op\":\"put\",\"key\":\"k\",\"value\":5}",
                "{\"op\":\"put\",\"key\":\"k\",\"value\":null}",
                "{\"op\":\"put\",\"key\":{\"a\":[]},\"value\":\"v\"}",
                "{\"op\":\"put\",\"key\":\"k\",\"key\":\"l\",\"value\":\"v\"}",
                "{\"op\":\"put\",\"key\":\"k\",\"value\":\"\\ud800\"}",
                "{\"op\":\"cas\",\"key\":\"k\",\"value\":\"v\"}",
                "{\"op\":\"cas\",\"key\":\"k\",\"expect\":null,\"value\":null}",
                "{\"op\":\"incr\",\"key\":\"k\"}",
                "{\"op\":7}",
                "{\"op\":\"put\",\"key\":\"k\",\"value\":\"v\""
            })
    void refusesWhatMakesNoSenseAndChangesNothing(String command) {
        String before = query("{\"op\":\"digest\"}").replaceAll("\"index\":\\d+", "");
        assertTrue(apply(command).startsWith("2 {\"error\":\""), command);
        assertEquals(before, query("{\"op\":\"digest\"}").replaceAll("\"index\":\\d+", ""));
    }

    @Test
    void refusesBytesThatAreNoText() {
        assertEquals(
                2,
                apply(store, "{\"op\":\"put\",\"key\":\"\u00ff\",\"value\":\"v\"}".getBytes(ISO_8859_1))
                        .code());
        assertEquals(2, apply(store, new byte[] {0, 1, 2, 3}).code());
        assertEquals(2, apply(store, "[".repeat(100_000).getBytes(UTF_8)).code());
        assertEquals(
                2,
                apply(store, ("{\"x\":" + "[".repeat(100_000)).getBytes(UTF_8)).code());
    }

    @Test
    void takesUtf8AndNothingElse() {
        String command = "{\"op\":\"put\",\"key\":\"k\",\"value\":\"\ud83d\ude00\"}";
        for (Charset other : List.of(UTF_16, UTF_16LE, Charset.forName("UTF-32"))) {
            assertEquals(2, apply(store, command.getBytes(other)).code(), other.name());
        }
        assertEquals(2, apply(store, ("\ufeff" + command).getBytes(UTF_8)).code(), "a byte order mark");
        assertEquals(
                2,
                apply(
                                store,
                                "{\"op\":\"put\",\"key\":\"\u00ed\u00a0\u00bd\u00ed\u00b8\u0080\",\"value\":\"\"}"
                                        .getBytes(ISO_8859_1))
                        .code(),
                "surrogates, each in UTF-8");
        assertEquals("0 {\"previous\":null}", apply(command));
        assertEquals("0 {\"previous\":\"\ud83d\ude00\"}", apply(command), "written as it is");
    }

    @Test
    void nestingIsBoundedAndNumbersAreNot() {
        assertEquals("0 {\"previous\":null}", apply(deleteBeside("[".repeat(63) + "]".repeat(63))));
        assertEquals(
                2,
                apply(store, deleteBeside("[".repeat(64) + "]".repeat(64)).getBytes(UTF_8))
                        .code());
        assertEquals("0 {\"previous\":null}", apply(deleteBeside("9".repeat(5_000))));
        assertEquals("0 {\"previous\":null}", apply(deleteBeside("1e" + "9".repeat(5_000))));
        assertEquals("0 {\"previous\":null}", apply(deleteBeside("{\"a\":\"\\ud800\"}")));
    }

    private static String deleteBeside(String value) {
        return "{\"x\":" + value + ",\"op\":\"delete\",\"key\":\"k\"}";
    }

    /** Which of two things is wrong must not depend on the order in which a parser meets them. */
    @Test
    void whatIsNoJsonIsJustThat() {
        String notJson = "2 {\"error\":\"not a JSON object\"}";
        for (String command : List.of("{\"a\":\"\\ud800\",", "{} {}", "{}x", "[]", "{\"a\":1,\"a\":2}")) {
            assertEquals(notJson, apply(command), command);
        }
    }

    @Test
    void passesOverFieldsItDoesNotKnow() {
        assertEquals(
                "0 {\"previous\":null}",
                apply("{\"op\":\"put\",\"key\":\"k\",\"value\":\"a\",\"id\":7,\"more\":{\"x\":[1]}}"));
    }

    @Test
    void answersSenselessQueriesWithAnError() {
        assertTrue(query("{\"op\":\"put\",\"key\":\"k\",\"value\":\"a\"}").startsWith("{\"error\""));
        assertTrue(query("").startsWith("{\"error\""));
        assertTrue(query("{\"op\":\"get\"}").startsWith("{\"error\""));
    }

    @Test
    void theDigestNamesTheLastAppliedIndexEvenWhenThatWasRefused() {
        apply("{\"op\":\"put\",\"key\":\"k\",\"value\":\"a\"}");
        apply("nonsense");
        assertTrue(query("{\"op\":\"digest\"}").matches("\\{\"index\":2,\"sha256\":\"[0-9a-f]{64}\"}"));
    }

    @Test
    void theDigestTellsStatesApartWhoseTextsJoinToTheSame() {
        KeyValueStore other = new KeyValueStore();
        apply(store, "{\"op\":\"put\",\"key\":\"ab\",\"value\":\"c\"}".getBytes(UTF_8));
        apply(other, "{\"op\":\"put\",\"key\":\"a\",\"value\":\"bc\"}".getBytes(UTF_8));
        assertNotEquals(sha256(store), sha256(other));
    }

    @Test
    void equalHistoriesGiveEqualDigestsAndResults() {
        Random random = new Random(3);
        List<byte[]> history = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            history.add(randomCommand(random));
        }
        KeyValueStore other = new KeyValueStore();
        for (byte[] command : history) {
            index = index + 3;
            long at = index;
            Result here = apply(store, command);
            index = at;
            assertEquals(here, apply(other, command));
        }
        assertEquals(query(store, "{\"op\":\"digest\"}"), query(other, "{\"op\":\"digest\"}"));

        apply(other, "{\"op\":\"append\",\"key\":\"k1\",\"value\":\"!\"}".getBytes(UTF_8));
        assertNotEquals(sha256(store), sha256(other));
    }

    @Test
    void theSameStateHasTheSameDigestWhateverWayItWasReached() {
        KeyValueStore other = new KeyValueStore();
        for (String key : List.of("a", "b", "c")) {
            apply(store, ("{\"op\":\"put\",\"key\":\"" + key + "\",\"value\":\"v\"}").getBytes(UTF_8));
        }
        for (String key : List.of("c", "x", "a", "b")) {
            apply(other, ("{\"op\":\"append\",\"key\":\"" + key + "\",\"value\":\"v\"}").getBytes(UTF_8));
        }
        apply(other, "{\"op\":\"delete\",\"key\":\"x\"}".getBytes(UTF_8));
        assertEquals(sha256(store), sha256(other));
    }

    private static byte[] written(StateWriter writer) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writer.writeTo(out);
        return out.toByteArray();
    }

    private void restore(KeyValueStore into, byte[] snapshot) throws IOException {
        into.restore(new ByteArrayInputStream(snapshot), "kv/1", new Position(Optional.of("test"), index, 1));
    }

    @Test
    void comesBackFromASnapshotAsItWasWhateverIsAppliedMeanwhile() throws Exception {
        Random random = new Random(4);
        for (int i = 0; i < 3_000; i++) {
            apply(store, randomCommand(random));
        }
        String digest = query("{\"op\":\"digest\"}");
        long snapshotIndex = index;
        StateWriter writer = store.snapshot().orElseThrow();
        for (int i = 0; i < 100; i++) {
            apply(store, randomCommand(random));
        }
        apply("{\"op\":\"put\",\"key\":\"new\",\"value\":\"v\"}");
        index = snapshotIndex;
        KeyValueStore other = new KeyValueStore();
        apply(other, "{\"op\":\"put\",\"key\":\"old\",\"value\":\"v\"}".getBytes(UTF_8));
        index = snapshotIndex;
        restore(other, written(writer));
        assertEquals(digest, query(other, "{\"op\":\"digest\"}"));
        assertNotEquals(sha256(store), sha256(other));
    }

    @Test
    void anEmptyStateIsAStateToo() throws Exception {
        byte[] snapshot = written(store.snapshot().orElseThrow());
        assertEquals(16, snapshot.length);
        restore(store, snapshot);
    }

    @Test
    void noDamageGoesUnnoticed() throws Exception {
        apply("{\"op\":\"put\",\"key\":\"k\",\"value\":\"ü\"}");
        apply("{\"op\":\"put\",\"key\":\"l\",\"value\":\"\"}");
        byte[] snapshot = written(store.snapshot().orElseThrow());
        String before = query("{\"op\":\"digest\"}");
        for (int bit = 0; bit < 8 * snapshot.length; bit++) {
            byte[] damaged = snapshot.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThrows(IOException.class, () -> restore(store, damaged));
        }
        for (int length = 0; length < snapshot.length; length++) {
            byte[] cut = Arrays.copyOf(snapshot, length);
            assertThrows(IOException.class, () -> restore(store, cut));
        }
        assertThrows(IOException.class, () -> restore(store, Arrays.copyOf(snapshot, snapshot.length + 1)));
        assertEquals(before, query("{\"op\":\"digest\"}"), "the state is replaced at the end only");
    }

    @Test
    void readsNoOtherFormat() {
        assertEquals("kv/1", store.snapshotFormat());
        Position position = new Position(Optional.of("test"), 9, 1);
        assertThrows(
                UnsupportedSnapshotException.class,
                () -> store.restore(new ByteArrayInputStream(new byte[16]), "kv/2", position));
    }

    private static String sha256(KeyValueStore of) {
        String digest = query(of, "{\"op\":\"digest\"}");
        return digest.substring(digest.indexOf("sha256"));
    }

    private static byte[] randomCommand(Random random) {
        String key = "k" + random.nextInt(20);
        String value = random.nextBoolean() ? "ü" + random.nextInt(5) : "";
        String command = switch (random.nextInt(5)) {
            case 0 -> "{\"op\":\"put\",\"key\":\"%s\",\"value\":\"%s\"}".formatted(key, value);
            case 1 -> "{\"op\":\"cas\",\"key\":\"%s\",\"expect\":\"%s\",\"value\":\"%s\"}".formatted(key, value, "new");
            case 2 -> "{\"op\":\"append\",\"key\":\"%s\",\"value\":\"%s\"}".formatted(key, value);
            case 3 -> "{\"op\":\"delete\",\"key\":\"%s\"}".formatted(key);
            default -> "{\"op\":\"put\",\"key\":";
        };
        return command.getBytes(UTF_8);
    }
}
