package dev.outrigger.agent.simulator.front;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.core.message.ReadGrant;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.simulator.Host;
import dev.outrigger.agent.simulator.NodeFront;
import dev.outrigger.agent.simulator.Timeline;
import dev.outrigger.agent.simulator.Workload;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A machine on the {@link PerfectLog}: its agent's process may end, start again and freeze; its disk never fails. */
final class PerfectHost {
    private final int rank;
    private final Timeline timeline;
    private final RandomGenerator random;
    private final PerfectLog log;
    private final int memoryEntries;
    private final int keptEntries;
    private @Nullable Process process;
    private long boots;

    private long durable;
    private long firstIndex = 1;
    private @Nullable Snapshot snapshot;
    private Payload snapshotBytes = Payload.EMPTY;

    PerfectHost(int rank, Timeline timeline, RandomGenerator random, PerfectLog log) {
        this.rank = rank;
        this.timeline = timeline;
        this.random = random;
        this.log = log;
        this.memoryEntries = 1 + random.nextInt(40);
        this.keptEntries = random.nextInt(20);
    }

    void boot(Workload workload) {
        Process booted = new Process(++boots);
        process = booted;
        booted.front = workload.boot(booted);
        timeline.after(random.nextLong(200_000), () -> committed(log.lastIndex()));
    }

    boolean isRunning() {
        return process != null;
    }

    long boots() {
        return boots;
    }

    void stop() {
        Process ending = process;
        process = null;
        if (ending != null && ending.front != null) {
            ending.front.stopped();
        }
    }

    void freeze(long micros) {
        Process frozen = process;
        if (frozen != null && !frozen.frozen) {
            frozen.frozen = true;
            timeline.after(micros, frozen::thaw);
        }
    }

    long snapshotIndex() {
        return snapshot == null ? 0 : snapshot.index();
    }

    /** A leader says that everything up to {@code index} is committed, and sends what is missing. */
    void committed(long index) {
        PerfectHost other = log.furthestSnapshot();
        Process now = process;
        if (now == null || now.frozen) {
            return;
        }
        Snapshot sent = other.snapshot;
        if (sent != null && sent.index() > durable && sent.index() <= index && random.nextInt(3) == 0) {
            snapshot = sent;
            snapshotBytes = other.snapshotBytes;
            firstIndex = sent.index() + 1;
            durable = sent.index();
        }
        durable = Math.max(durable, index);
        now.deliverable = Math.max(Math.max(now.deliverable, index), snapshotIndex());
        if (now.front != null) {
            now.front.deliverable();
        }
    }

    void receiptLater(ProposeReceipt receipt) {
        Process now = process;
        if (now != null) {
            now.after(1 + random.nextLong(6_000), () -> {
                if (now.front != null) {
                    now.front.receipt(receipt);
                }
            });
        }
    }

    /** One run of the process. */
    private final class Process implements Host {
        private final long epoch;
        private final Deque<Runnable> held = new ArrayDeque<>();
        private @Nullable NodeFront front;
        private boolean frozen;
        private long deliverable = firstIndex - 1;

        Process(long epoch) {
            this.epoch = epoch;
        }

        void thaw() {
            frozen = false;
            List<Runnable> due = new ArrayList<>(held);
            held.clear();
            for (Runnable action : due) {
                run(action);
            }
            timeline.after(1, () -> committed(log.lastIndex()));
        }

        private void run(Runnable action) {
            if (process != this) {
                return;
            }
            if (frozen) {
                held.add(action);
            } else {
                action.run();
            }
        }

        @Override
        public int rank() {
            return rank;
        }

        @Override
        public MemberId self() {
            return new MemberId("m" + rank);
        }

        @Override
        public long bootEpoch() {
            return epoch;
        }

        @Override
        public boolean isResponsive() {
            return process == this && !frozen;
        }

        @Override
        public void after(long micros, Runnable action) {
            timeline.after(micros, () -> run(action));
        }

        @Override
        public long wallMillis() {
            return timeline.nowMicros() / 1000;
        }

        @Override
        public void propose(long proposalId, List<Payload> commands) {
            timeline.after(1 + random.nextLong(3_000), () -> log.propose(PerfectHost.this, proposalId, commands));
        }

        @Override
        public void read(long readId) {
            long index = log.lastIndex();
            boolean granted = random.nextInt(50) != 0;
            if (random.nextInt(50) != 0) {
                after(1 + random.nextLong(5_000), () -> {
                    if (front != null) {
                        front.granted(new ReadGrant(readId, granted, granted ? index : 0));
                    }
                });
            }
        }

        @Override
        public Optional<MemberId> leader() {
            return Optional.of(new MemberId("m0"));
        }

        @Override
        public long firstIndex() {
            return firstIndex;
        }

        @Override
        public long lastIndex() {
            return durable;
        }

        @Override
        public long commitIndex() {
            return deliverable;
        }

        @Override
        public long deliverableIndex() {
            return deliverable;
        }

        @Override
        public long termAt(long index) {
            if (index < firstIndex - 1 || index > durable) {
                throw new IllegalArgumentException(index + " is not from " + (firstIndex - 1) + " to " + durable);
            }
            return index == 0 ? 0 : log.entry(index).term();
        }

        @Override
        public Optional<List<Entry>> deliverable(long from, int bytesMax) {
            if (from > deliverable || from < firstIndex) {
                throw new IllegalArgumentException(from + " is not from " + firstIndex + " to " + deliverable);
            }
            return from <= log.lastIndex() - memoryEntries
                    ? Optional.empty()
                    : Optional.of(log.slice(from, deliverable, bytesMax));
        }

        @Override
        public void readFromDisk(long from, int bytesMax, Consumer<List<Entry>> then) {
            after(
                    1 + random.nextLong(2_000),
                    () -> then.accept(from < firstIndex ? List.of() : log.slice(from, deliverable, bytesMax)));
        }

        @Override
        public Optional<Snapshot> snapshot() {
            return Optional.ofNullable(snapshot);
        }

        @Override
        public void readSnapshot(Snapshot wanted, Consumer<Optional<Payload>> then) {
            after(
                    1 + random.nextLong(10_000),
                    () -> then.accept(wanted.equals(snapshot) ? Optional.of(snapshotBytes) : Optional.empty()));
        }

        @Override
        public void snapshotProduced(long index, long term, long timeMillis, Payload bytes) {
            Entry last = log.entry(index);
            if (last.term() != term || last.timeMillis() != timeMillis) {
                throw new IllegalArgumentException("a snapshot of another entry than " + index);
            }
            if (index > snapshotIndex()) {
                Configuration all = Configuration.of(List.of(self()));
                snapshot = new Snapshot(index, term, timeMillis, all, bytes.length(), bytes.hashCode());
                snapshotBytes = bytes;
                firstIndex = Math.max(firstIndex, index + 1 - keptEntries);
            }
        }

        @Override
        public void applied(long index) {
            if (index > deliverable) {
                throw new IllegalArgumentException("applied " + index + " of " + deliverable);
            }
        }
    }
}
