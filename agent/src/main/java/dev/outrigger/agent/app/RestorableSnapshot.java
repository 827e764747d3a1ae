package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Payload;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * The latest snapshot on this disk, as the application may be given it.
 *
 * @param index the application's position in it
 * @param term term of the command there
 * @param format what the application called the format of its bytes, empty when it gave none
 * @param bytes how many there are
 * @param opener opens them, on the event loop
 */
public record RestorableSnapshot(long index, long term, String format, long bytes, Opener opener) {
    /** Opens the bytes from their start; fails when they are gone or rotten. */
    public interface Opener {
        Future<Bytes> open();
    }

    /** The bytes, piece by piece; one call at a time, on the event loop. */
    public interface Bytes {
        /** The next piece, of some 64 KiB to 1 MiB; empty at the end. Fails at rot. */
        Future<Optional<Payload>> next();

        void close();
    }
}
