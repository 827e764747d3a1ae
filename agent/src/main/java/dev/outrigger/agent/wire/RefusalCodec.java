package dev.outrigger.agent.wire;

/** {@link Refusal} as the {@link LinkFrame#REFUSED} frame; its form is the same in every protocol version. Stateless. */
public final class RefusalCodec {
    static final int CODE_BYTES_MAX = 64;
    static final int REASON_BYTES_MAX = 4096;

    private static final int UTF8_BYTES_PER_CHAR_MAX = 3;

    private RefusalCodec() {}

    /** Writes {@code refusal} as one frame. A reason that is too long is cut, control characters become spaces. */
    public static void encode(Refusal refusal, FrameWriter out) {
        out.beginFrame(LinkFrame.REFUSED.tag());
        out.text(refusal.code(), CODE_BYTES_MAX);
        out.text(printable(refusal.reason()), REASON_BYTES_MAX);
        out.endFrame();
    }

    /**
     * Reads the refusal that is the whole of {@code in}.
     *
     * @throws WireException when it is none
     */
    public static Refusal decode(FrameReader in) {
        Refusal refusal = new Refusal(in.text(CODE_BYTES_MAX), in.text(REASON_BYTES_MAX));
        in.end();
        return refusal;
    }

    private static String printable(String reason) {
        int length = Math.min(reason.length(), REASON_BYTES_MAX / UTF8_BYTES_PER_CHAR_MAX);
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = reason.charAt(i);
            text.append(Character.isISOControl(c) ? ' ' : c);
        }
        return text.toString();
    }
}
