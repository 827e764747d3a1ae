package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.DamagedStorageException;
import dev.outrigger.agent.storage.StorageException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts what is in a damaged data directory aside, into a {@code damaged-} directory in it, so that the member can begin
 * anew as a disk that nobody knows. What must never happen: that the emptied directory passes for one that was never used,
 * for a few of those form a new cluster, and all that the old one acknowledged is forgotten.
 *
 * <p>So the first thing that is made durable is a note that this is going on, with what is known of the cluster; while it
 * is there nobody may use the directory. Last of all the note becomes, by a rename, the mark of a disk that rejoins: it
 * stays for ever. A crash in between leaves the note, and the next start goes on from wherever things are.
 */
final class PuttingAside {
    /** So many damaged contents are kept; the oldest makes room for one more. */
    static final int KEPT_MAX = 3;

    private static final Logger LOG = LoggerFactory.getLogger(PuttingAside.class);

    private static final String NOTE = "putting-aside";
    private static final String MARK = "rejoining";
    private static final String TARGET = "target";
    private static final String REASON = "reason";
    private static final String SINCE = "since";
    private static final String CLUSTER_ID = "clusterId";

    private final Path root;
    private final DiskSync sync;
    private final DamagedDirectories damaged;

    PuttingAside(Path root, DiskSync sync) {
        this.root = root;
        this.sync = sync;
        this.damaged = new DamagedDirectories(root);
    }

    /** Refuses a directory in which this is going on. */
    static void mustNotBeUnderWay(Path root) {
        if (Files.exists(root.resolve(NOTE))) {
            throw new DamagedStorageException(
                    root + " is damaged, and what is in it was not put aside to the end. " + StorageAdvice.REJOIN);
        }
    }

    /**
     * The id of the cluster that a damaged content of this directory belonged to, empty text when that is not known; empty
     * when nothing was ever put aside here.
     */
    static Optional<String> rejoins(Path root) throws IOException {
        Path mark = root.resolve(MARK);
        if (!Files.exists(mark)) {
            // Nobody takes the mark away; but where damaged content lies, no empty disk is.
            return new DamagedDirectories(root).all().isEmpty() ? Optional.empty() : Optional.of("");
        }
        return Optional.of(values(mark).getOrDefault(CLUSTER_ID, ""));
    }

    /**
     * Puts all aside, or goes on with what an earlier start began.
     *
     * @param damage why
     * @throws StorageException when another process uses the directory, or when this disk is damaged again and again
     */
    void run(DamagedStorageException damage, Instant now) throws IOException {
        DirectoryLock lock = DirectoryLock.take(root);
        try (lock) {
            Path note = root.resolve(NOTE);
            if (values(note).isEmpty()) {
                mustHaveBeenOfUse(damage);
                new SealedText(note).write(note(damage, now), sync);
            }
            putAside(values(note));
            Files.move(note, root.resolve(MARK), StandardCopyOption.ATOMIC_MOVE);
            sync.forceDirectory(root);
        }
    }

    /** Each content that is put aside beyond the limit costs an older one, which may be the only good copy by then. */
    private void mustHaveBeenOfUse(DamagedStorageException damage) throws IOException {
        boolean cameBack = Files.exists(root.resolve("cluster")) || !Files.exists(root.resolve(MARK));
        if (!cameBack && damaged.all().size() >= KEPT_MAX) {
            throw new StorageException(
                    "this disk is damaged for the " + (KEPT_MAX + 1) + "th time, and since the last time it has not"
                            + " come back to its cluster: " + damage.getMessage() + " What was put aside is in "
                            + damaged.all() + ". Check the disk, then start with a data directory on a good one.",
                    damage);
        }
    }

    private Map<String, String> note(DamagedStorageException damage, Instant now) throws IOException {
        Map<String, String> note = new LinkedHashMap<>();
        note.put(TARGET, damaged.next());
        note.put(REASON, reason(damage));
        note.put(SINCE, now.toString());
        note.put(CLUSTER_ID, clusterId());
        return note;
    }

    /** In one line, and without the advice for a member that stops. */
    private static String reason(DamagedStorageException damage) {
        String message = String.valueOf(damage.getMessage()).replace(StorageAdvice.REJOIN, "");
        return message.replaceAll("\\p{Cntrl}", " ").strip();
    }

    private String clusterId() throws IOException {
        Optional<ClusterIdentity> cluster = Optional.empty();
        try {
            cluster = new ClusterFile(root.resolve("cluster")).read();
        } catch (StorageException | IllegalArgumentException e) {
            LOG.warn("which cluster this disk belonged to cannot be read: {}", e.getMessage());
        }
        return cluster.isPresent()
                ? cluster.get().clusterId()
                : values(root.resolve(MARK)).getOrDefault(CLUSTER_ID, "");
    }

    private void putAside(Map<String, String> note) throws IOException {
        String name = note.getOrDefault(TARGET, "");
        Path target = root.resolve(name);
        if (!Files.exists(target)) {
            Files.createDirectory(target);
            sync.forceDirectory(root);
        }
        for (Path entry : content()) {
            Files.move(entry, target.resolve(entry.getFileName()), StandardCopyOption.ATOMIC_MOVE);
            sync.forceDirectory(target);
            sync.forceDirectory(root);
        }
        damaged.explain(name, note.getOrDefault(REASON, ""), note.getOrDefault(SINCE, ""), sync);
        LOG.error(
                "DISK_DAMAGED: {} All that was on this disk is kept in {}. This member begins anew with an empty disk:"
                        + " it does not vote until its cluster has let it in again and it has caught up",
                note.getOrDefault(REASON, ""),
                target);
        makeRoom();
    }

    /** What this agent has written: on the root of a volume there may be more, which is not ours to move. */
    private List<Path> content() throws IOException {
        List<Path> content = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            for (Path entry : entries) {
                if (DataDirectory.isContent(entry.getFileName().toString())) {
                    content.add(entry);
                }
            }
        }
        return content;
    }

    private void makeRoom() throws IOException {
        List<Path> all = damaged.all();
        for (Path oldest : all.subList(0, Math.max(0, all.size() - KEPT_MAX))) {
            LOG.warn("{} damaged contents are kept at most: deleting the oldest, {}", KEPT_MAX, oldest);
            DamagedDirectories.delete(oldest, sync);
        }
    }

    /** Nothing when the file is missing or damaged. */
    private static Map<String, String> values(Path file) throws IOException {
        try {
            return Files.exists(file) ? new SealedText(file).read() : Map.of();
        } catch (StorageException e) {
            LOG.warn("{}", e.getMessage());
            return Map.of();
        }
    }
}
