package dev.outrigger.agent.storage.chronicle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/** Zeros in files, and the looking for them in great steps. */
final class Zeros {
    static final int PIECE_BYTES = 1 << 20;

    private static final byte[] PIECE = new byte[PIECE_BYTES];

    private Zeros() {}

    /**
     * Where between {@code from} and {@code to} the first byte is that is not zero; {@code to} when there is none.
     */
    static int firstOther(byte[] bytes, int from, int to) {
        int next = from;
        while (next < to) {
            int length = Math.min(PIECE_BYTES, to - next);
            int other = Arrays.mismatch(bytes, next, next + length, PIECE, 0, length);
            if (other >= 0) {
                return next + other;
            }
            next += length;
        }
        return to;
    }

    /** Whether a file has nothing but zeros in it. */
    static boolean fill(Path file) throws IOException {
        try (SegmentBytes bytes = new SegmentBytes(StoredBytes.open(file))) {
            return bytes.skipZeros(0) == bytes.size();
        }
    }

    /**
     * Writes zeros from the start of {@code channel} to {@code size}, in pieces, so that the space is really there.
     *
     * @param stop asked between the pieces
     * @return whether it came to the end
     */
    static boolean write(FileChannel channel, long size, BooleanSupplier stop) throws IOException {
        long offset = 0;
        while (offset < size && !stop.getAsBoolean()) {
            int length = (int) Math.min(PIECE_BYTES, size - offset);
            offset += channel.write(ByteBuffer.wrap(PIECE, 0, length).asReadOnlyBuffer(), offset);
        }
        return offset == size;
    }

    /** Makes {@code file} one of {@code size} zeros, in the place that it has; a full disk does not matter when it has it. */
    static void overwrite(Path file, long size) throws IOException {
        if (Files.exists(file) && Files.size(file) != size) {
            Files.delete(file);
        }
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            write(channel, size, () -> false);
        }
    }
}
