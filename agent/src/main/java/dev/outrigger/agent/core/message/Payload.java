package dev.outrigger.agent.core.message;

import java.util.Arrays;

/**
 * Bytes that are handed on and never changed. The array is not copied: whoever wraps one gives it away, and whoever
 * reads {@link #array()} must not write to it. Equality is by content.
 */
public final class Payload {
    public static final Payload EMPTY = new Payload(new byte[0]);

    private final byte[] array;

    private Payload(byte[] array) {
        this.array = array;
    }

    /** Wraps {@code array} without copying it. */
    public static Payload of(byte[] array) {
        return array.length == 0 ? EMPTY : new Payload(array);
    }

    /** The bytes themselves, not a copy: read only. */
    public byte[] array() {
        return array;
    }

    public int length() {
        return array.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Payload payload && Arrays.equals(array, payload.array);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(array);
    }

    @Override
    public String toString() {
        return array.length + " bytes";
    }
}
