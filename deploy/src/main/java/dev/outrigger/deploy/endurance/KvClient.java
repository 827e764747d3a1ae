package dev.outrigger.deploy.endurance;

import dev.outrigger.deploy.Instance;
import dev.outrigger.deploy.endurance.Session.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Submits random commands for the key-value store through a session, sensible ones and others, and then asks every agent
 * for the same results: each answers with what its own application said, so the applications are compared one by one.
 */
final class KvClient {
    private static final int BATCH_MAX = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(6);
    private static final Duration SETTLED_MAX = Duration.ofSeconds(120);
    private static final long PAUSE_MILLIS = 50;

    /** Of all kinds: several bytes in UTF-8, pairs in UTF-16, what JSON escapes, and nothing at all. */
    private static final List<String> TEXTS = List.of(
            "", "a", "Straße", "東京", "🚀", "\uFB01", "\uE000", "𝄞x", "e\u0301", "\\n\\u0001", "\\\"", "/", "\u2028");

    private static final List<String> NONSENSE = List.of(
            "",
            "no JSON",
            "[1]",
            "{\"op\":\"fly\"}",
            "{\"op\":\"put\",\"key\":1,\"value\":\"x\"}",
            "{\"op\":\"put\",\"key\":\"x\"}",
            "{\"op\":\"put\",\"key\":\"x\",\"value\":\"y\",\"key\":\"z\"}",
            "{\"op\":\"put\",\"key\":\"\\uD800\",\"value\":\"half a pair\"}",
            "{\"op\":\"put\",\"key\":\"x\",\"value\":\"y\"} more",
            "{\"op\":\"put\",\"key\":\"x\",\"value\":NaN}",
            "{\"op\":\"append\",\"key\":\"x\",\"value\":null}",
            "{\"op\":\"cas\",\"key\":\"x\",\"expect\":7,\"value\":\"y\"}");

    private final List<Instance> instances;
    private final Allowance allowance;
    private final Violations violations;
    private final Random random;
    private volatile long compared;
    private volatile long refused;

    KvClient(List<Instance> instances, Allowance allowance, Violations violations, long seed) {
        this.instances = instances;
        this.allowance = allowance;
        this.violations = violations;
        this.random = new Random(seed);
    }

    /** How many results were compared with that of another application. */
    long compared() {
        return compared;
    }

    /** How many commands were refused by the state machine. */
    long refused() {
        return refused;
    }

    /** Runs until no more commands are allowed. */
    void run() {
        try {
            Session session = open();
            long sequence = 1;
            for (int count = take(); count > 0; count = take()) {
                List<Command> batch = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    batch.add(new Command(sequence++, command().getBytes(StandardCharsets.UTF_8)));
                }
                submit(session, batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            violations.add("a client failed: " + e);
            throw e;
        }
    }

    private int take() throws InterruptedException {
        return allowance.take(1 + random.nextInt(BATCH_MAX));
    }

    private Session open() throws InterruptedException {
        long startNanos = System.nanoTime();
        Optional<Session> session = Optional.empty();
        while (session.isEmpty()) {
            checkPatience(startNanos, "open a session");
            session = Session.open(any());
        }
        return session.get();
    }

    private Instance any() {
        return instances.get(random.nextInt(instances.size()));
    }

    // ---- commands ----

    private String command() {
        String key = text();
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> json("put", key, "value", text());
            case 3 -> "{\"op\":\"delete\",\"key\":\"" + key + "\"}";
            case 4, 5 -> json("append", key, "value", text());
            case 6 -> json("cas", key, "expect", text()).replace("}", ",\"value\":\"" + text() + "\"}");
            case 7 -> "{\"op\":\"cas\",\"key\":\"" + key + "\",\"expect\":null,\"value\":\"" + text() + "\"}";
            case 8 -> json("put", key + random.nextInt(1000), "value", text() + text());
            default -> NONSENSE.get(random.nextInt(NONSENSE.size()));
        };
    }

    private static String json(String op, String key, String name, String value) {
        return "{\"op\":\"" + op + "\",\"key\":\"" + key + "\",\"" + name + "\":\"" + value + "\"}";
    }

    private String text() {
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }

    // ---- answers ----

    private void submit(Session session, List<Command> batch) throws InterruptedException {
        @Nullable Answer[] first = new Answer[batch.size()];
        long startNanos = System.nanoTime();
        while (Arrays.asList(first).contains(null)) {
            checkPatience(startNanos, "have a batch answered");
            compare(batch, first, send(any(), session, batch));
        }
        for (Answer answer : first) {
            if (answer instanceof Answer.Applied applied && applied.code() > 0) {
                refused++;
            }
        }
        for (Instance instance : instances) {
            compare(batch, first, send(instance, session, batch));
        }
    }

    private List<Answer> send(Instance instance, Session session, List<Command> batch) throws InterruptedException {
        try {
            return session.submit(instance, batch, PATIENCE).get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof IOException)) {
                violations.add("no answer to a batch: " + e.getCause());
            }
            TimeUnit.MILLISECONDS.sleep(random.nextLong(PAUSE_MILLIS));
            return List.of();
        }
    }

    /** Keeps the first answer to each command, and holds later ones against it. */
    private void compare(List<Command> batch, @Nullable Answer[] first, List<Answer> answers) {
        for (int i = 0; i < answers.size(); i++) {
            Answer before = first[i];
            Answer now = answers.get(i);
            if (now instanceof Answer.Failed failed && !failed.isDropped()) {
                checkMayFail(failed);
            } else if (!(before instanceof Answer.Applied)) {
                checkIndex(before, now);
                first[i] = now;
            } else if (now instanceof Answer.Applied applied) {
                compare(batch.get(i), (Answer.Applied) before, applied);
            } else {
                checkIndex(before, now);
            }
        }
    }

    private void checkMayFail(Answer.Failed failed) {
        if (failed.code().startsWith("SEQUENCE_") || failed.code().startsWith("SESSION_")) {
            violations.add("a number that was used rightly was refused: " + failed);
        }
    }

    private void compare(Command command, Answer.Applied before, Answer.Applied now) {
        compared++;
        checkIndex(before, now);
        if (before.code() != now.code() || !Arrays.equals(before.data(), now.data())) {
            violations.add("two results for " + text(command.body()) + ": " + before.code() + " " + text(before.data())
                    + " and " + now.code() + " " + text(now.data()));
        }
    }

    private void checkIndex(@Nullable Answer before, Answer now) {
        if (before != null && index(before) != index(now)) {
            violations.add("applied at index " + index(before) + ", then at " + index(now));
        }
    }

    private static long index(Answer answer) {
        return answer instanceof Answer.Applied applied ? applied.index() : ((Answer.Failed) answer).index();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void checkPatience(long startNanos, String what) {
        if (System.nanoTime() - startNanos > SETTLED_MAX.toNanos()) {
            throw new IllegalStateException("within " + SETTLED_MAX.toSeconds() + " s, it was impossible to " + what);
        }
    }
}
