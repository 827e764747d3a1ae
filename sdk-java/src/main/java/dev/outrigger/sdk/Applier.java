package dev.outrigger.sdk;

import dev.outrigger.sdk.ApplyRequest.Command;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
    /** Why a restore failed; nothing counts until one goes well. */
    private volatile @Nullable Throwable halfRestored;

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
            checkWhole();
            return query.get();
        } finally {
            state.readLock().unlock();
        }
    }

    private void checkWhole() {
        Throwable cause = halfRestored;
        if (cause != null) {
            throw new IllegalStateException("there is no state: a snapshot could not be restored", cause);
        }
    }

    /** The state as it is between two commands; empty when the state machine gives no snapshots. */
    Optional<Capture> capture() {
        state.writeLock().lock();
        try {
            checkWhole();
            // A durable state may have come further than was answered; only it can tell.
            Position position = machine.applied().orElse(applied);
            return machine.snapshot().map(writer -> new Capture(writer, position));
        } finally {
            state.writeLock().unlock();
        }
    }

    /** Replaces the state. Deliveries and reads wait meanwhile. */
    synchronized Restore restore(RestoreRequest request, WholeBody body) {
        Position current = applied();
        Position next = request.position();
        if (request.epoch().isPresent() && !epochs.admits(request.epoch().getAsLong())) {
            return new Restore.Refused(
                    current, "epoch " + request.epoch().getAsLong() + " is older than one seen before");
        }
        if (foreign(current.cluster(), next.cluster())) {
            return new Restore.Refused(
                    current,
                    "this state belongs to cluster " + current.cluster().orElse(""));
        }
        if (next.index() < current.index()) {
            return new Restore.Refused(current, "commands after index " + next.index() + " are applied here");
        }
        state.writeLock().lock();
        try {
            machine.restore(body, request.format(), next);
            body.drain();
            checkDurable(next);
        } catch (UnsupportedSnapshotException e) {
            return new Restore.Unreadable(e.getMessage());
        } catch (Throwable e) {
            // Errors too: a state machine that runs out of memory here has half a state.
            become(Position.NONE);
            halfRestored = e;
            return new Restore.Failed(e);
        } finally {
            state.writeLock().unlock();
        }
        become(new Position(next.cluster().or(current::cluster), next.index(), next.term()));
        halfRestored = null;
        return new Restore.Done();
    }

    private void checkDurable(Position wanted) throws IOException {
        Position durable = machine.applied().orElse(wanted);
        if (durable.index() != wanted.index() || durable.term() != wanted.term()) {
            throw new IOException("the state machine has restored index " + wanted.index() + " of term " + wanted.term()
                    + ", but answers index " + durable.index() + " of term " + durable.term());
        }
    }

    private void become(Position position) {
        applied = position;
        recent = new RecentResults(position.index());
        inDoubt = false;
    }

    synchronized Delivery apply(ApplyRequest request, Optional<String> cluster) {
        Position position = applied();
        Throwable trouble = halfRestored;
        if (trouble != null) {
            return new Delivery.Failed(position, request.prevIndex(), trouble);
        }
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
