package dev.outrigger.sdk;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Writes one frame; what {@link FrameReader} reads. For one thread. */
final class FrameWriter {
    private ByteBuffer out;

    /** @param sizeHint about how many bytes it will take */
    FrameWriter(int kind, int sizeHint) {
        out = ByteBuffer.allocate(sizeHint + Long.BYTES);
        out.putInt(0).put((byte) kind).put((byte) Frames.VERSION);
    }

    FrameWriter u8(int value) {
        room(1).put((byte) value);
        return this;
    }

    FrameWriter u16(int value) {
        room(Short.BYTES).putShort((short) value);
        return this;
    }

    FrameWriter u32(int value) {
        room(Integer.BYTES).putInt(value);
        return this;
    }

    FrameWriter number(long value) {
        room(Long.BYTES).putLong(value);
        return this;
    }

    /** Bytes with a short length, 65535 at most. */
    FrameWriter text(byte[] utf8) {
        if (utf8.length > 0xffff) {
            throw new IllegalArgumentException("a text has at most 65535 bytes, not " + utf8.length);
        }
        room(Short.BYTES + utf8.length).putShort((short) utf8.length).put(utf8);
        return this;
    }

    FrameWriter bytes(byte[] bytes) {
        room(Integer.BYTES + bytes.length).putInt(bytes.length).put(bytes);
        return this;
    }

    byte[] toBytes() {
        out.putInt(0, out.position() - Frames.LENGTH_BYTES);
        return Arrays.copyOf(out.array(), out.position());
    }

    private ByteBuffer room(int bytes) {
        if (out.remaining() < bytes) {
            int needed = Math.addExact(out.position(), bytes);
            int doubled = (int) Math.min(Integer.MAX_VALUE - 8, 2L * out.capacity());
            out = ByteBuffer.wrap(Arrays.copyOf(out.array(), Math.max(needed, doubled)))
                    .position(out.position());
        }
        return out;
    }
}
