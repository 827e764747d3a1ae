package dev.outrigger.sdk;

import java.util.Arrays;

/** What the application beside the caller answered to a command. Equality is by content. */
public final class CommandResult {
    private final long index;
    private final long term;
    private final byte[] data;

    CommandResult(long index, long term, byte[] data) {
        this.index = index;
        this.term = term;
        this.data = data;
    }

    /** Where the command stands in the log, from 1. */
    public long index() {
        return index;
    }

    /** Term of the command. */
    public long term() {
        return term;
    }

    /** The bytes of the state machine's {@link Result}, not a copy. */
    public byte[] data() {
        return data;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CommandResult that
                && index == that.index
                && term == that.term
                && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(index) + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return "index " + index + ", term " + term + ", " + data.length + " bytes";
    }
}
