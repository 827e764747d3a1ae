package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.quorum.Quorum;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The configurations of a log by the index from which each is in force. The latest one counts, committed or not (Paper
 * §6); when its entry is replaced, the one before counts again.
 */
final class Configurations {
    private final List<At> history = new ArrayList<>();
    private Quorum<MemberId> quorum;

    /**
     * @param base in force at {@code baseIndex}, and never replaced
     * @param entries of a log; those after {@code baseIndex} count
     */
    Configurations(Configuration base, long baseIndex, List<Entry> entries) {
        history.add(new At(baseIndex, base));
        for (Entry entry : entries) {
            if (entry.index() > baseIndex) {
                history.add(new At(entry.index(), Configuration.decode(entry.data())));
            }
        }
        quorum = quorumOfLatest();
    }

    Configuration latest() {
        return last().configuration;
    }

    /** Index of the entry that brought the latest; of the base, where the log or the snapshot begins. */
    long latestIndex() {
        return last().index;
    }

    /** Who decides by the latest. */
    Quorum<MemberId> quorum() {
        return quorum;
    }

    /** The one in force at {@code index}; for an index before the base the base. */
    Configuration at(long index) {
        int found = history.size() - 1;
        while (found > 0 && history.get(found).index > index) {
            found--;
        }
        return history.get(found).configuration;
    }

    /** Whether the configuration in force at {@code commitIndex}, or any later one, satisfies {@code condition}. */
    boolean anyFrom(long commitIndex, Predicate<Configuration> condition) {
        for (int i = history.size() - 1; i >= 0; i--) {
            if (condition.test(history.get(i).configuration)) {
                return true;
            }
            if (history.get(i).index <= commitIndex) {
                return false;
            }
        }
        return false;
    }

    void append(Entry entry) {
        history.add(new At(entry.index(), Configuration.decode(entry.data())));
        quorum = quorumOfLatest();
    }

    void truncateFrom(long index) {
        boolean changed = false;
        while (history.size() > 1 && last().index >= index) {
            history.remove(history.size() - 1);
            changed = true;
        }
        if (changed) {
            quorum = quorumOfLatest();
        }
    }

    /** Everything up to {@code index} is committed and covered by a snapshot: forgets what was in force before that. */
    void compact(long index) {
        while (history.size() > 1 && history.get(1).index <= index) {
            history.remove(0);
        }
    }

    private At last() {
        return history.get(history.size() - 1);
    }

    private Quorum<MemberId> quorumOfLatest() {
        return new Quorum<>(latest().voters(), latest().nextVoters());
    }

    private record At(long index, Configuration configuration) {}
}
