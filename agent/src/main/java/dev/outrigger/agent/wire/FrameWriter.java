package dev.outrigger.agent.wire;

import dev.outrigger.agent.core.message.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes frames one behind the other into one array that grows as needed. Not safe for use by several threads at once.
 */
public final class FrameWriter {
    private static final int INITIAL_BYTES = 4 * 1024;
    /** An array that grew past this for one large batch is not kept for the small ones after it. */
    private static final int KEPT_BYTES_MAX = 1024 * 1024;

    private static final int LENGTH_BYTES = Integer.BYTES;

    private ByteBuffer buffer = ByteBuffer.allocate(INITIAL_BYTES);
    private int frameStart;

    /** Bytes written and not yet taken. */
    public int length() {
        return buffer.position();
    }

    /** The bytes written, from 0 to {@link #length()}: read only, and only until the next call of another method. */
    public byte[] array() {
        return buffer.array();
    }

    /** Forgets everything written. */
    public void clear() {
        if (buffer.capacity() > KEPT_BYTES_MAX) {
            buffer = ByteBuffer.allocate(INITIAL_BYTES);
        }
        buffer.clear();
    }

    /** Forgets what was written after the first {@code length} bytes. */
    public void truncate(int length) {
        buffer.position(length);
    }

    /** Writes bytes that are no part of a frame. */
    public void raw(byte[] bytes) {
        room(bytes.length).put(bytes);
    }

    /** Begins a frame; what is written until {@link #endFrame} belongs to it. */
    public void beginFrame(int tag) {
        frameStart = length();
        room(LENGTH_BYTES + 1).putInt(0).put((byte) tag);
    }

    public void endFrame() {
        buffer.putInt(frameStart, length() - frameStart - LENGTH_BYTES);
    }

    public void u8(int value) {
        room(1).put((byte) value);
    }

    public void u16(int value) {
        room(Short.BYTES).putShort((short) value);
    }

    public void bool(boolean value) {
        u8(value ? 1 : 0);
    }

    public void int64(long value) {
        room(Long.BYTES).putLong(value);
    }

    public void payload(Payload payload) {
        room(Integer.BYTES + payload.length()).putInt(payload.length()).put(payload.array());
    }

    /** Refuses what a {@link FrameReader} would refuse, so that the mistake is found on the side that makes it. */
    public void text(String text, int bytesMax) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > bytesMax || FrameReader.hasControlCharacter(text)) {
            throw new IllegalArgumentException("not text of at most " + bytesMax
                    + " bytes without control characters: '" + text.substring(0, Math.min(80, text.length())) + "'");
        }
        room(Short.BYTES + bytes.length).putShort((short) bytes.length).put(bytes);
    }

    public <T> void list(List<T> elements, Consumer<T> writeElement) {
        room(Integer.BYTES).putInt(elements.size());
        elements.forEach(writeElement);
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            int needed = Math.addExact(length(), bytes);
            int doubled = (int) Math.min(Integer.MAX_VALUE - 8, 2L * buffer.capacity());
            buffer = ByteBuffer.wrap(Arrays.copyOf(buffer.array(), Math.max(needed, doubled)))
                    .position(length());
        }
        return buffer;
    }
}
