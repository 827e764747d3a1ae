package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.ChunkFetch;
import dev.outrigger.agent.core.message.ChunkWrite;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.LogFetch;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Ready;
import dev.outrigger.agent.core.message.Snapshot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** A core and its disk, driven as {@link Ready} asks for, one deliberate step at a time. */
final class Member {
    private CoreOptions options;
    private final RandomGenerator random;
    private final Deque<Ready> writing = new ArrayDeque<>();
    /** What the disk has read or put aside, and the core does not know yet. */
    private final Deque<Consumer<RaftCore>> answers = new ArrayDeque<>();

    private Disk disk;
    private RaftCore core;

    Member(CoreOptions options, Disk disk, RandomGenerator random) {
        this.options = options;
        this.random = random;
        this.disk = disk;
        this.core = new RaftCore(options, disk.hardState(), disk.outline(), random);
    }

    RaftCore core() {
        return core;
    }

    Disk disk() {
        return disk;
    }

    /** Takes the next Ready; what it asks to be made durable is on its way to the disk from now on. */
    Ready ready() {
        Ready ready = core.ready();
        writing.add(ready);
        ready.fetches().forEach(this::read);
        ready.chunkFetches().forEach(this::read);
        ready.chunkWrites().forEach(this::putAside);
        return ready;
    }

    /** Readys that are on their way to the disk. */
    int writing() {
        return writing.size();
    }

    /** Makes the oldest {@code readies} durable with one force; returns what may be sent from now on. */
    List<Message> persist(int readies) {
        List<Message> released = new ArrayList<>();
        long number = 0;
        for (int i = 0; i < readies; i++) {
            Ready ready = writing.removeFirst();
            disk.write(ready, Integer.MAX_VALUE);
            released.addAll(ready.sendAfterPersist());
            number = ready.number();
        }
        core.persisted(number);
        return released;
    }

    private void read(LogFetch fetch) {
        List<Entry> entries = disk.read(fetch.firstIndex(), fetch.bytesMax());
        answers.add(core -> core.fetched(fetch.follower(), entries));
    }

    /** The bytes of a snapshot are of no interest here, only their number. */
    private void read(ChunkFetch fetch) {
        Snapshot snapshot = fetch.snapshot();
        int bytes = (int) Math.min(fetch.bytesMax(), snapshot.bytes() - fetch.offset());
        answers.add(core -> core.chunkFetched(fetch.follower(), snapshot, fetch.offset(), Payload.of(new byte[bytes])));
    }

    private void putAside(ChunkWrite write) {
        long stored = disk.receive(write);
        answers.add(core -> core.chunkStored(write.snapshot(), stored));
    }

    /** Takes a snapshot of {@code bytes} bytes at {@code index}; the log from {@code firstKept} on is kept. */
    void takeSnapshot(long index, long firstKept, long bytes) {
        Snapshot taken =
                new Snapshot(index, core.termAt(index), 0, core.configurationAt(index), bytes, 31 * index + bytes);
        disk.compact(taken, firstKept);
        core.snapshotTaken(taken, firstKept);
    }

    /** Whether what the core has asked for has been read, or put aside. */
    boolean fetching() {
        return !answers.isEmpty();
    }

    /** Tells it. */
    void fetch() {
        while (fetching()) {
            answers.removeFirst().accept(core);
        }
    }

    /** What it has asked for goes wrong: the test itself tells the core how. */
    void forgetAnswers() {
        answers.clear();
    }

    /** The power goes, and comes back. Of what was on its way, the first {@code kept} pieces have reached the disk. */
    void restart(int kept) {
        int left = kept;
        for (Ready ready : writing) {
            left -= disk.write(ready, left);
        }
        restart(disk);
    }

    /** Comes back with a disk that is another one to the others, too. */
    void restart(Disk found, String storageId) {
        options = new CoreOptions(
                options.self(),
                storageId,
                options.formed(),
                options.electionTicks(),
                options.heartbeatTicks(),
                options.appendEntriesMax(),
                options.appendBytesMax(),
                options.inflightAppendsMax(),
                options.inflightBytesMax(),
                options.uncommittedBytesMax(),
                options.tailBytesMax(),
                options.pendingReadsMax(),
                options.chunkBytesMax());
        restart(found);
    }

    /** Comes back with what is on this disk. */
    void restart(Disk found) {
        writing.clear();
        answers.clear();
        disk = found;
        core = new RaftCore(options, disk.hardState(), disk.outline(), random);
    }
}
