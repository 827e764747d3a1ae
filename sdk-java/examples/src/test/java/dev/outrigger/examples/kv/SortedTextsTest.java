package dev.outrigger.examples.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Against the JDK's map. */
class SortedTextsTest {
    private static List<Map.Entry<String, String>> entries(SortedTexts texts) {
        List<Map.Entry<String, String>> entries = new ArrayList<>();
        texts.forEach((key, value) -> entries.add(Map.entry(key, value)));
        return entries;
    }

    @Test
    void isTheMapThatItStandsInForAndKeepsItsPast() {
        for (int seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            TreeMap<String, String> expected = new TreeMap<>();
            SortedTexts texts = SortedTexts.EMPTY;
            SortedTexts past = texts;
            List<Map.Entry<String, String>> pastEntries = entries(past);
            for (int step = 0; step < 2_000; step++) {
                String key = "k" + random.nextInt(200);
                if (random.nextInt(3) > 0) {
                    expected.put(key, "v" + step);
                    texts = texts.with(key, "v" + step);
                } else {
                    expected.remove(key);
                    texts = texts.without(key);
                }
                assertEquals(Optional.ofNullable(expected.get(key)), texts.get(key));
                assertEquals(expected.size(), texts.size());
                if (step % 100 == 0) {
                    assertEquals(List.copyOf(expected.entrySet()), entries(texts));
                    assertEquals(pastEntries, entries(past));
                    past = texts;
                    pastEntries = entries(past);
                }
            }
        }
    }

    @Test
    void staysBalancedWhenKeysRiseAndGo() {
        SortedTexts texts = SortedTexts.EMPTY;
        for (int i = 0; i < 100_000; i++) {
            texts = texts.with("%06d".formatted(i), "");
        }
        assertTrue(texts.height() <= 24, "1.44 times the logarithm, but " + texts.height());
        for (int i = 0; i < 99_000; i++) {
            texts = texts.without("%06d".formatted(i));
        }
        assertTrue(texts.height() <= 14, "1.44 times the logarithm, but " + texts.height());
    }
}
