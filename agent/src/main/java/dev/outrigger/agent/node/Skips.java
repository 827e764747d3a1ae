package dev.outrigger.agent.node;

import dev.outrigger.agent.app.SkipDecision;
import dev.outrigger.agent.core.message.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The decisions to pass over a command that are in the log. One counts when it is committed; while it is not, the command
 * it names is not delivered if that can still be helped, so that it is not delivered a moment before it is to be passed
 * over. On the event loop.
 */
final class Skips {
    /** By the index of the decision: in the log, not known to be committed. */
    private final TreeMap<Long, SkipDecision> pending = new TreeMap<>();
    /** By the index of the command. */
    private final Map<Long, SkipDecision> decided = new HashMap<>();

    private final long lastIndexAtStart;

    /**
     * @param found the decisions in the log at start
     * @param lastIndex where that log ended
     */
    Skips(List<Entry> found, long lastIndex) {
        found.forEach(this::add);
        this.lastIndexAtStart = lastIndex;
    }

    /** @param decisionIndex where the decision stands; what was in the log at start may have been carried out before */
    record Decided(long decisionIndex, boolean foundAtStart, SkipDecision decision) {}

    /** Entries have come to the log, and take the place of all from the first of them on. */
    void appended(List<Entry> entries) {
        if (!entries.isEmpty()) {
            pending.tailMap(entries.get(0).index(), true).clear();
            entries.forEach(this::add);
        }
    }

    private void add(Entry entry) {
        if (entry.kind() == Entry.Kind.SKIP) {
            SkipDecision.decode(entry.data())
                    .filter(decision -> decision.index() < entry.index())
                    .ifPresent(decision -> pending.put(entry.index(), decision));
        }
    }

    /** A snapshot has taken the place of the log: its end is committed, and whatever stood before it is in it. */
    void installed(long index) {
        pending.clear();
    }

    /** What counts from now on, since everything up to {@code commitIndex} is committed. */
    List<Decided> committed(long commitIndex) {
        List<Decided> now = new ArrayList<>();
        while (!pending.isEmpty() && pending.firstKey() <= commitIndex) {
            Map.Entry<Long, SkipDecision> first = pending.pollFirstEntry();
            SkipDecision decision = first.getValue();
            if (decided.putIfAbsent(decision.index(), decision) == null) {
                now.add(new Decided(first.getKey(), first.getKey() <= lastIndexAtStart, decision));
            }
        }
        return now;
    }

    boolean isSkipped(long index) {
        return decided.containsKey(index);
    }

    /** The last index before the first command that may have to be passed over. */
    long certainUpTo() {
        return pending.values().stream().mapToLong(SkipDecision::index).min().orElse(Long.MAX_VALUE) - 1;
    }
}
