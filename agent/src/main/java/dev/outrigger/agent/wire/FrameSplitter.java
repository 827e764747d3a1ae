package dev.outrigger.agent.wire;

import static dev.outrigger.agent.wire.WireException.Reason.FRAME_LENGTH;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Cuts the bytes of one connection into its preamble and its frames, in whatever pieces they come. Holds at most one
 * unfinished frame, and no more of it than has really come. Not safe for use by several threads at once.
 */
public final class FrameSplitter {
    /** Receives what was cut, in order, within the call of {@link FrameSplitter#feed}. */
    public interface Sink {
        void preamble(Preamble preamble);

        /** @param body valid only within this call */
        void frame(int tag, FrameReader body);
    }

    /** The bytes of the length that every frame begins with. */
    public static final int LENGTH_BYTES = Integer.BYTES;

    private static final byte[] NOTHING = {};
    /** What is kept for the next unfinished frame after a large one. */
    private static final int KEPT_BYTES_MAX = 256 * 1024;

    private int frameBytesMax;
    private boolean preambleSeen;
    private byte[] held = NOTHING;
    private int heldBytes;

    /** @param frameBytesMax longest frame that is taken, without its length */
    public FrameSplitter(int frameBytesMax) {
        this.frameBytesMax = frameBytesMax;
    }

    /** Changes the longest frame that is taken, from the next frame on. */
    public void frameBytesMax(int bytes) {
        frameBytesMax = bytes;
    }

    /**
     * Takes the next bytes of the connection.
     *
     * @param chunk is not kept
     * @throws WireException when they do not follow the protocol; this object is of no use afterwards
     */
    public void feed(byte[] chunk, Sink sink) {
        if (heldBytes == 0) {
            int used = split(chunk, chunk.length, sink);
            hold(chunk, used);
        } else {
            hold(chunk, 0);
            int used = split(held, heldBytes, sink);
            release(used);
        }
    }

    private int split(byte[] bytes, int length, Sink sink) {
        int used = preambleSeen ? 0 : splitPreamble(bytes, length, sink);
        if (!preambleSeen) {
            return 0;
        }
        ByteBuffer view = ByteBuffer.wrap(bytes, 0, length);
        while (length - used >= LENGTH_BYTES) {
            int frameBytes = view.getInt(used);
            if (frameBytes < 1 || frameBytes > frameBytesMax) {
                throw new WireException(
                        FRAME_LENGTH,
                        "a frame of " + (frameBytes & 0xffffffffL) + " bytes where 1 to " + frameBytesMax
                                + " are allowed");
            }
            if (length - used - LENGTH_BYTES < frameBytes) {
                break;
            }
            int tagAt = used + LENGTH_BYTES;
            used = tagAt + frameBytes;
            sink.frame(bytes[tagAt] & 0xff, new FrameReader(bytes, tagAt + 1, frameBytes - 1));
        }
        return used;
    }

    private int splitPreamble(byte[] bytes, int length, Sink sink) {
        Preamble.check(bytes, length);
        if (length < Preamble.BYTES) {
            return 0;
        }
        preambleSeen = true;
        sink.preamble(Preamble.of(bytes));
        return Preamble.BYTES;
    }

    private void hold(byte[] bytes, int offset) {
        int count = bytes.length - offset;
        if (heldBytes + count > held.length) {
            held = Arrays.copyOf(held, Math.max(heldBytes + count, (int) Math.min(2L * held.length, frameBytesMax)));
        }
        System.arraycopy(bytes, offset, held, heldBytes, count);
        heldBytes += count;
    }

    private void release(int used) {
        if (used == 0) {
            return;
        }
        heldBytes -= used;
        byte[] from = held;
        if (held.length > KEPT_BYTES_MAX && heldBytes <= KEPT_BYTES_MAX) {
            held = new byte[heldBytes];
        }
        System.arraycopy(from, used, held, 0, heldBytes);
    }
}
