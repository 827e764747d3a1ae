package dev.outrigger.sdk.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outrigger.sdk.LocalDelivery;
import dev.outrigger.sdk.LocalDelivery.Outcome;
import dev.outrigger.sdk.LoggedCommand;
import dev.outrigger.sdk.Position;
import dev.outrigger.sdk.Result;
import dev.outrigger.sdk.StateMachine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One instance of the state machine, and how much of the script it has applied. For one thread. */
final class Replica implements AutoCloseable {
    static final String CLUSTER = "check";
    private static final int QUERY_SHOWN_MAX = 80;

    private final StateMachine machine;
    private final Script script;
    private final Cleanup cleanup;
    private final LocalDelivery delivery;
    private int applied;

    interface Cleanup {
        void run() throws Exception;
    }

    /** What was seen after the command at {@code place} in the script, from 0. */
    record Step(int place, Observation observation) {}

    Replica(StateMachine machine, Script script, Cleanup cleanup) {
        this.machine = machine;
        this.script = script;
        this.cleanup = cleanup;
        this.delivery = LocalDelivery.to(machine);
        this.applied = script.countThrough(delivery.applied().index());
    }

    StateMachine machine() {
        return machine;
    }

    /** Number of commands applied. */
    int applied() {
        return applied;
    }

    boolean atEnd() {
        return applied >= script.size();
    }

    Position position() {
        return delivery.applied();
    }

    /** {@link #deliver(int, int, boolean)} without any of those before. */
    List<Step> deliver(int count, boolean replay) {
        return deliver(0, count, replay);
    }

    /**
     * Delivers the next commands as one batch; after the last one the state is looked at, if it is to be there.
     *
     * @param again how many of those before are delivered with them; not more than the last batch had
     */
    List<Step> deliver(int again, int count, boolean replay) {
        int from = applied - again;
        int to = Math.min(script.size(), applied + count);
        Outcome outcome = send(from, to, replay);
        if (outcome.failure().isPresent()) {
            applied = script.countThrough(outcome.applied().index());
            return List.of(new Step(applied, failure(outcome.failure().get())));
        }
        applied = to;
        return observe(from, outcome.results());
    }

    private Outcome send(int from, int to, boolean replay) {
        // Each replica has bytes of its own, so that none can change another's.
        List<LoggedCommand> batch = script.commands().subList(from, to).stream()
                .map(one -> new LoggedCommand(
                        one.index(), one.term(), one.timeMillis(), one.data().clone()))
                .toList();
        return delivery.deliver(CLUSTER, script.lastIndex(from), replay, batch);
    }

    private List<Step> observe(int from, List<Result> results) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            Map<String, Observed> shown = new LinkedHashMap<>();
            shown.put(Observation.RESULT, Observed.of(bytes(results.get(i))));
            if (i == results.size() - 1 && script.looksAfter(from + i)) {
                lookAtState(shown);
            }
            steps.add(new Step(from + i, new Observation(shown)));
        }
        return steps;
    }

    private static byte[] bytes(Result result) {
        byte[] code = ("code " + result.code() + ": ").getBytes(UTF_8);
        byte[] bytes = Arrays.copyOf(code, code.length + result.data().length);
        System.arraycopy(result.data(), 0, bytes, code.length, result.data().length);
        return bytes;
    }

    private static Observation failure(Throwable failure) {
        return new Observation(Map.of(
                Observation.EXCEPTION, Observed.of(String.valueOf(failure).getBytes(UTF_8))));
    }

    /** The state as it is now. */
    Observation state() {
        Map<String, Observed> shown = new LinkedHashMap<>();
        lookAtState(shown);
        return new Observation(shown);
    }

    private void lookAtState(Map<String, Observed> shown) {
        snapshot().ifPresent(bytes -> shown.put(Observation.SNAPSHOT, Observed.of(bytes)));
        for (int i = 0; i < script.queries().size(); i++) {
            byte[] query = script.queries().get(i);
            String text = Text.of(query);
            String name = "the answer to query " + (i + 1) + ", "
                    + (text.length() > QUERY_SHOWN_MAX ? text.substring(0, QUERY_SHOWN_MAX) + " …" : text);
            shown.put(name, Observed.of(answer(query.clone())));
        }
    }

    private byte[] answer(byte[] query) {
        try {
            return delivery.query(query);
        } catch (RuntimeException e) {
            return ("threw " + e).getBytes(UTF_8);
        }
    }

    /** @throws SnapshotFailure when there should be one */
    Optional<byte[]> snapshot() {
        try {
            return delivery.snapshot();
        } catch (IOException | RuntimeException e) {
            throw new SnapshotFailure(applied, e);
        }
    }

    /** @throws SnapshotFailure when it does not come back */
    void restore(byte[] snapshot, Replica from) {
        try {
            delivery.restore(snapshot, from.machine.snapshotFormat(), from.position());
        } catch (IOException | RuntimeException e) {
            throw new SnapshotFailure(from.applied, e);
        }
        applied = from.applied;
    }

    @Override
    public void close() {
        try {
            cleanup.run();
        } catch (Exception e) {
            throw new IllegalStateException("the state machine could not be closed: " + e, e);
        }
    }
}
