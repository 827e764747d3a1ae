package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.SnapshotHead;
import dev.outrigger.agent.storage.SnapshotStore;
import dev.outrigger.agent.storage.SnapshotStore.Draft;
import dev.outrigger.agent.storage.Storage;
import dev.outrigger.agent.storage.StorageContractTest;
import dev.outrigger.agent.storage.chronicle.PowerCutPlan.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Goes through a plan on a data directory. Says which operation comes next, waits for leave to begin it, and says when it is
 * acknowledged; ends when it gets no leave.
 */
final class PowerCutWriter {
    /** The byte on standard input with which it may go on. */
    static final int LEAVE = '+';

    private static final Configuration MEMBERS = Configuration.of(List.of(new MemberId("a")));

    private final Storage storage;
    private final SnapshotDirectory sender;

    private PowerCutWriter(Storage storage, SnapshotDirectory sender) {
        this.storage = storage;
        this.sender = sender;
    }

    /**
     * Arguments: data directory, a directory elsewhere for what another member sends, seed of the plan, how many operations
     * of it were done before, and whether to force.
     */
    public static void main(String[] arguments) throws IOException {
        DiskSync sync = Boolean.parseBoolean(arguments[4]) ? DiskSync.DISK : DiskSync.MEMORY;
        SnapshotDirectory sender =
                SnapshotDirectory.open(Files.createDirectories(Path.of(arguments[1])), DiskSync.MEMORY);
        PowerCutPlan plan = new PowerCutPlan(Long.parseLong(arguments[2]));
        int done = Integer.parseInt(arguments[3]);
        for (int i = 0; i < done; i++) {
            plan.next();
        }
        try (Storage storage = open(Path.of(arguments[0]), sync)) {
            System.out.println("@opened");
            PowerCutWriter writer = new PowerCutWriter(storage, sender);
            for (int number = done; ; number++) {
                System.out.println("@next " + number);
                if (System.in.read() != LEAVE) {
                    break;
                }
                writer.run(plan.next());
                System.out.println("@done " + number);
            }
        }
    }

    static ChronicleStorage open(Path data, DiskSync sync) {
        return ChronicleStorage.open(
                data,
                SmallLog.OPTIONS,
                new ChronicleStorage.Surroundings(sync, SnapshotDirectory::open, Background.thread("storage")));
    }

    private void run(Operation operation) {
        Optional<HardState> vote = operation.vote() == 0
                ? Optional.empty()
                : Optional.of(new HardState(operation.vote(), Optional.of(new MemberId("b"))));
        switch (operation.kind()) {
            case APPEND ->
                storage.persist(
                        vote, StorageContractTest.entries(operation.first(), operation.last(), operation.term()));
            case VOTE -> storage.persist(vote, List.of());
            case TAKE -> take(storage.snapshots(), operation);
            case RECEIVE -> receive(operation);
            case INSTALL -> storage.persist(vote, Optional.of(find(operation)), List.of());
            case COMPACT -> storage.compact(operation.first());
            case DROP -> storage.snapshots().dropOlderThan(find(operation));
        }
    }

    private static Snapshot take(SnapshotStore snapshots, Operation operation) {
        try (Draft draft = snapshots.begin(new SnapshotHead(
                operation.last(),
                operation.term(),
                operation.last() * 1000,
                MEMBERS,
                "id",
                "orders",
                "",
                Payload.EMPTY))) {
            draft.write(ByteBuffer.wrap(content(operation)));
            return draft.finish();
        }
    }

    /** The application's part of a snapshot follows from its place. */
    static byte[] content(Operation operation) {
        byte[] content = new byte[operation.bytes()];
        new Random(operation.last() * 31 + operation.term()).nextBytes(content);
        return content;
    }

    private void receive(Operation operation) {
        Snapshot sent = take(sender, operation);
        Random random = new Random(operation.last());
        long here = 0;
        while (here < sent.bytes()) {
            Payload piece = sender.read(sent, here, 1 + random.nextInt(100_000)).orElseThrow();
            here = storage.snapshots().put(sent, here, piece);
        }
        sender.dropOlderThan(sent);
    }

    private Snapshot find(Operation operation) {
        return storage.snapshots().whole().stream()
                .filter(snapshot -> snapshot.index() == operation.last() && snapshot.term() == operation.term())
                .findFirst()
                .orElseThrow();
    }
}
