package dev.outrigger.sdk;

/** The state machine refused the command: agreed on, applied, and answered with a code other than 0. Final. */
public final class RefusedException extends OutriggerException {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final long index;
    private final byte[] data;

    RefusedException(int code, long index, byte[] data) {
        super("the state machine refused the command at index " + index + " with code " + code, null, Outcome.APPLIED);
        this.code = code;
        this.index = index;
        this.data = data;
    }

    /** The application's own reason, from 1 to {@link Result#CODE_MAX}. */
    public int code() {
        return code;
    }

    /** Where the command stands in the log. */
    public long index() {
        return index;
    }

    /** What the state machine said, not a copy. */
    public byte[] data() {
        return data;
    }

    /** What the state machine said, in the application's own type. */
    public <T> T answer(Codec<T> codec) {
        return codec.decode(data);
    }
}
