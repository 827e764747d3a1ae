package dev.outrigger.deploy.endurance;

import dev.outrigger.deploy.Instance;
import dev.outrigger.deploy.endurance.Session.Command;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Submits one batch after the other through a session, as impatient and forgetful as clients get: gives up early, tries
 * elsewhere, sends twice, sends again what was answered. Goes on with a batch until every command of it is settled, and
 * holds every answer against the first one.
 */
final class SessionClient {
    private static final int BATCH_MAX = 200;
    private static final int REMEMBERED_BATCHES = 4;
    /** So many numbers, up to the highest one applied, a session knows of. */
    private static final int WINDOW = 1024;

    private static final Duration PATIENCE = Duration.ofSeconds(6);
    private static final Duration SETTLED_MAX = Duration.ofSeconds(120);
    private static final long PAUSE_MAX_MILLIS = 100;

    private final List<Instance> instances;
    private final Receipts receipts;
    private final Allowance allowance;
    private final FaultCounts counts;
    private final Violations violations;
    private final Random random;
    private final Deque<Batch> answered = new ArrayDeque<>();
    private Optional<Session> session = Optional.empty();
    private int firstOfSession;
    private boolean expired;

    SessionClient(
            List<Instance> instances,
            Receipts receipts,
            Allowance allowance,
            FaultCounts counts,
            Violations violations,
            long seed) {
        this.instances = instances;
        this.receipts = receipts;
        this.allowance = allowance;
        this.counts = counts;
        this.violations = violations;
        this.random = new Random(seed);
    }

    /** @param first the number of its first command */
    private record Batch(Session session, int first, List<Command> commands) {}

    /** Runs until no more commands are allowed. */
    void run() {
        try {
            for (int count = take(); count > 0; count = take()) {
                Batch batch = batch(count);
                settle(batch);
                remember(batch);
                repeatSomething();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            violations.add("client " + receipts.client() + " failed: " + e);
            throw e;
        }
    }

    private int take() throws InterruptedException {
        return allowance.take(1 + random.nextInt(BATCH_MAX));
    }

    private Batch batch(int count) throws InterruptedException {
        Session current = session();
        int first = receipts.submit(count);
        List<Command> commands = new ArrayList<>(count);
        for (int number = first; number < first + count; number++) {
            commands.add(new Command(sequence(number), receipts.body(number)));
        }
        return new Batch(current, first, commands);
    }

    private long sequence(int number) {
        return number - firstOfSession + 1;
    }

    private Session session() throws InterruptedException {
        long startNanos = System.nanoTime();
        while (session.isEmpty()) {
            checkPatience(startNanos, "open a session");
            session = Session.open(any());
            if (session.isEmpty()) {
                pause();
            }
            firstOfSession = receipts.submitted();
        }
        return session.get();
    }

    // ---- one batch ----

    private void settle(Batch batch) throws InterruptedException {
        long startNanos = System.nanoTime();
        Instance target = any();
        while (!isSettled(batch)) {
            checkPatience(startNanos, "have " + receipts.name(batch.first()) + " answered, asking " + target);
            boolean twice = random.nextInt(12) == 0;
            Instance other = otherThan(target);
            CompletableFuture<List<Answer>> first = send(target, batch);
            Optional<CompletableFuture<List<Answer>>> second =
                    twice ? Optional.of(send(other, batch)) : Optional.empty();
            boolean answered = take(batch, first);
            if (second.isPresent()) {
                counts.add(Fault.CLIENT_SENT_TO_TWO);
                answered |= take(batch, second.get());
            }
            if (!answered || !isSettled(batch)) {
                counts.add(Fault.CLIENT_RETRIED_ELSEWHERE);
                target = other;
                pause();
            }
        }
    }

    private CompletableFuture<List<Answer>> send(Instance instance, Batch batch) {
        boolean hasty = random.nextInt(10) == 0;
        Duration patience = hasty ? Duration.ofMillis(1 + random.nextInt(40)) : PATIENCE;
        return batch.session().submit(instance, batch.commands(), patience);
    }

    /** Whether there was an answer of any kind. */
    private boolean take(Batch batch, CompletableFuture<List<Answer>> reply) throws InterruptedException {
        Optional<List<Answer>> answers = await(reply);
        for (int i = 0; i < answers.map(List::size).orElse(0); i++) {
            take(batch, batch.first() + i, answers.get().get(i));
        }
        if (expired) {
            end(batch);
        }
        return answers.isPresent();
    }

    private Optional<List<Answer>> await(CompletableFuture<List<Answer>> reply) throws InterruptedException {
        try {
            return Optional.of(reply.get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HttpTimeoutException) {
                counts.add(Fault.CLIENT_GAVE_UP);
            } else if (!(e.getCause() instanceof IOException)) {
                violations.add("no answer to a batch: " + e.getCause());
            }
            return Optional.empty();
        }
    }

    private void take(Batch batch, int number, Answer answer) {
        if (answer instanceof Answer.Applied applied) {
            receipts.applied(number, applied);
            return;
        }
        Answer.Failed failed = (Answer.Failed) answer;
        switch (failed.code()) {
            case "RESULT_DROPPED" -> dropped(number, failed);
            case "SESSION_EXPIRED" -> expired |= session.equals(Optional.of(batch.session()));
            case "SEQUENCE_CONFLICT" ->
                violations.add(receipts.name(number) + " was refused as another one: " + failed);
            case "SEQUENCE_FORGOTTEN" -> {
                if (number >= receipts.submitted() - WINDOW) {
                    violations.add(receipts.name(number) + " was forgotten within the window: " + failed);
                }
            }
            default -> {
                // Not settled by this answer.
            }
        }
    }

    private void dropped(int number, Answer.Failed failed) {
        if (failed.isDropped() && failed.outcome().equals("applied")) {
            receipts.applied(number, failed.index());
        } else {
            violations.add(receipts.name(number) + " has no result and no index: " + failed);
        }
    }

    /** Commands without an answer may have been applied, or not. */
    private void end(Batch batch) {
        expired = false;
        session = Optional.empty();
        answered.clear();
        for (int number = batch.first();
                number < batch.first() + batch.commands().size();
                number++) {
            if (!receipts.isSettled(number)) {
                receipts.lost(number);
            }
        }
        violations.add("session " + batch.session() + " has ended, though it was in use");
    }

    private boolean isSettled(Batch batch) {
        for (int i = 0; i < batch.commands().size(); i++) {
            if (!receipts.isSettled(batch.first() + i)) {
                return false;
            }
        }
        return true;
    }

    // ---- what was answered before ----

    private void remember(Batch batch) {
        if (session.equals(Optional.of(batch.session()))) {
            answered.addLast(batch);
            if (answered.size() > REMEMBERED_BATCHES) {
                answered.removeFirst();
            }
        }
    }

    private void repeatSomething() throws InterruptedException {
        if (!answered.isEmpty() && random.nextInt(8) == 0) {
            Batch batch = List.copyOf(answered).get(random.nextInt(answered.size()));
            if (take(batch, batch.session().submit(any(), batch.commands(), PATIENCE))) {
                counts.add(Fault.CLIENT_DUPLICATED);
            }
        }
        if (!answered.isEmpty() && random.nextInt(12) == 0) {
            misuse(answered.getLast());
        }
    }

    /** The last command's number with another body: whoever takes it has broken the promise of the number. */
    private void misuse(Batch batch) throws InterruptedException {
        int number = batch.first() + batch.commands().size() - 1;
        byte[] other = ("misused-" + receipts.name(number)).replace(' ', '-').getBytes(StandardCharsets.US_ASCII);
        Optional<List<Answer>> answers =
                await(batch.session().submit(any(), List.of(new Command(sequence(number), other)), PATIENCE));
        for (Answer answer : answers.orElse(List.of())) {
            if (answer instanceof Answer.Applied) {
                violations.add("another command was taken as " + receipts.name(number));
            } else if (answer instanceof Answer.Failed failed && failed.code().equals("SEQUENCE_CONFLICT")) {
                counts.add(Fault.CLIENT_CONFLICTED);
            }
        }
    }

    // ---- whom to ask, and how long ----

    private Instance any() {
        return instances.get(random.nextInt(instances.size()));
    }

    private Instance otherThan(Instance one) {
        int step = 1 + random.nextInt(instances.size() - 1);
        return instances.get((instances.indexOf(one) + step) % instances.size());
    }

    private void pause() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(1 + random.nextLong(PAUSE_MAX_MILLIS));
    }

    private static void checkPatience(long startNanos, String what) {
        if (System.nanoTime() - startNanos > SETTLED_MAX.toNanos()) {
            throw new IllegalStateException("within " + SETTLED_MAX.toSeconds() + " s, it was impossible to " + what);
        }
    }
}
