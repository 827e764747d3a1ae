package dev.outrigger.sdk;

/**
 * What a {@link TypedStateMachine} answers to one command.
 *
 * @param code 0 for done, else the application's own reason of the refusal, to {@link Result#CODE_MAX}
 * @param value what it says
 */
public record Answer<A>(int code, A value) {
    public Answer {
        if (code < 0 || code > Result.CODE_MAX) {
            throw new IllegalArgumentException("a code is from 0 to " + Result.CODE_MAX + ", not " + code);
        }
    }

    /** Done. */
    public static <A> Answer<A> ok(A value) {
        return new Answer<>(0, value);
    }

    /**
     * Refused: committed and answered alike on every instance, and not an error of the application.
     *
     * @param code the application's own reason, from 1 to {@link Result#CODE_MAX}
     */
    public static <A> Answer<A> refused(int code, A value) {
        if (code == 0) {
            throw new IllegalArgumentException("code 0 means done");
        }
        return new Answer<>(code, value);
    }
}
