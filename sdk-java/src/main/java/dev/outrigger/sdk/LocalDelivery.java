package dev.outrigger.sdk;

import dev.outrigger.sdk.ApplyRequest.Command;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Delivers commands to a {@link StateMachine} in this process by the rules of {@link AppServer}, without an agent and
 * without a network: for tests and for tools that replay a log. {@code dev.outrigger.sdk.testkit} is made of it. Safe for
 * many threads.
 */
public final class LocalDelivery {
    private final StateMachine machine;
    private final Applier applier;

    /**
     * How a delivery ended.
     *
     * @param applied where the state stands now
     * @param results one for each command, in order; none when there is a failure
     * @param failure what the state machine threw
     */
    public record Outcome(Position applied, List<Result> results, Optional<Throwable> failure) {}

    private LocalDelivery(StateMachine machine) {
        this.machine = machine;
        this.applier = new Applier(machine, new Epochs());
    }

    /** Starts where the state machine stands. */
    public static LocalDelivery to(StateMachine machine) {
        return new LocalDelivery(machine);
    }

    /** Where the state stands. */
    public Position applied() {
        return applier.applied();
    }

    /**
     * Delivers one batch. Commands that are applied already are answered and not applied again.
     *
     * @param cluster name of the cluster whose log it is
     * @param prevIndex index of the last command delivered before these, 0 for none
     * @param replay what {@link Context#replaying} is to be
     * @throws IllegalStateException when the batch does not fit the state: commands are missing before it, or it holds
     *     some whose results are no longer kept
     */
    public Outcome deliver(String cluster, long prevIndex, boolean replay, List<LoggedCommand> commands) {
        List<Command> batch = commands.stream()
                .map(one -> new Command(one.index(), one.term(), one.timeMillis(), one.data()))
                .toList();
        Delivery delivery = applier.apply(new ApplyRequest(1, prevIndex, replay, batch), Optional.of(cluster));
        if (delivery instanceof Delivery.Done done) {
            return new Outcome(done.applied(), done.results(), Optional.empty());
        }
        if (delivery instanceof Delivery.Failed failed) {
            return new Outcome(failed.applied(), List.of(), Optional.of(failed.cause()));
        }
        Delivery.Refused refused = (Delivery.Refused) delivery;
        throw new IllegalStateException(refused.why() + "; the state stands at index "
                + refused.applied().index());
    }

    /** Asks the state machine, between two commands. */
    public byte[] query(byte[] query) {
        return applier.read(() -> machine.query(query));
    }

    /** The state written down, empty when the state machine gives no snapshots. */
    public Optional<byte[]> snapshot() throws IOException {
        Optional<Capture> capture = applier.capture();
        if (capture.isEmpty()) {
            return Optional.empty();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        capture.get().state().writeTo(new OpenOutput(out));
        return Optional.of(out.toByteArray());
    }

    /**
     * Replaces the state by a snapshot.
     *
     * @param format what the writer's {@link StateMachine#snapshotFormat} was
     * @param position where the snapshot was taken
     * @throws IOException when the state machine fails to restore it, or does not read the format
     */
    public void restore(byte[] snapshot, String format, Position position) throws IOException {
        Restore restore =
                applier.restore(new RestoreRequest(OptionalLong.empty(), position, format), WholeBody.of(snapshot));
        if (restore instanceof Restore.Failed failed) {
            throw new IOException(
                    "the state machine failed to restore its snapshot: " + failed.cause(), failed.cause());
        }
        if (restore instanceof Restore.Unreadable unreadable) {
            throw new IOException("the state machine does not read its own snapshot: " + unreadable.why());
        }
        if (restore instanceof Restore.Refused refused) {
            throw new IllegalStateException(refused.why());
        }
    }
}
