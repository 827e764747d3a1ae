package dev.outrigger.agent.storage.chronicle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that appends, at random moments, and lets the next one open what it left. */
class StorageKillTest {
    private static final int ROUNDS = Integer.getInteger("outrigger.test.killRounds", 6);
    private static final long SEED = Long.getLong("outrigger.test.killSeed", System.nanoTime());

    @TempDir
    private Path directory;

    private final Random random = new Random(SEED);

    @Test
    void nothingAcknowledgedIsMissingWhenKillsHitRolls() throws Exception {
        killAgainAndAgain(4 << 10);
    }

    @Test
    void nothingAcknowledgedIsMissingInLongSegments() throws Exception {
        killAgainAndAgain(1 << 20);
    }

    private void killAgainAndAgain(int segmentBytes) throws Exception {
        Log log = new Log();
        for (int round = 0; round < ROUNDS; round++) {
            Process child = ChildJvm.start(
                    AppendChild.class,
                    directory.toString(),
                    Integer.toString(segmentBytes),
                    Long.toString(random.nextLong()));
            try {
                run(child, log);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + SEED + ", round " + round + ": " + e.getMessage(), e);
            } finally {
                child.destroyForcibly().waitFor();
            }
        }
        assertTrue(log.written > ROUNDS, "the children came to write something");
    }

    /** Reads what the child says; kills it some time after it has opened, or in the act of opening. */
    private void run(Process child, Log log) throws Exception {
        boolean killWhileOpening = random.nextInt(6) == 0;
        long delayMillis = killWhileOpening ? 300 + random.nextInt(600) : random.nextInt(400);
        CompletableFuture<Void> mayKill = new CompletableFuture<>();
        // By its handle: killing it through the process object would close the pipe with what the child has said.
        CompletableFuture<Void> killed = mayKill.thenRunAsync(
                child.toHandle()::destroyForcibly,
                CompletableFuture.delayedExecutor(delayMillis, TimeUnit.MILLISECONDS));
        if (killWhileOpening) {
            mayKill.complete(null);
        }
        List<String> said = new ArrayList<>();
        try (BufferedReader lines = reader(child)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.add(line);
                if (line.startsWith("@opened")) {
                    mayKill.complete(null);
                }
                log.hear(line);
            }
        }
        assertTrue(mayKill.isDone(), () -> "the child did not open the directory: " + String.join("\n", said));
        killed.get(30, TimeUnit.SECONDS);
        assertEquals(128 + 9, child.waitFor(), () -> "the child ended by itself: " + String.join("\n", said));
    }

    private static BufferedReader reader(Process child) {
        return new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
    }

    /** What the directory must hold, by what the children said. */
    private static final class Log {
        private long bootEpoch;
        private long vote;
        private long[] terms = new long[0];
        private long[] underWay = new long[0];
        private int written;

        void hear(String line) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "@opened" -> opened(numbers(words));
                case "@writing" -> underWay = numbers(words);
                case "@written" -> {
                    acknowledge(underWay[2]);
                    written++;
                }
                case "@wrong" -> fail(line);
                default -> {
                    // a line of a log
                }
            }
        }

        private void opened(long[] found) {
            assertTrue(found[0] > bootEpoch, "boot epoch rises");
            bootEpoch = found[0];
            long lastIndex = found[2];
            if (underWay.length > 0) {
                assertTrue(found[1] == vote || found[1] == underWay[0], "vote of term " + found[1]);
                boolean begun = lastIndex >= underWay[1] && lastIndex <= underWay[2] && found[3] == underWay[3];
                if (begun) {
                    acknowledge(lastIndex);
                }
            }
            vote = found[1];
            assertEquals(terms.length, lastIndex, "last index");
            assertEquals(terms.length == 0 ? 0 : terms[terms.length - 1], found[3], "last term");
            underWay = new long[0];
        }

        private void acknowledge(long lastIndex) {
            int first = (int) underWay[1];
            vote = underWay[0];
            terms = Arrays.copyOf(terms, (int) lastIndex);
            Arrays.fill(terms, first - 1, (int) lastIndex, underWay[3]);
        }

        private static long[] numbers(String[] words) {
            return Arrays.stream(words).skip(1).mapToLong(Long::parseLong).toArray();
        }
    }
}
