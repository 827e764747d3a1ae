package dev.outrigger.agent.storage.chronicle;

import static java.util.Objects.requireNonNull;

import dev.outrigger.agent.storage.DamagedStorageException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What lies where in a member's data directory, who may use it, and which of its log directories counts. Held under lock
 * from {@link #open} to {@link #close}.
 */
final class DataDirectory implements AutoCloseable {
    /** Every other name under which something is kept in the directory, but for the lock and what is put aside. */
    private static final List<String> NAMES =
            List.of("identity", "hardstate", "cluster", "CURRENT", "snap", "quarantine");

    private final Path root;
    private final DiskSync sync;
    private final DirectoryLock lock;
    private final DiskIdentity identity;

    private DataDirectory(Path root, DiskSync sync, DirectoryLock lock, DiskIdentity identity) {
        this.root = root;
        this.sync = sync;
        this.lock = lock;
        this.identity = identity;
    }

    /** Takes the directory, formatting it first when it is empty. Refuses one that is in use or somebody else's. */
    static DataDirectory open(Path root, String node, String cluster, DiskSync sync) throws IOException {
        create(root, sync);
        DirectoryLock lock = DirectoryLock.take(root);
        try {
            PuttingAside.mustNotBeUnderWay(root);
            Path identityFile = root.resolve("identity");
            if (!Files.exists(identityFile)) {
                mustBeUnused(root);
                format(root, DiskIdentity.create(node, cluster), sync);
            }
            DiskIdentity identity = DiskIdentity.read(identityFile);
            identity.mustBelongTo(node, cluster, root);
            sync.forceDirectory(root); // an earlier process may have died between a rename and its force
            DataDirectory directory = new DataDirectory(root, sync, lock, identity);
            directory.removeStrayLogs();
            directory.removeDroppedSegments();
            return directory;
        } catch (Throwable e) {
            lock.close();
            throw e;
        }
    }

    private static void create(Path directory, DiskSync sync) throws IOException {
        if (!Files.isDirectory(directory)) {
            Path parent = requireNonNull(directory.getParent());
            create(parent, sync);
            Files.createDirectory(directory);
            sync.forceDirectory(parent);
        }
    }

    /** Whether an entry of this name belongs to the disk as it is now. */
    static boolean isContent(String name) {
        return name.startsWith(CurrentLog.DIRECTORY)
                || NAMES.contains(name.endsWith(".tmp") ? name.substring(0, name.length() - 4) : name);
    }

    DiskIdentity identity() {
        return identity;
    }

    Path root() {
        return root;
    }

    Path hardState() {
        return root.resolve("hardstate");
    }

    ClusterFile cluster() {
        return new ClusterFile(root.resolve("cluster"));
    }

    QuarantineFile quarantine() {
        return new QuarantineFile(root.resolve("quarantine"));
    }

    /** See {@link PuttingAside#rejoins}. */
    Optional<String> rejoins() throws IOException {
        return PuttingAside.rejoins(root);
    }

    /** The log directory that counts. */
    Path log() throws IOException {
        return current().directory(root);
    }

    /** An empty directory for the log that is to replace the present one. */
    Path createNextLog() throws IOException {
        return Files.createDirectory(current().next().directory(root));
    }

    /** From here on the log from {@link #createNextLog} counts, which is durable by now; the old one is deleted. */
    void switchToNextLog() throws IOException {
        sync.forceDirectory(root);
        current().next().write(root, sync);
        removeStrayLogs();
    }

    /** From here on the segments of the log before {@code firstSegment} do not count; whoever asks deletes them. */
    void dropSegmentsBefore(int firstSegment) throws IOException {
        current().from(firstSegment).write(root, sync);
    }

    Path spare() {
        return root.resolve("spare");
    }

    Path snapshots() {
        return root.resolve("snap");
    }

    private CurrentLog current() throws IOException {
        return CurrentLog.read(root);
    }

    /**
     * The identity is written last, so that a directory without one was never used. The exception is one that lost its
     * identity: starting anew on it could vote twice.
     */
    private static void mustBeUnused(Path root) throws IOException {
        boolean used = Files.exists(root.resolve("cluster")) || Files.exists(root.resolve("snap"));
        for (Path log : logs(root)) {
            used |= !Segment.list(log).isEmpty();
        }
        if (used) {
            throw new DamagedStorageException(
                    root.resolve("identity") + " is missing, but the directory was used. " + StorageAdvice.REJOIN);
        }
    }

    private static void format(Path root, DiskIdentity identity, DiskSync sync) throws IOException {
        for (Path log : logs(root)) {
            delete(log);
        }
        Files.createDirectory(CurrentLog.FIRST.directory(root));
        HardStateFile.create(root.resolve("hardstate"), sync);
        CurrentLog.FIRST.write(root, sync);
        identity.write(root.resolve("identity"), sync);
    }

    /** Logs that do not count: the new one of a rewrite that did not get to its end, or the old one of one that did. */
    private void removeStrayLogs() throws IOException {
        Path current = log();
        if (!Files.isDirectory(current)) {
            throw new DamagedStorageException(current + " is missing. " + StorageAdvice.REJOIN);
        }
        for (Path log : logs(root)) {
            if (!log.equals(current)) {
                delete(log);
            }
        }
    }

    /** Several deletions may survive a loss of power in any order, and what the log began with then may not make sense. */
    private void removeDroppedSegments() throws IOException {
        int first = current().firstSegment();
        for (Segment segment : Segment.list(log())) {
            if (segment.cycle() < first) {
                Files.delete(segment.file());
            }
        }
    }

    private static List<Path> logs(Path root) throws IOException {
        List<Path> logs = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(root, CurrentLog.DIRECTORY + "*")) {
            found.forEach(logs::add);
        }
        return logs;
    }

    private static void delete(Path log) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(log)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(log);
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
