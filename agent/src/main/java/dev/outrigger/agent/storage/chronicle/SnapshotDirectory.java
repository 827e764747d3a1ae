package dev.outrigger.agent.storage.chronicle;

import static java.util.Objects.requireNonNull;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.BackupDecoder;
import dev.outrigger.agent.storage.SnapshotHead;
import dev.outrigger.agent.storage.SnapshotStore;
import dev.outrigger.agent.storage.StorageException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots in one directory, a file each; what is taken here is written to a draft, what is received gathers in a part,
 * and either becomes a snapshot by its name. A file that is rotten does not count, and stays until there is a better one.
 *
 * <pre>
 * &lt;index&gt;-&lt;term&gt;-&lt;checksum&gt;.snapshot    one that was finished
 * &lt;index&gt;-&lt;term&gt;-&lt;checksum&gt;-&lt;size&gt;.part   the beginning of one that another member sends
 * draft.tmp                            one that is being taken
 * </pre>
 */
final class SnapshotDirectory implements SnapshotStore {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotDirectory.class);
    static final String DRAFT = "draft.tmp";

    private final Path directory;
    private final DiskSync sync;
    /** Those that are whole, as far as is known. Guarded by itself: a reader on any thread may find rot. */
    private final TreeMap<SnapshotName, Snapshot> whole = new TreeMap<>();

    private final AtomicLong bytesOnDisk = new AtomicLong();
    private @Nullable OpenDraft draft;
    private @Nullable SnapshotPart part;

    private SnapshotDirectory(Path directory, DiskSync sync) {
        this.directory = directory;
        this.sync = sync;
    }

    /**
     * Opens the directory, creating it when there is none. Blocks while every snapshot in it is read: about a second for a
     * gigabyte.
     */
    static SnapshotDirectory open(Path directory, DiskSync sync) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectory(directory);
        }
        // Always: an earlier process may have died between creating or renaming and the force.
        sync.forceDirectory(requireNonNull(directory.getParent()));
        sync.forceDirectory(directory);
        SnapshotDirectory snapshots = new SnapshotDirectory(directory, sync);
        snapshots.readFiles();
        return snapshots;
    }

    private void readFiles() throws IOException {
        for (Path file : files()) {
            Optional<SnapshotName> name = SnapshotName.parse(file);
            Optional<SnapshotName.Part> named = SnapshotName.parsePart(file);
            if (name.isPresent()) {
                readWhole(new SnapshotFile(file, name.get()));
            } else if (named.isPresent()) {
                resume(file, named.get());
            } else if (file.endsWith(DRAFT)) {
                Files.delete(file);
            }
        }
        if (part != null && part.isComplete()) {
            finishAfterRestart(part);
        }
        count();
    }

    private void readWhole(SnapshotFile file) {
        try {
            Snapshot snapshot = file.verify();
            synchronized (whole) {
                whole.put(file.name(), snapshot);
            }
        } catch (IOException e) {
            LOG.warn("a snapshot does not count: {}", e.getMessage());
        }
    }

    /** Of several parts, which a loss of power can bring back, the one that goes furthest. */
    private void resume(Path file, SnapshotName.Part named) throws IOException {
        Optional<SnapshotPart> resumed = SnapshotPart.resume(file, named);
        if (resumed.isPresent()) {
            dropPart();
            part = resumed.get();
        } else {
            Files.delete(file);
        }
    }

    /** The process ended before it could. A disk that is full is no reason not to start. */
    private void finishAfterRestart(SnapshotPart complete) {
        try {
            finishPart(complete);
        } catch (IOException e) {
            LOG.warn("{} could not be finished", complete.file(), e);
        }
    }

    @Override
    public List<Snapshot> whole() {
        synchronized (whole) {
            return List.copyOf(whole.values());
        }
    }

    private boolean isWhole(Snapshot snapshot) {
        synchronized (whole) {
            return snapshot.equals(whole.get(SnapshotName.of(snapshot)));
        }
    }

    private void mustNotCount(Snapshot snapshot, IOException rot) {
        if (rot instanceof ClosedChannelException) {
            return; // the reader was closed or interrupted, which says nothing of the file
        }
        synchronized (whole) {
            whole.remove(SnapshotName.of(snapshot), snapshot);
        }
        LOG.warn("a snapshot counts no more: {}", rot.toString());
    }

    @Override
    public Draft begin(SnapshotHead head) {
        if (draft != null) {
            draft.close();
        }
        byte[] preface = SnapshotPreface.encode(head);
        OpenDraft begun =
                attempt("begin a snapshot", () -> new OpenDraft(head, SnapshotDraft.create(directory.resolve(DRAFT))));
        draft = begun;
        begun.append(ByteBuffer.wrap(preface));
        return begun;
    }

    /** The one draft there is. After a failure it is gone, and every further call fails. */
    private final class OpenDraft implements Draft {
        private final SnapshotHead head;
        private final SnapshotDraft file;
        private long bytes;

        OpenDraft(SnapshotHead head, SnapshotDraft file) {
            this.head = head;
            this.file = file;
        }

        @Override
        public void write(ByteBuffer data) {
            bytes += append(data);
        }

        private int append(ByteBuffer data) {
            int count = data.remaining();
            step("write a snapshot", () -> {
                long before = file.fileBytes();
                file.write(data);
                bytesOnDisk.addAndGet(file.fileBytes() - before);
            });
            return count;
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public Snapshot finish() {
            step("make a snapshot durable", () -> file.force(sync));
            Snapshot snapshot = new Snapshot(
                    head.index(),
                    head.term(),
                    head.timeMillis(),
                    head.configuration(),
                    file.fileBytes(),
                    file.checksum());
            step("finish a snapshot", () -> {
                file.close();
                enter(file.file(), snapshot);
            });
            draft = null;
            return snapshot;
        }

        @Override
        public void close() {
            if (draft != this) {
                return; // finished, failed, or another one was begun
            }
            draft = null;
            try {
                file.close();
                Files.deleteIfExists(file.file());
                count();
            } catch (IOException e) {
                LOG.warn("{} is left behind", file.file(), e); // until the next one begins
            }
        }

        private void step(String what, Step step) {
            if (draft != this) {
                throw new StorageException("cannot " + what + " in " + directory + ": it was given up");
            }
            try {
                attempt(what, () -> {
                    step.run();
                    return this;
                });
            } catch (StorageException e) {
                close();
                throw e;
            }
        }
    }

    /** Gives a file that is whole and forced its name, durably. */
    private void enter(Path file, Snapshot snapshot) throws IOException {
        SnapshotName name = SnapshotName.of(snapshot);
        Files.move(file, directory.resolve(name.file()), StandardCopyOption.ATOMIC_MOVE);
        sync.forceDirectory(directory);
        synchronized (whole) {
            whole.put(name, snapshot);
        }
        count();
    }

    @Override
    public Optional<Payload> read(Snapshot snapshot, long offset, int bytesMax) {
        return read(snapshot, file -> file.piece(snapshot.bytes(), Math.min(offset, snapshot.bytes()), bytesMax));
    }

    @Override
    public Optional<SnapshotHead> head(Snapshot snapshot) {
        return read(snapshot, SnapshotFile::preface).map(SnapshotPreface::head);
    }

    @Override
    public long appBytes(Snapshot snapshot) {
        return read(snapshot, SnapshotFile::preface)
                .map(preface -> SnapshotBlock.dataBytes(snapshot.bytes()) - preface.bytes())
                .orElse(0L);
    }

    @Override
    public Optional<InputStream> open(Snapshot snapshot) {
        return read(snapshot, SnapshotFile::application).map(data -> new FilterInputStream(data) {
            @Override
            public int read() throws IOException {
                try {
                    return super.read();
                } catch (IOException e) {
                    mustNotCount(snapshot, e);
                    throw e;
                }
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                try {
                    return super.read(target, offset, length);
                } catch (IOException e) {
                    mustNotCount(snapshot, e);
                    throw e;
                }
            }
        });
    }

    @Override
    public void keepSessions(Payload encoded) {
        attempt("keep the sessions", () -> {
            SessionsFile.write(directory.resolve(SessionsFile.NAME), encoded, sync);
            count();
            return encoded;
        });
    }

    @Override
    public Optional<Payload> sessions() {
        try {
            return SessionsFile.read(directory.resolve(SessionsFile.NAME));
        } catch (IOException e) {
            LOG.warn("the sessions that were kept do not count: {}", e.toString());
            return Optional.empty();
        }
    }

    private interface Reading<T> {
        T of(SnapshotFile file) throws IOException;
    }

    private <T> Optional<T> read(Snapshot snapshot, Reading<T> reading) {
        if (!isWhole(snapshot)) {
            return Optional.empty();
        }
        SnapshotName name = SnapshotName.of(snapshot);
        try {
            return Optional.of(reading.of(new SnapshotFile(directory.resolve(name.file()), name)));
        } catch (IOException e) {
            mustNotCount(snapshot, e);
            return Optional.empty();
        }
    }

    @Override
    public BackupDecoder decoder(BackupDecoder.Sink sink) {
        return new SnapshotDecoder(sink);
    }

    @Override
    public long put(Snapshot snapshot, long offset, Payload bytes) {
        if (isWhole(snapshot)) {
            return snapshot.bytes();
        }
        return attempt("store a piece of the snapshot at index " + snapshot.index(), () -> {
            if (part == null || !snapshot.equals(part.snapshot())) {
                if (offset != 0) {
                    return 0L;
                }
                dropPart();
                part = SnapshotPart.create(directory, snapshot);
                count();
            }
            return append(part, offset, bytes);
        });
    }

    private long append(SnapshotPart to, long offset, Payload bytes) throws IOException {
        if (offset != to.bytes() || bytes.length() > to.snapshot().bytes() - offset) {
            return to.bytes();
        }
        try {
            to.append(bytes);
        } finally {
            count();
        }
        return to.isComplete() ? finishPart(to) : to.bytes();
    }

    /** Whether it becomes a snapshot or not, the part is gone then: a force that failed must not be tried again. */
    private long finishPart(SnapshotPart complete) throws IOException {
        try {
            if (!complete.isWhole()) {
                LOG.warn("{} is complete, but it is not what it was to be: thrown away", complete.file());
                return 0;
            }
            sync.forceFile(complete.file());
            enter(complete.file(), complete.snapshot());
            return complete.snapshot().bytes();
        } finally {
            dropPart();
            count();
        }
    }

    private void dropPart() throws IOException {
        SnapshotPart dropped = part;
        part = null;
        if (dropped != null) {
            dropped.delete();
        }
    }

    @Override
    public void dropOlderThan(Snapshot inForce) {
        if (!isWhole(inForce)) {
            return; // what is here may be all there is
        }
        attempt("delete old snapshots", () -> {
            for (Path file : files()) {
                Optional<SnapshotName> name = SnapshotName.parse(file);
                if (name.isPresent()
                        && name.get().index() <= inForce.index()
                        && !name.get().equals(SnapshotName.of(inForce))) {
                    drop(file, name.get());
                }
            }
            if (part != null && part.snapshot().index() <= inForce.index()) {
                dropPart();
            }
            count();
            return this;
        });
    }

    private void drop(Path file, SnapshotName name) throws IOException {
        synchronized (whole) {
            whole.remove(name);
        }
        Files.deleteIfExists(file);
    }

    @Override
    public long bytesOnDisk() {
        return bytesOnDisk.get();
    }

    private void count() {
        long bytes = 0;
        try {
            for (Path file : files()) {
                bytes += sizeOf(file);
            }
            bytesOnDisk.set(bytes);
        } catch (IOException e) {
            LOG.debug("{} could not be listed", directory, e); // the next change counts again
        }
    }

    private static long sizeOf(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    /** In the order of their names. */
    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory)) {
            found.forEach(files::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        files.sort(null);
        return files;
    }

    private interface Step {
        void run() throws IOException;
    }

    private interface Attempt<T> {
        T run() throws IOException;
    }

    private <T> T attempt(String what, Attempt<T> attempt) {
        try {
            return attempt.run();
        } catch (IOException e) {
            throw new StorageException(
                    "could not " + what + " in " + directory + ": " + e
                            + ". Snapshots that were whole are; this is tried again later. Check the disk (free space, I/O"
                            + " errors).",
                    e);
        }
    }
}
