package dev.outrigger.sdk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
    private static JsonReader reader(String text) {
        return new JsonReader(text.getBytes(UTF_8));
    }

    private static void skipWhole(byte[] text) {
        JsonReader in = new JsonReader(text);
        in.skip();
        in.end();
    }

    @Test
    void readsEveryKindOfValue() {
        JsonReader in = reader(
                " {\"s\":\"a\\u00e9\\n\",\"i\":-42,\"t\":true,\"f\":false,\"n\":null,\"a\":[1,2],\"x\":{\"y\":1.5e3}} ");
        List<Object> seen = new ArrayList<>();
        in.object(name -> {
            switch (name) {
                case "s" -> seen.add(in.string());
                case "i" -> seen.add(in.integer(-42, 0));
                case "t", "f" -> seen.add(in.bool());
                case "n" -> seen.add(in.nullNext());
                case "a" -> in.array(() -> seen.add(in.integer(1, 2)));
                default -> in.skip();
            }
        });
        in.end();
        assertEquals(List.of("aé\n", -42L, true, false, true, 1L, 2L), seen);
    }

    @Test
    void readsStringsBeyondAsciiAsWrittenAndAsEscaped() {
        assertEquals("ü𝄞/", reader("\"ü𝄞/\"").string());
        assertEquals("ü𝄞/", reader("\"\\u00fc\\uD834\\uDD1E\\/\"").string());
    }

    @Test
    void readsBase64AlsoWithEscapedSlashes() {
        assertArrayEquals(new byte[] {-1, -1, -1}, reader("\"\\/\\/\\/\\/\"").base64());
        assertArrayEquals("hi".getBytes(UTF_8), reader("\"aGk=\"").base64());
        assertEquals(0, reader("\"\"").base64().length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"aGk\"", "\"a\"", "\"aG k=\"", "\"aGk=aGk=\"", "\"aGk-\"", "\"é===\"", "12", "\"aGk="})
    void refusesWhatIsNotBase64(String text) {
        assertThrows(MalformedJsonException.class, reader(text)::base64);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0",
                "1e3",
                "9223372036854775808",
                "-1",
                "11",
                "01",
                "\"1\"",
                "",
                "-",
                "1111111111111111111111111"
            })
    void refusesIntegersThatAreNoneOrOutOfRange(String text) {
        JsonReader in = reader(text);
        assertThrows(MalformedJsonException.class, () -> {
            in.integer(0, 10);
            in.end();
        });
    }

    @Test
    void readsTheLargestLong() {
        assertEquals(Long.MAX_VALUE, reader("9223372036854775807").integer(0, Long.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "}",
                "[",
                "[1",
                "[1,]",
                "[,1]",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{a:1}",
                "{'a':1}",
                "\"",
                "\"\\",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\\u12g4\"",
                "\"\t\"",
                "\"\\uD834\"",
                "\"\\uDD1E\\uD834\"",
                "tru",
                "nul",
                "True",
                "NaN",
                "+1",
                ".5",
                "1.",
                "1e",
                "1e+",
                "--1",
                "1 2",
                "{} {}",
                "[1]x",
                "{\"a\":1,\"a\":2}",
                "{\"a\":1 \"b\":2}",
                "[1 2]",
                "\u0000",
                "// x"
            })
    void refusesWhatIsNotJson(String text) {
        assertThrows(MalformedJsonException.class, () -> skipWhole(text.getBytes(UTF_8)));
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        assertThrows(MalformedJsonException.class, () -> skipWhole("\"\u00ff\"".getBytes(ISO_8859_1)));
        assertThrows(MalformedJsonException.class, () -> skipWhole("\"\u00c0\u0080\"".getBytes(ISO_8859_1)));
    }

    @Test
    void refusesNestingBeyondItsBound() {
        int max = JsonReader.DEPTH_MAX;
        skipWhole(("[".repeat(max) + "]".repeat(max)).getBytes(UTF_8));
        assertThrows(
                MalformedJsonException.class,
                () -> skipWhole(("[".repeat(max + 1) + "]".repeat(max + 1)).getBytes(UTF_8)));
        assertThrows(
                MalformedJsonException.class,
                () -> skipWhole("[".repeat(1_000_000).getBytes(UTF_8)));
    }

    @Test
    void refusesMoreFieldsThanItsBound() {
        String fields = IntStream.rangeClosed(0, JsonReader.FIELDS_MAX)
                .mapToObj(i -> "\"f" + i + "\":1")
                .collect(Collectors.joining(","));
        assertThrows(MalformedJsonException.class, () -> skipWhole(("{" + fields + "}").getBytes(UTF_8)));
    }

    @Test
    void writesWhatItReads() {
        Random random = new Random(1);
        for (int round = 0; round < 2_000; round++) {
            String text = random.ints(random.nextInt(40), 0, 0x11000)
                    .filter(c -> !Character.isSurrogate((char) c) || c > 0xFFFF)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            byte[] bytes = new byte[random.nextInt(100)];
            random.nextBytes(bytes);
            byte[] written = new JsonWriter(1)
                    .object()
                    .name(text)
                    .array()
                    .value(text)
                    .value(round)
                    .base64(bytes)
                    .value(null)
                    .endArray()
                    .endObject()
                    .toBytes();
            JsonReader in = new JsonReader(written);
            in.object(name -> {
                assertEquals(text, name);
                int[] element = {0};
                in.array(() -> {
                    switch (element[0]++) {
                        case 0 -> assertEquals(text, in.string());
                        case 1 -> assertTrue(in.integer(0, 2_000) >= 0);
                        case 2 -> assertArrayEquals(bytes, in.base64());
                        default -> assertTrue(in.nullNext());
                    }
                });
                assertEquals(4, element[0]);
            });
            in.end();
        }
    }

    @Test
    void damagedDeliveriesAreReadOrRefusedButNeverBreakTheReader() {
        byte[] whole = ("{\"epoch\":7,\"prevIndex\":41,\"replay\":false,\"commands\":["
                        + "{\"index\":42,\"term\":3,\"time\":1764000000000,\"data\":\"aGk=\"},"
                        + "{\"index\":44,\"term\":3,\"time\":1764000000001,\"data\":\"\"}],\"more\":{\"a\":[null,1e9,\"\\u00e9\"]}}")
                .getBytes(UTF_8);
        Random random = new Random(2);
        int refused = 0;
        for (int round = 0; round < 50_000; round++) {
            byte[] damaged = damage(whole, random);
            try {
                ApplyRequest request = ApplyRequest.parse(damaged);
                assertTrue(request.epoch() >= 0 && request.prevIndex() >= 0);
            } catch (MalformedJsonException e) {
                refused++;
            }
        }
        assertTrue(refused > 25_000, "only " + refused + " refused");
        assertFalse(ApplyRequest.parse(whole).commands().isEmpty());
    }

    private static byte[] damage(byte[] whole, Random random) {
        byte[] damaged =
                random.nextInt(4) == 0 ? java.util.Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
        for (int i = random.nextInt(4); i >= 0 && damaged.length > 0; i--) {
            byte[] structure = "{}[]\",:\\0-e".getBytes(UTF_8);
            damaged[random.nextInt(damaged.length)] =
                    random.nextBoolean() ? structure[random.nextInt(structure.length)] : (byte) random.nextInt(256);
        }
        return damaged;
    }
}
