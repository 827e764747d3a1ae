package dev.outrigger.agent.wire;

/**
 * Frames that belong to the connection itself, beside those that carry a {@link
 * dev.outrigger.agent.core.message.Message}. Their tags begin where those of messages will never reach.
 */
public enum LinkFrame {
    /** Who is speaking; the body is by {@link HelloCodec}. First frame of the side that opened the connection. */
    HELLO(0xE0),
    /** Comes after the answering side's own {@link #HELLO}: messages may flow. No body. */
    ADMITTED(0xE1),
    /** Instead of {@link #ADMITTED}: no messages yet, but both know each other now. No body. */
    MEETING(0xE2),
    /** The sender will not talk to the receiver and closes; the body is by {@link RefusalCodec}. */
    REFUSED(0xE3),
    /** Sent when there was nothing else to send for a while. No body. */
    ALIVE(0xE4);

    private final int tag;

    LinkFrame(int tag) {
        this.tag = tag;
    }

    public int tag() {
        return tag;
    }

    /** Whether {@code tag} is of this class of frames, whether or not there is such a frame. */
    public static boolean isLinkTag(int tag) {
        return tag >= HELLO.tag;
    }

    /**
     * The frame with this tag.
     *
     * @throws WireException when there is none
     */
    public static LinkFrame ofTag(int tag) {
        for (LinkFrame frame : values()) {
            if (frame.tag == tag) {
                return frame;
            }
        }
        throw new WireException(WireException.Reason.UNKNOWN_TAG, "no frame has the tag " + tag);
    }

    /** Writes this frame, for one that has no body. */
    public void encode(FrameWriter out) {
        out.beginFrame(tag);
        out.endFrame();
    }
}
