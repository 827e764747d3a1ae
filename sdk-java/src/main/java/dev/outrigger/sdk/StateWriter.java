package dev.outrigger.sdk;

import java.io.IOException;
import java.io.OutputStream;

/** A state as it was at one moment, able to write itself down while later commands are applied. */
@FunctionalInterface
public interface StateWriter {
    /**
     * Writes all of it, as {@link StateMachine#restore} reads it. Called at most once, on a thread of the SDK, beside
     * {@code apply} and queries. It may block. An exception ends the snapshot, which nobody will then take for whole.
     *
     * @param out closing it does nothing
     */
    void writeTo(OutputStream out) throws IOException;
}
