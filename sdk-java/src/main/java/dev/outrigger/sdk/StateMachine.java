package dev.outrigger.sdk;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * The application's replicated state: every instance applies the same commands in the same order and must come to the
 * same state and the same results. So {@link #apply} depends on nothing but the state, the command and the context: no
 * clock, random source, network or order of a hash map.
 *
 * <p>{@link AppServer} calls {@link #apply} from one thread at a time and never beside a {@link #query}; queries may run
 * beside each other. Other threads of the application read through {@link AppServer#read} or need a lock of their own.
 * Both methods may block; while {@code apply} does, later commands wait.
 */
public interface StateMachine {
    /**
     * Applies one committed command. A command that makes no sense is answered by {@link Result#refused}, which is a
     * result like any other. An exception means that this instance cannot apply the command now: it must leave the state
     * as it was, delivery stands at this index, and the agent delivers the same command again from time to time.
     *
     * @param command as submitted; may be kept, must not be changed
     */
    Result apply(Context context, byte[] command);

    /**
     * Answers a question and changes nothing. An exception becomes the answer 500 with its message.
     *
     * @param query as sent by the caller
     */
    byte[] query(byte[] query);

    /**
     * Called after the last command of a delivery and before its results leave, also when a command of it has failed, and
     * before {@link #snapshot}. A state machine that stores its state has everything applied so far durable when this
     * returns; so one transaction can hold a whole delivery. When it throws, nothing of the delivery counts, and {@link
     * #applied} is asked what the store says. Called beside no command and no query; it may block.
     */
    default void flush() {}

    /**
     * Where a durable state stands. Asked at start and after every failed {@link #apply} or {@link #flush}. A state machine
     * that stores its state stores {@link Context#position()} in the same transaction and answers it here, {@link
     * Position#NONE} when it is new; {@code dev.outrigger.sdk.durable} has two that do. Empty, the default, means that the state lives in memory: the SDK counts, and everything is delivered again
     * after a restart.
     */
    default Optional<Position> applied() {
        return Optional.empty();
    }

    /**
     * Captures the state, so that it can be written down while later commands are applied. Called where {@link #apply}
     * is, beside no command and no query, so it must be quick: what it returns is an immutable or copy-on-write view of
     * the state as it is now. Without snapshots the log grows for ever and is replayed from its beginning. Empty, the
     * default, means that there are none.
     */
    default Optional<StateWriter> snapshot() {
        return Optional.empty();
    }

    /**
     * Name of the format that {@link #snapshot} writes, kept with it and handed to {@link #restore}: printable ASCII,
     * not empty. Change it when the format changes.
     */
    default String snapshotFormat() {
        return "1";
    }

    /**
     * Replaces the state by a snapshot. Called beside no command, query or other restore, all of which wait; it may block.
     *
     * <p>When it throws, the application no longer counts as having a state, whether or not it has changed anything: it
     * reports that it has applied nothing, takes no commands and answers no reads, until the agent has given it a
     * snapshot again and that went well. A state machine with a durable state must therefore restore within one
     * transaction, {@code position} included, or answer {@link Position#NONE} from {@link #applied} until it is done: a
     * restart in the middle must not leave it with half a state and the position of a whole one.
     *
     * @param state ends where the snapshot ends; throws when bytes are missing. What is not read is thrown away
     * @param format what the writer's {@link #snapshotFormat} was; empty when it is not known
     * @param position where the state stands once it is restored
     * @throws UnsupportedSnapshotException when it does not read this format; to be thrown before anything has changed,
     *     the state goes on to count
     */
    default void restore(InputStream state, String format, Position position) throws IOException {
        throw new UnsupportedSnapshotException("this application restores no snapshots");
    }

    /** The application's name, shown on the status page. */
    default String appName() {
        return getClass().getSimpleName();
    }

    /** The application's version, shown on the status page. */
    default String version() {
        String version = getClass().getPackage().getImplementationVersion();
        return version == null ? "0" : version;
    }
}
