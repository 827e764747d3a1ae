package dev.outrigger.sdk;

import dev.outrigger.sdk.ApplyRequest.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Brings deliveries to the state machine: each command once, in order, none skipped. Safe for many threads; deliveries
 * go one at a time, reads run between two commands.
 */
final class Applier {
    private final StateMachine machine;
    private final Epochs epochs;
    private final ReadWriteLock state = new ReentrantReadWriteLock();
    private RecentResults recent;
    private volatile Position applied;
    private volatile boolean inDoubt;

    Applier(StateMachine machine, Epochs epochs) {
        this.machine = machine;
        this.epochs = epochs;
        this.applied = machine.applied().orElse(Position.NONE);
        this.recent = new RecentResults(applied.index());
    }

    /** Where the state stands; does not wait for a delivery under way. */
    Position applied() {
        if (inDoubt) {
            resolveDoubt();
        }
        return applied;
    }

    <T> T read(Supplier<T> query) {
        state.readLock().lock();
        try {
            return query.get();
        } finally {
            state.readLock().unlock();
        }
    }

    synchronized Delivery apply(ApplyRequest request, Optional<String> cluster) {
        Position position = applied();
        if (!epochs.admits(request.epoch())) {
            return new Delivery.Refused(position, "epoch " + request.epoch() + " is older than one seen before");
        }
        if (foreign(position.cluster(), cluster)) {
            return new Delivery.Refused(
                    position,
                    "this state belongs to cluster " + position.cluster().orElse(""));
        }
        if (request.prevIndex() > position.index()) {
            return new Delivery.Refused(position, "commands up to index " + request.prevIndex() + " are missing here");
        }
        Optional<List<Result>> known = recent.of(request);
        if (known.isEmpty()) {
            return new Delivery.Refused(position, "commands after index " + request.prevIndex() + " are applied here");
        }
        recent.forgetThrough(request.prevIndex());
        return applyRest(request, cluster.or(position::cluster), known.get());
    }

    private Delivery applyRest(ApplyRequest request, Optional<String> cluster, List<Result> known) {
        List<Result> results = new ArrayList<>(known);
        for (Command command :
                request.commands().subList(known.size(), request.commands().size())) {
            try {
                results.add(applyOne(command, cluster, request.replay()));
            } catch (Throwable e) {
                // Errors too: an assertion that fails in a state machine must not end in silence.
                return new Delivery.Failed(positionAfterFailure(), command.index(), e);
            }
        }
        return new Delivery.Done(applied, results);
    }

    private Result applyOne(Command command, Optional<String> cluster, boolean replay) {
        Position position = new Position(cluster, command.index(), command.term());
        state.writeLock().lock();
        try {
            Result result = machine.apply(new Context(position, command.timeMillis(), replay), command.data());
            if (result == null) {
                throw new IllegalStateException("the state machine answered null");
            }
            recent.add(command, result);
            applied = position;
            return result;
        } finally {
            state.writeLock().unlock();
        }
    }

    /** A durable state may or may not hold the command it failed at; only it can tell. */
    private Position positionAfterFailure() {
        inDoubt = true;
        try {
            resolveDoubt();
        } catch (RuntimeException e) {
            // Asked again before anything else is delivered or said.
        }
        return applied;
    }

    private synchronized void resolveDoubt() {
        Position position = machine.applied().orElse(applied);
        if (position.index() != applied.index()) {
            recent = new RecentResults(position.index());
        }
        applied = position;
        inDoubt = false;
    }

    private static boolean foreign(Optional<String> ours, Optional<String> theirs) {
        return ours.isPresent() && theirs.isPresent() && !ours.equals(theirs);
    }
}
