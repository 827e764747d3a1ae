package dev.outrigger.agent.simulator.front;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.core.message.ProposeReceipt.Refusal;
import dev.outrigger.agent.simulator.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One log for all members, in place of a cluster: what is appended is committed at once. It makes trouble only as far as a
 * cluster may: proposals and receipts get lost, are refused, or lose their place to a new leader's entry.
 */
final class PerfectLog {
    private static final int HOUR_MILLIS = 3_600_000;

    private final Timeline timeline;
    private final RandomGenerator random;
    private final double trouble;
    private final List<PerfectHost> hosts = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();
    private long term = 1;
    private long timeMillis = 1_000_000;
    private long clockMillis;

    PerfectLog(Timeline timeline, RandomGenerator random, double trouble) {
        this.timeline = timeline;
        this.random = random;
        this.trouble = trouble;
        append(Entry.Kind.NOOP, Payload.EMPTY);
    }

    void add(PerfectHost host) {
        hosts.add(host);
    }

    long lastIndex() {
        return entries.size();
    }

    Entry entry(long index) {
        return entries.get((int) index - 1);
    }

    List<Entry> slice(long from, long to, int bytesMax) {
        int count = 0;
        int bytes = 0;
        while (from + count <= to && (count == 0 || bytes + entry(from + count).sizeBytes() <= bytesMax)) {
            bytes += entry(from + count).sizeBytes();
            count++;
        }
        return List.copyOf(entries.subList((int) from - 1, (int) from - 1 + count));
    }

    /** A proposal has arrived at whoever leads. */
    void propose(PerfectHost from, long proposalId, List<Payload> commands) {
        double draw = random.nextDouble();
        if (draw < trouble) {
            return; // Lost.
        }
        if (draw < 2 * trouble) {
            Refusal refusal = random.nextBoolean() ? Refusal.NOT_LEADER : Refusal.OVERLOADED;
            from.receiptLater(new ProposeReceipt(proposalId, refusal, 0, 0));
            return;
        }
        ProposeReceipt receipt = new ProposeReceipt(proposalId, Refusal.NONE, lastIndex() + 1, term);
        if (draw < 3 * trouble) {
            elect(); // Appended, and gone with its leader: the next one's entry takes the place.
        } else {
            for (Payload command : commands) {
                append(Entry.Kind.COMMAND, command);
            }
        }
        if (draw < 0.99) {
            from.receiptLater(receipt);
        }
        announce();
    }

    private void elect() {
        term++;
        // Clocks of leaders differ; agreed time stands still until the new one has caught up.
        clockMillis = random.nextInt(10) == 0 ? random.nextLong(HOUR_MILLIS) : random.nextLong(2_000);
        append(Entry.Kind.NOOP, Payload.EMPTY);
    }

    private void append(Entry.Kind kind, Payload data) {
        timeMillis = Math.max(timeMillis, 1_000_000 + clockMillis + timeline.nowMicros() / 1000);
        entries.add(new Entry(lastIndex() + 1, term, kind, timeMillis, data));
    }

    private void announce() {
        long index = lastIndex();
        for (PerfectHost host : hosts) {
            timeline.after(1 + random.nextLong(5_000), () -> host.committed(index));
        }
    }

    /** The snapshot with the highest index that anybody has, to be sent to one that is behind. */
    PerfectHost furthestSnapshot() {
        PerfectHost furthest = hosts.get(0);
        for (PerfectHost host : hosts) {
            furthest = host.snapshotIndex() > furthest.snapshotIndex() ? host : furthest;
        }
        return furthest;
    }

    List<PerfectHost> hosts() {
        return hosts;
    }
}
