package dev.outrigger.sdk;

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
     * Where a durable state stands. Asked at start and after every failed {@link #apply}. A state machine that stores its
     * state stores {@link Context#position()} in the same transaction and answers it here, {@link Position#NONE} when it
     * is new. Empty, the default, means that the state lives in memory: the SDK counts, and everything is delivered again
     * after a restart.
     */
    default Optional<Position> applied() {
        return Optional.empty();
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
