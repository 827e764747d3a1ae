package dev.outrigger.sdk;

import java.nio.ByteBuffer;

/**
 * The fields of one frame, big endian, read strictly: too few bytes, too many, or a value that cannot be is a {@link
 * MalformedFrameException}. Nothing is allocated for bytes that did not come. For one thread.
 */
final class FrameReader {
    private final ByteBuffer in;

    private FrameReader(ByteBuffer in) {
        this.in = in;
    }

    /**
     * Begins to read a frame.
     *
     * @param frame with its length
     */
    static FrameReader of(byte[] frame, int kind) {
        FrameReader reader = new FrameReader(ByteBuffer.wrap(frame));
        reader.need(Frames.LENGTH_BYTES);
        if (reader.in.getInt() != reader.in.remaining()) {
            throw new MalformedFrameException("the length is not that of what follows");
        }
        int kindFound = reader.u8();
        int version = reader.u8();
        if (kindFound != kind || version != Frames.VERSION) {
            throw new MalformedFrameException("expected a frame of kind " + kind + ", version " + Frames.VERSION
                    + ", found kind " + kindFound + ", version " + version);
        }
        return reader;
    }

    int u8() {
        need(1);
        return in.get() & 0xff;
    }

    int u16() {
        need(Short.BYTES);
        return in.getShort() & 0xffff;
    }

    boolean bool() {
        int value = u8();
        if (value > 1) {
            throw new MalformedFrameException("a truth value is 0 or 1, not " + value);
        }
        return value == 1;
    }

    /** A number from {@code min}, which is not negative. */
    long number(long min) {
        need(Long.BYTES);
        long value = in.getLong();
        if (value < min) {
            throw new MalformedFrameException("expected a number from " + min + ", found " + value);
        }
        return value;
    }

    byte[] bytes() {
        need(Integer.BYTES);
        int length = in.getInt();
        need(length);
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    /** How many elements follow, each of at least {@code bytesMin} bytes. */
    int count(int bytesMin) {
        need(Integer.BYTES);
        int count = in.getInt();
        if (count < 0 || (long) count * bytesMin > in.remaining()) {
            throw new MalformedFrameException("a list is longer than its frame");
        }
        return count;
    }

    /** Says that everything was read. */
    void end() {
        if (in.hasRemaining()) {
            throw new MalformedFrameException(in.remaining() + " bytes follow the last field");
        }
    }

    private void need(int bytes) {
        if (bytes < 0 || bytes > in.remaining()) {
            throw new MalformedFrameException("the frame ends within a field");
        }
    }
}
