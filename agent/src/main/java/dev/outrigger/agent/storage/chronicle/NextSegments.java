package dev.outrigger.agent.storage.chronicle;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments that come next, laid out beforehand: files full of zeros that were written and forced, under the name that
 * the queue looks for when it begins a segment. So the queue never writes to a place that the disk may not have, which would
 * be an error in the midst of nowhere, and a roll waits for nothing.
 *
 * <p>Threading: {@link #layOut} runs on {@code background}, one call at a time; all else is called by the log thread,
 * {@link #areMissing}, {@link #bytes} and {@link #whyMissing} by any.
 */
final class NextSegments implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NextSegments.class);
    private static final String LAID_OUT = ".precreated";
    private static final String UNDER_WAY = LAID_OUT + ".tmp";

    private final Path directory;
    private final SegmentSize size;
    private final DiskSync sync;
    private final Executor background;
    private int next;
    private int laidOutUntil;
    private int wantedUntil;
    private Optional<IOException> failure = Optional.empty();
    private volatile boolean closed;

    private NextSegments(Path directory, SegmentSize size, DiskSync sync, Executor background, int next) {
        this.directory = directory;
        this.size = size;
        this.sync = sync;
        this.background = background;
        this.next = next;
        this.laidOutUntil = next;
        this.wantedUntil = next;
    }

    /**
     * Keeps what an earlier process laid out for segment {@code next} and those right after it, and deletes the rest.
     *
     * @param background where the work is done
     */
    static NextSegments open(Path directory, SegmentSize size, DiskSync sync, Executor background, int next)
            throws IOException {
        NextSegments segments = new NextSegments(directory, size, sync, background, next);
        while (isGood(segments.fileOf(segments.laidOutUntil), size)) {
            segments.laidOutUntil++;
        }
        segments.wantedUntil = segments.laidOutUntil;
        segments.deleteStale();
        return segments;
    }

    /** The name came after the force, so a file that has it has its space too. */
    private static boolean isGood(Path file, SegmentSize size) throws IOException {
        return Files.exists(file) && Files.size(file) == size.fileBytes() && Zeros.fill(file);
    }

    private void deleteStale() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + LAID_OUT + "*")) {
            for (Path file : files) {
                boolean kept = false;
                for (int segment = next; segment < laidOutUntil; segment++) {
                    kept |= file.equals(fileOf(segment));
                }
                if (!kept) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Asks for {@code count} segments to be laid out, and does not wait for them. */
    void want(int count) {
        synchronized (this) {
            wantedUntil = Math.max(wantedUntil, next + count);
            if (laidOutUntil >= wantedUntil) {
                return;
            }
        }
        background.execute(this::layOut);
    }

    /** Waits until {@code count} segments are laid out, or it is known that they cannot be; whether they are. */
    boolean have(int count) {
        synchronized (this) {
            if (laidOutUntil >= next + count) {
                return true;
            }
            failure = Optional.empty();
        }
        want(count);
        synchronized (this) {
            while (laidOutUntil < next + count && failure.isEmpty() && !closed) {
                waitForBackground();
            }
            return laidOutUntil >= next + count;
        }
    }

    private void waitForBackground() {
        try {
            wait();
        } catch (InterruptedException e) {
            throw new IllegalStateException("the log thread must not be interrupted", e);
        }
    }

    /** Number of the segment that comes next; the queue is about to take its file. */
    synchronized int take() {
        if (laidOutUntil <= next) {
            throw new IllegalStateException("segment " + next + " is not laid out");
        }
        return next++;
    }

    /** Lays out what is wanted and missing. After a failure the same may be tried again. */
    void layOut() {
        while (areMissing() && !closed) {
            int segment = laidOut();
            try {
                if (!layOut(segment)) {
                    return;
                }
                done(segment);
            } catch (IOException e) {
                failed(segment, e);
                return;
            }
        }
    }

    private boolean layOut(int segment) throws IOException {
        mustHaveSpace();
        Path temporary = directory.resolve(nameOf(segment) + UNDER_WAY);
        boolean whole = false;
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            whole = Zeros.write(channel, size.fileBytes(), () -> closed);
            if (whole) {
                sync.force(temporary, channel, false);
            }
        } catch (IOException e) {
            whole = false;
            throw e;
        } finally {
            if (!whole) {
                Files.deleteIfExists(temporary); // it may have taken the last of the space
            }
        }
        if (whole) {
            Files.move(temporary, fileOf(segment), StandardCopyOption.ATOMIC_MOVE);
        }
        return whole;
    }

    /** Else every attempt on a full disk would write what there is left, and take it from others for a while. */
    private void mustHaveSpace() throws IOException {
        long usable = Files.getFileStore(directory).getUsableSpace();
        if (usable < size.fileBytes()) {
            throw new IOException(
                    "no space: a segment takes %d bytes, usable are %d".formatted(size.fileBytes(), usable));
        }
    }

    private synchronized void done(int segment) {
        if (segment == laidOutUntil) { // else everything was given up meanwhile, and this one is laid out again
            laidOutUntil = segment + 1;
        }
        failure = Optional.empty();
        notifyAll();
    }

    private synchronized void failed(int segment, IOException e) {
        if (failure.isEmpty()) {
            LOG.debug("{}: segment {} cannot be laid out", directory, segment, e);
        }
        failure = Optional.of(e);
        notifyAll();
    }

    /** Deletes what is laid out, for the sake of its space; it is wanted all the same. */
    void giveUp() throws IOException {
        int until = laidOut();
        synchronized (this) {
            laidOutUntil = next;
        }
        for (int segment = until - 1; segment >= next; segment--) {
            Files.deleteIfExists(fileOf(segment));
        }
    }

    private synchronized int laidOut() {
        return laidOutUntil;
    }

    /** Whether something that is wanted is not laid out yet. */
    synchronized boolean areMissing() {
        return laidOutUntil < wantedUntil;
    }

    /** Why the last attempt to lay out what is missing came to nothing; empty when it did not. */
    synchronized Optional<IOException> whyMissing() {
        return areMissing() ? failure : Optional.empty();
    }

    /** Bytes that they occupy. */
    synchronized long bytes() {
        return (laidOutUntil - next) * size.fileBytes();
    }

    private Path fileOf(int segment) {
        return directory.resolve(nameOf(segment) + LAID_OUT);
    }

    private static String nameOf(int segment) {
        String file = Segment.fileName(segment);
        return file.substring(0, file.lastIndexOf('.'));
    }

    /** What is under way is broken off; what is laid out stays for the next start. */
    @Override
    public void close() {
        closed = true;
        synchronized (this) {
            notifyAll();
        }
    }
}
