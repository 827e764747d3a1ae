package dev.outrigger.sdk;

import java.util.Arrays;

/**
 * What the state machine answers to one command. Immutable as long as nobody writes to the array, which is not copied.
 * Equality is by content.
 */
public final class Result {
    /** Highest code of a refusal. */
    public static final int CODE_MAX = 65_535;

    private static final Result EMPTY = new Result(0, new byte[0]);

    private final int code;
    private final byte[] data;

    private Result(int code, byte[] data) {
        this.code = code;
        this.data = data;
    }

    /** Done, with nothing to say. */
    public static Result ok() {
        return EMPTY;
    }

    /** Done. */
    public static Result ok(byte[] data) {
        return new Result(0, data);
    }

    /**
     * Refused: committed and answered alike on every instance, and not an error of the application.
     *
     * @param code the application's own reason, from 1 to {@link #CODE_MAX}
     */
    public static Result refused(int code, byte[] data) {
        if (code < 1 || code > CODE_MAX) {
            throw new IllegalArgumentException("a refusal's code is from 1 to " + CODE_MAX + ", not " + code);
        }
        return new Result(code, data);
    }

    /** 0 for done, else the reason of the refusal. */
    public int code() {
        return code;
    }

    /** The bytes themselves, not a copy. */
    public byte[] data() {
        return data;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Result result && code == result.code && Arrays.equals(data, result.data);
    }

    @Override
    public int hashCode() {
        return 31 * code + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return "code " + code + ", " + data.length + " bytes";
    }
}
