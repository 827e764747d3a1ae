package dev.outrigger.agent.app;

import static java.util.Objects.requireNonNull;

import dev.outrigger.agent.core.message.Payload;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/** Bytes of a snapshot, made up or given, and the count of what was read of them. */
final class SnapshotBytes implements RestorableSnapshot.Opener {
    private static final int PIECE_BYTES = 256 << 10;

    private final byte[] all;
    private final int announced;
    final AtomicLong read = new AtomicLong();
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    /** Fails once this many bytes were read. */
    volatile long rotAt = Long.MAX_VALUE;

    SnapshotBytes(int bytes, int seed) {
        this(madeUp(bytes, seed));
    }

    SnapshotBytes(byte[] all) {
        this(all, all.length);
    }

    SnapshotBytes(byte[] all, int announced) {
        this.all = all;
        this.announced = announced;
    }

    static byte[] madeUp(int length, int seed) {
        byte[] bytes = new byte[length];
        new java.util.Random(seed).nextBytes(bytes);
        return bytes;
    }

    static long crc(byte[] bytes) {
        return crc(new CRC32C(), Buffer.buffer(bytes)).getValue();
    }

    static CRC32C crc(CRC32C crc, Buffer bytes) {
        crc.update(bytes.getBytes());
        return crc;
    }

    long crc() {
        return crc(all);
    }

    RestorableSnapshot snapshot(long index, long term, String format) {
        return new RestorableSnapshot(index, term, format, announced, this);
    }

    @Override
    public Future<RestorableSnapshot.Bytes> open() {
        opened.incrementAndGet();
        return Future.succeededFuture(new RestorableSnapshot.Bytes() {
            private int position;

            @Override
            public Future<Optional<Payload>> next() {
                if (position >= rotAt) {
                    return Future.failedFuture("block 7 is rotten");
                }
                if (position == all.length) {
                    return Future.succeededFuture(Optional.empty());
                }
                int end = Math.min(all.length, position + PIECE_BYTES);
                byte[] piece = java.util.Arrays.copyOfRange(all, position, end);
                position = end;
                read.addAndGet(piece.length);
                // Like the disk, on another thread: meanwhile the event loop looks at its sockets.
                return requireNonNull(Vertx.currentContext()).executeBlocking(() -> Optional.of(Payload.of(piece)));
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        });
    }
}
