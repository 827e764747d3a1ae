package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.LogReplay;
import dev.outrigger.agent.storage.RecordCodec;
import dev.outrigger.agent.storage.StorageException;
import dev.outrigger.agent.storage.chronicle.LogInspection.Condition;
import dev.outrigger.agent.storage.chronicle.LogInspection.Finding;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Looks at everything in a data directory once, in the order in which a start needs it, and keeps on after damage. */
final class DirectoryCheck {
    private static final String SNAPSHOT_ADVICE =
            "An agent starts without this snapshot if its log does not need it, and it"
                    + " goes when there is a later one; if it is needed, the log is reported too.";

    private final Path root;
    private final List<Finding> findings = new ArrayList<>();
    private final List<Snapshot> snapshots = new ArrayList<>();
    private @Nullable DiskIdentity identity;
    private @Nullable StoredState hardState;
    private @Nullable CurrentLog current;

    DirectoryCheck(Path root) {
        this.root = root;
    }

    List<Finding> run() {
        check("directory", root, this::puttingAside);
        check("identity", root.resolve("identity"), this::identity);
        check("hardstate", root.resolve("hardstate"), this::hardState);
        check("CURRENT", CurrentLog.file(root), this::current);
        check("snapshot", root.resolve("snap"), this::snapshots);
        Path log = current == null ? root.resolve("log-?") : current.directory(root);
        check("log", log, this::log);
        return findings;
    }

    private interface Check {
        void of(String part, Path file) throws IOException;
    }

    private void check(String part, Path file, Check check) {
        try {
            check.of(part, file);
        } catch (NoSuchFileException e) {
            damaged(part, file, OptionalLong.empty(), e.getFile() + " is missing", StorageAdvice.REJOIN);
        } catch (StorageException e) {
            damaged(part, file, e);
        } catch (IOException | IllegalArgumentException e) {
            damaged(part, file, OptionalLong.empty(), "cannot be read: " + e, StorageAdvice.REJOIN);
        }
    }

    private void puttingAside(String part, Path file) throws IOException {
        PuttingAside.mustNotBeUnderWay(root);
        for (Path old : new DamagedDirectories(root).all()) {
            whole("damaged", old, "what was damaged before and put aside; it is of no use to an agent");
        }
    }

    private void identity(String part, Path file) throws IOException {
        DiskIdentity found = DiskIdentity.read(file);
        identity = found;
        whole(
                part,
                file,
                "node %s of cluster %s, storage id %s".formatted(found.node(), found.cluster(), found.storageId()));
    }

    private void hardState(String part, Path file) throws IOException {
        try (StoredBytes bytes = StoredBytes.open(file)) {
            HardStateCopies copies = HardStateCopies.read(bytes, file);
            StoredState found = copies.state();
            hardState = found;
            HardState votes = found.hardState();
            String detail = "term %d, vote %s, start %d, records up to %d durable"
                    .formatted(
                            votes.term(),
                            votes.votedFor().map(MemberId::name).orElse("none"),
                            found.bootEpoch(),
                            found.durableSequence());
            if (copies.unreadable() == 0) {
                whole(part, file, detail);
            } else {
                torn(
                        part,
                        file,
                        OptionalLong.of((copies.unreadable() - 1L) * HardStateSlot.BYTES),
                        detail + "; copy " + copies.unreadable()
                                + " of the two cannot be read, the next write puts it right");
            }
        }
    }

    private void current(String part, Path file) throws IOException {
        CurrentLog found = CurrentLog.read(root);
        current = found;
        whole(part, file, "log %d from segment %d on".formatted(found.generation(), found.firstSegment()));
    }

    private void snapshots(String part, Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory)) {
            found.forEach(files::add);
        }
        files.sort(null);
        for (Path file : files) {
            Optional<SnapshotName> name = SnapshotName.parse(file);
            if (name.isPresent()) {
                snapshot(new SnapshotFile(file, name.get()));
            } else if (SnapshotName.parsePart(file).isPresent() || file.endsWith(SnapshotDirectory.DRAFT)) {
                torn(part, file, OptionalLong.empty(), Files.size(file) + " bytes of a snapshot that is not finished");
            }
        }
    }

    private void snapshot(SnapshotFile file) {
        try {
            Snapshot snapshot = file.verify();
            snapshots.add(snapshot);
            whole(
                    "snapshot",
                    file.path(),
                    "index %d, term %d, %d bytes".formatted(snapshot.index(), snapshot.term(), snapshot.bytes()));
        } catch (IOException e) {
            damaged("snapshot", file.path(), OptionalLong.empty(), String.valueOf(e.getMessage()), SNAPSHOT_ADVICE);
        }
    }

    private void log(String part, Path file) throws IOException {
        if (identity == null || current == null) {
            damaged(
                    part,
                    file,
                    OptionalLong.empty(),
                    "not looked at: it takes identity and CURRENT to read it",
                    StorageAdvice.REJOIN);
            return;
        }
        LogScan scan = LogScan.of(current.segments(root), new RecordCodec(identity.storageId()));
        log(part, file, scan);
        check("cluster", root.resolve("cluster"), (name, clusterFile) -> cluster(name, clusterFile, scan.replay()));
    }

    private void log(String part, Path directory, LogScan scan) {
        LogReplay replay = scan.replay();
        String detail = "%s, records up to %d, %d segments"
                .formatted(replay.range(), replay.lastSequence(), scan.spans().size());
        OptionalLong position =
                scan.stop().map(stop -> OptionalLong.of(stop.offset())).orElseGet(OptionalLong::empty);
        Path file = scan.stop().map(LogScan.Stop::file).orElse(directory);
        try {
            long durableFloor = hardState == null ? 0 : hardState.durableSequence();
            LogRecovery.mustHoldWhatWasDurable(scan, durableFloor, snapshots, directory);
        } catch (StorageException e) {
            damaged(part, file, position, withoutAdvice(e), StorageAdvice.REJOIN);
            return;
        }
        if (scan.stop().isPresent()) {
            torn(
                    part,
                    file,
                    position,
                    detail + "; ends here: " + scan.stop().get().reason()
                            + "; nothing from there on was acknowledged, the next start goes on without it");
        } else {
            whole(part, directory, detail);
        }
    }

    private void cluster(String part, Path file, LogReplay log) throws IOException {
        Optional<ClusterIdentity> cluster = new ClusterFile(file).read();
        boolean used = log.lastIndex() > 0
                || hardState != null && hardState.hardState().term() > 0;
        if (cluster.isPresent()) {
            whole(
                    part,
                    file,
                    "cluster %s, id %s"
                            .formatted(
                                    cluster.get().clusterName(), cluster.get().clusterId()));
        } else if (used) {
            damaged(
                    part,
                    file,
                    OptionalLong.empty(),
                    file + " is missing, but the disk was used",
                    StorageAdvice.REJOIN);
        } else {
            whole(part, file, "not there: no cluster was formed yet");
        }
    }

    private void whole(String part, Path file, String detail) {
        findings.add(new Finding(part, file, Condition.WHOLE, OptionalLong.empty(), detail, ""));
    }

    private void torn(String part, Path file, OptionalLong position, String detail) {
        findings.add(new Finding(part, file, Condition.TORN, position, detail, ""));
    }

    private void damaged(String part, Path file, StorageException damage) {
        damaged(part, file, OptionalLong.empty(), withoutAdvice(damage), StorageAdvice.REJOIN);
    }

    private void damaged(String part, Path file, OptionalLong position, String detail, String advice) {
        findings.add(new Finding(part, file, Condition.DAMAGED, position, detail, advice));
    }

    private static String withoutAdvice(StorageException damage) {
        return String.valueOf(damage.getMessage())
                .replace(StorageAdvice.REJOIN, "")
                .strip();
    }
}
