package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.LogFetch;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Ready;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

/** A core and its disk, driven as {@link Ready} asks for, one deliberate step at a time. */
final class Member {
    private final CoreOptions options;
    private final RandomGenerator random;
    private final Deque<Ready> writing = new ArrayDeque<>();
    private final Deque<Fetched> fetched = new ArrayDeque<>();
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
        ready.fetches().forEach(fetch -> fetched.add(read(fetch)));
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

    private Fetched read(LogFetch fetch) {
        return new Fetched(fetch.follower(), disk.read(fetch.firstIndex(), fetch.bytesMax()));
    }

    /** Whether entries that the core has asked for have been read. */
    boolean fetching() {
        return !fetched.isEmpty();
    }

    /** Hands them over. */
    void fetch() {
        while (fetching()) {
            Fetched read = fetched.removeFirst();
            core.fetched(read.follower, read.entries);
        }
    }

    /** The power goes, and comes back. Of what was on its way, the first {@code kept} pieces have reached the disk. */
    void restart(int kept) {
        int left = kept;
        for (Ready ready : writing) {
            left -= disk.write(ready, left);
        }
        restart(disk);
    }

    /** Comes back with another disk. */
    void restart(Disk found) {
        writing.clear();
        fetched.clear();
        disk = found;
        core = new RaftCore(options, disk.hardState(), disk.outline(), random);
    }

    private record Fetched(MemberId follower, List<Entry> entries) {}
}
