package dev.outrigger.agent.storage.chronicle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads a segment's bytes through a window that moves along.
 */
final class SegmentBytes implements AutoCloseable {
    private static final int WINDOW_BYTES = 1 << 20;

    private final StoredBytes bytes;
    private final long size;
    private ByteBuffer window;
    private long windowStart;

    /** Closes {@code bytes} when it is closed itself. */
    SegmentBytes(StoredBytes bytes) throws IOException {
        this.bytes = bytes;
        this.size = bytes.size();
        this.window = ByteBuffer.allocate((int) Math.min(WINDOW_BYTES, size)).limit(0);
    }

    long size() {
        return size;
    }

    /** Whether the file has {@code length} bytes at {@code offset}. */
    boolean has(long offset, long length) {
        return length <= size - offset;
    }

    /** The four bytes at {@code offset}, little endian. */
    int word(long offset) throws IOException {
        return at(offset, Integer.BYTES).getInt((int) (offset - windowStart));
    }

    /**
     * The first offset from {@code offset} on, in steps of four, where the bytes are not zero; else the size. Files have long
     * tails of zeros, so it takes great steps.
     */
    long skipZeros(long offset) throws IOException {
        long next = offset;
        while (has(next, Integer.BYTES)) {
            at(next, Integer.BYTES);
            int from = place(next);
            int other = Zeros.firstOther(window.array(), from, window.limit());
            if (other < window.limit()) {
                return next + ((other - from) & ~3);
            }
            next += (other - from) & ~3;
        }
        return size;
    }

    /** A buffer that holds the bytes at {@code offset}, good until the next call; they begin at {@link #place}. */
    ByteBuffer at(long offset, int length) throws IOException {
        if (offset < windowStart || offset + length > windowStart + window.limit()) {
            fill(offset, length);
        }
        return window;
    }

    /** Where in the buffer from the last call of {@link #at} the byte at {@code offset} is. */
    int place(long offset) {
        return (int) (offset - windowStart);
    }

    private void fill(long offset, int length) throws IOException {
        if (length > window.capacity()) {
            window = ByteBuffer.allocate(length);
        }
        window.order(ByteOrder.LITTLE_ENDIAN).clear();
        windowStart = offset;
        StoredBytes.fill(bytes, window, windowStart);
        window.flip();
        if (window.limit() < length) {
            throw new IOException("file ended at " + (windowStart + window.limit()) + " while it was read");
        }
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
