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
    private final boolean durable;
    private final ReadWriteLock state = new ReentrantReadWriteLock();
    private RecentResults recent;
    private volatile Position applied;
    private volatile boolean inDoubt;
    /** Why a restore failed; nothing counts until one goes well. */
    private volatile @Nullable Throwable halfRestored;

    private record Applied(Command command, Position position, Result result) {}

    Applier(StateMachine machine, Epochs epochs) {
        this.machine = machine;
        this.epochs = epochs;
        Optional<Position> own = machine.applied();
        this.durable = own.isPresent();
        this.applied = own.orElse(Position.NONE);
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
            // A delivery may be under way: the snapshot and the position it is written with must be of one moment.
            flushForCapture();
            // A durable state may have come further than was answered; only it can tell.
            Position position = machine.applied().orElse(applied);
            return machine.snapshot().map(writer -> new Capture(writer, position));
        } finally {
            state.writeLock().unlock();
        }
    }

    private void flushForCapture() {
        try {
            machine.flush();
        } catch (Throwable e) {
            // The delivery under way must not go on: what came before is lost to it.
            inDoubt = true;
            throw e;
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
        List<Command> rest =
                request.commands().subList(known.size(), request.commands().size());
        List<Result> results = new ArrayList<>(known);
        if (rest.isEmpty()) {
            return new Delivery.Done(applied, results);
        }
        List<Applied> unflushed = new ArrayList<>();
        Optional<Delivery.Failed> failure = Optional.empty();
        for (Command command : rest) {
            try {
                Applied one = applyOne(command, cluster, request.replay());
                results.add(one.result());
                unflushed.add(one);
            } catch (Throwable e) {
                // Errors too: an assertion that fails in a state machine must not end in silence.
                failure = Optional.of(new Delivery.Failed(applied, command.index(), e));
                break;
            }
        }
        try {
            flush(unflushed);
        } catch (Throwable e) {
            return new Delivery.Failed(positionAfterFailure(), rest.get(0).index(), e);
        }
        return failure.<Delivery>map(at -> new Delivery.Failed(positionAfterFailure(), at.index(), at.cause()))
                .orElseGet(() -> new Delivery.Done(applied, results));
    }

    private Applied applyOne(Command command, Optional<String> cluster, boolean replay) {
        Position position = new Position(cluster, command.index(), command.term());
        state.writeLock().lock();
        try {
            if (inDoubt) {
                throw new IllegalStateException("what was applied before it could not be flushed");
            }
            Result result = machine.apply(new Context(position, command.timeMillis(), replay), command.data());
            if (result == null) {
                throw new IllegalStateException("the state machine answered null");
            }
            Applied one = new Applied(command, position, result);
            if (!durable) {
                count(one);
            }
            return one;
        } finally {
            state.writeLock().unlock();
        }
    }

    /** What is durable only with the end of its delivery counts from then on; before, a crash may take it back. */
    private void flush(List<Applied> unflushed) {
        state.writeLock().lock();
        try {
            machine.flush();
            if (durable) {
                unflushed.forEach(this::count);
            }
        } finally {
            state.writeLock().unlock();
        }
    }

    private void count(Applied one) {
        recent.add(one.command(), one.result());
        applied = one.position();
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
