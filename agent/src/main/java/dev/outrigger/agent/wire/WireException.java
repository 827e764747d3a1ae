package dev.outrigger.agent.wire;

/** The other side sent bytes that do not follow the protocol. The connection they came on can only be closed. */
public final class WireException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong, in few enough words to count by. */
    public enum Reason {
        /** The stream does not begin as one between agents does. */
        NOT_OUTRIGGER,
        /** The two sides have no protocol version in common. */
        VERSION,
        /** A frame is longer than allowed, or has no tag. */
        FRAME_LENGTH,
        /** No frame has this tag. */
        UNKNOWN_TAG,
        /** The frame ends within a field. */
        TRUNCATED,
        /** The frame goes on after its last field. */
        TRAILING_BYTES,
        /** A field has a value that it cannot have. */
        BAD_VALUE,
        /** A frame that is well-formed but not allowed at this point of the conversation. */
        UNEXPECTED_FRAME
    }

    private final Reason reason;

    public WireException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
