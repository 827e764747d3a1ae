package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The pieces of one backup, read from the log. Of each number the first that follows the one before counts: a piece that
 * was proposed twice stands there twice. Holds one read of the log at most. On the event loop.
 */
final class RestoreSource implements RestorableSnapshot.Bytes {
    private final CommittedLog log;
    private final int readBytesMax;
    private final RestorePart.End end;
    private final long endIndex;
    private final Deque<Payload> found = new ArrayDeque<>();
    private long nextIndex;
    private int pieces;

    /** @param endIndex where {@code end} stands */
    RestoreSource(CommittedLog log, int readBytesMax, RestorePart.End end, long endIndex) {
        this.log = log;
        this.readBytesMax = readBytesMax;
        this.end = end;
        this.endIndex = endIndex;
        this.nextIndex = end.firstIndex();
    }

    /** The next piece; empty when no other follows. Fails when the log cannot be read. */
    @Override
    public Future<Optional<Payload>> next() {
        Promise<Optional<Payload>> next = Promise.promise();
        seek(next);
        return next.future();
    }

    /** A loop, since what is in memory is read at once, and a stack would grow with the log. */
    private void seek(Promise<Optional<Payload>> next) {
        while (found.isEmpty() && pieces < end.pieces() && nextIndex < endIndex) {
            Future<List<Entry>> read = log.read(nextIndex, readBytesMax);
            if (!read.isComplete()) {
                read.onFailure(next::fail).onSuccess(entries -> {
                    take(entries);
                    seek(next);
                });
                return;
            }
            if (read.failed()) {
                next.fail(read.cause());
                return;
            }
            take(read.result());
        }
        next.complete(Optional.ofNullable(found.poll()));
    }

    private void take(List<Entry> entries) {
        for (Entry entry : entries) {
            nextIndex = entry.index() + 1;
            if (entry.kind() == Entry.Kind.RESTORE && entry.index() < endIndex) {
                RestorePart.decode(entry.data()).ifPresent(this::take);
            }
        }
    }

    private void take(RestorePart part) {
        if (part instanceof RestorePart.Piece piece
                && piece.id().equals(end.id())
                && piece.number() == pieces
                && pieces < end.pieces()) {
            pieces++;
            found.add(piece.bytes());
        }
    }

    @Override
    public void close() {
        found.clear();
        nextIndex = endIndex;
    }

    /**
     * Reads all of it once.
     *
     * @return why it is not what {@code end} says; empty when it is
     */
    Future<Optional<String>> check() {
        if (end.pieces() < 0 || end.pieces() > 0 && (end.firstIndex() < 1 || end.firstIndex() >= endIndex)) {
            return Future.succeededFuture(Optional.of("it does not say where its pieces are"));
        }
        Check check = new Check();
        check.run();
        return check.verdict.future();
    }

    private final class Check {
        private final Promise<Optional<String>> verdict = Promise.promise();
        private final CRC32C crc = new CRC32C();
        private long bytes;

        void run() {
            boolean more = true;
            while (more) {
                Future<Optional<Payload>> next = next();
                if (!next.isComplete()) {
                    next.onFailure(verdict::fail).onSuccess(piece -> {
                        if (add(piece)) {
                            run();
                        }
                    });
                    return;
                }
                if (next.failed()) {
                    verdict.fail(next.cause());
                    return;
                }
                more = add(next.result());
            }
        }

        /** Whether there may be another one. */
        private boolean add(Optional<Payload> piece) {
            piece.ifPresent(found -> {
                crc.update(found.array());
                bytes += found.length();
            });
            if (piece.isEmpty()) {
                verdict.complete(damage());
            }
            return piece.isPresent();
        }

        private Optional<String> damage() {
            if (pieces != end.pieces()) {
                return Optional.of("only " + pieces + " of its " + end.pieces() + " pieces are in the log");
            }
            return bytes == end.bytes() && (int) crc.getValue() == end.checksum()
                    ? Optional.empty()
                    : Optional.of("its pieces are not what they were to be");
        }
    }
}
