package dev.outrigger.deploy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The example kv is the same in every language: it keeps the protocol, and gives the same bytes. */
class LanguagesIT {
    private static final Path LOGS = Path.of("target/languages");
    private static final byte[] DIGEST = utf8(Kv.DIGEST);

    @ParameterizedTest
    @EnumSource
    void passesEveryCheckOfTheConformanceCommand(Language language) throws Exception {
        try (RunningKv kv = started(language)) {
            Path log = LOGS.resolve("conformance-" + language.program() + ".log");
            Files.deleteIfExists(log);
            Child conformance = new Child(
                    log,
                    Child.java(List.of(
                            "-jar",
                            "../agent/target/outrigger.jar",
                            "conformance",
                            "--app",
                            kv.uri().toString(),
                            "--kv")));
            conformance.start();
            assertEquals(0, conformance.exitCode(), conformance.output());
            assertTrue(conformance.output().contains(" 0 failed, 0 skipped"), conformance.output());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Language.class,
            names = {"PYTHON", "JAVASCRIPT"})
    void endsInOrderWhenToldTo(Language language) {
        try (RunningKv kv = started(language)) {
            kv.apply(0, List.of(utf8(Kv.put("k", "v"))));
            assertEquals(0, kv.terminate());
        }
    }

    @Test
    void everyLanguageGivesTheSameResultsDigestsAndSnapshots() {
        List<RunningKv> all = new ArrayList<>();
        try {
            for (Language language : Language.values()) {
                all.add(started(language));
            }
            long index = 0;
            for (List<byte[]> batch : batches()) {
                List<String> expected = all.get(0).apply(index, batch);
                for (RunningKv kv : all.subList(1, all.size())) {
                    assertSame(batch, expected, kv.apply(index, batch), kv.language());
                }
                index += batch.size();
            }
            sameAnswers(all);
            moveSnapshotsOn(all);
            sameAnswers(all);
        } finally {
            all.forEach(RunningKv::close);
        }
    }

    private static RunningKv started(Language language) {
        assumeTrue(language.isInstalled(), () -> language.program() + " is not installed, so kv is not tried in it");
        return RunningKv.start(language);
    }

    private static void assertSame(
            List<byte[]> commands, List<String> expected, List<String> results, Language language) {
        for (int i = 0; i < commands.size(); i++) {
            String command = new String(commands.get(i), StandardCharsets.UTF_8);
            assertEquals(expected.get(i), results.get(i), language + " on " + command);
        }
    }

    private static void sameAnswers(List<RunningKv> all) {
        List<byte[]> queries = new ArrayList<>(senseless());
        queries.add(DIGEST);
        queries.add(utf8(Kv.get("k1")));
        for (byte[] query : queries) {
            String expected = all.get(0).query(query);
            for (RunningKv kv : all) {
                assertEquals(
                        expected,
                        kv.query(query),
                        kv.language() + " asked " + new String(query, StandardCharsets.UTF_8));
            }
        }
    }

    /** Each gets the snapshot of another language. */
    private static void moveSnapshotsOn(List<RunningKv> all) {
        List<HttpResponse<byte[]>> snapshots =
                all.stream().map(RunningKv::snapshot).toList();
        for (int i = 0; i < all.size(); i++) {
            HttpResponse<byte[]> another = snapshots.get((i + 1) % all.size());
            assertArrayEquals(
                    snapshots.get(i).body(),
                    another.body(),
                    all.get(i).language().name());
            assertEquals(204, all.get(i).restore(another), all.get(i).language().name());
        }
    }

    private static List<List<byte[]>> batches() {
        List<List<byte[]>> batches = new ArrayList<>();
        batches.add(senseless());
        Random random = new Random(5);
        for (int batch = 0; batch < 40; batch++) {
            List<byte[]> commands = new ArrayList<>();
            for (int i = random.nextInt(60); i >= 0; i--) {
                commands.add(random.nextInt(4) == 0 ? damaged(random) : command(random));
            }
            batches.add(commands);
        }
        return batches;
    }

    private static byte[] command(Random random) {
        String[] keys = {"k1", "k2", "", "\u00e9", "\ue000", "\uffff", "\ud83d\ude00", "a\\nb", "\\u00e9", "__proto__"};
        String[] values = {
            "", "v", "\u00fc", "\\u0007\\u001f", "\\ud83d\\ude00", "\ud83d\ude00", "\\\"\\\\/\\/", "\u007f\u2028"
        };
        String key = keys[random.nextInt(keys.length)];
        String value = values[random.nextInt(values.length)];
        return utf8(
                switch (random.nextInt(5)) {
                    case 0 -> Kv.put(key, value);
                    case 1 -> Kv.append(key, value);
                    case 2 -> Kv.cas(key, value, "n");
                    case 3 -> "{\"op\":\"cas\",\"key\":\"" + key + "\",\"expect\":null,\"value\":\"" + value + "\"}";
                    default -> "{\"op\":\"delete\",\"key\":\"" + key + "\"}";
                });
    }

    private static byte[] damaged(Random random) {
        byte[] command = command(random);
        for (int i = random.nextInt(3); i >= 0; i--) {
            command[random.nextInt(command.length)] = (byte) random.nextInt(256);
        }
        return command;
    }

    /** Where parsers of different languages are wont to differ. */
    private static List<byte[]> senseless() {
        List<byte[]> commands = new ArrayList<>();
        String good = Kv.put("k", "v");
        for (String text : List.of(
                "",
                "null",
                "[]",
                "{}",
                "{} {}",
                "{},",
                good + "\u0000",
                "\ufeff" + good,
                "\u00a0" + good,
                "{\"op\":\"put\",\"op\":\"put\",\"key\":\"k\",\"value\":\"v\"}",
                "{\"\\u006fp\":\"put\",\"key\":\"k\",\"value\":\"v\"}",
                "{\"op\":\"put\",\"key\":\"k\",\"value\":\"\\ud800\"}",
                "{\"op\":\"put\",\"key\":\"k\",\"value\":\"\\ude00\\ud83d\"}",
                "{\"a\":\"\\ud800\", nonsense",
                beside("\"\\ud800\""),
                beside("{\"a\":\"\\ud800\"}"),
                beside("{\"a\":1,\"a\":2}"),
                beside("[{\"a\":1},{\"a\":2}]"),
                beside("NaN"),
                beside("-Infinity"),
                beside("01"),
                beside("-0"),
                beside("1."),
                beside(".5"),
                beside("1e400"),
                beside("9".repeat(5_000)),
                beside("\"a\tb\""),
                beside("\"\\x41\""),
                beside("\"\\u00g0\""),
                beside("[".repeat(63) + "]".repeat(63)),
                beside("[".repeat(64) + "]".repeat(64)),
                beside("\"" + "[{".repeat(100) + "\""),
                "[".repeat(100_000),
                "{\"__proto__\":{\"op\":\"delete\"},\"key\":\"k\"}",
                "{\"op\":\"toString\"}",
                "{\"op\":\"put\",\"key\":\"k\",\"value\":5}",
                "{\"op\":\"cas\",\"key\":\"k\",\"value\":\"v\"}",
                Kv.put("large", "\u00e9\ud83d\ude00\\uffff".repeat(9_000)),
                Kv.append("large", "x"))) {
            commands.add(utf8(text));
        }
        commands.add(good.getBytes(StandardCharsets.UTF_16));
        commands.add(good.getBytes(Charset.forName("UTF-32")));
        commands.add(Kv.put("\u00ff", "v").getBytes(StandardCharsets.ISO_8859_1));
        commands.add(Kv.put("\u00ed\u00a0\u00bd\u00ed\u00b8\u0080", "v").getBytes(StandardCharsets.ISO_8859_1));
        commands.add(Kv.put("\u00c0\u0080", "v").getBytes(StandardCharsets.ISO_8859_1));
        return commands;
    }

    private static String beside(String value) {
        return "{\"x\":" + value + ",\"op\":\"delete\",\"key\":\"k\"}";
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
