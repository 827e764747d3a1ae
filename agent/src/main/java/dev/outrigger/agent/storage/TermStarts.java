package dev.outrigger.agent.storage;

import dev.outrigger.agent.core.message.LogOutline.TermStart;
import java.util.ArrayList;
import java.util.List;

/** The term of every index of a log, kept as the few places where it changes. */
final class TermStarts {
    private final List<TermStart> starts = new ArrayList<>();

    /** The term at {@code index}, which is in the log; 0 for index 0. */
    long termAt(long index) {
        int low = 0;
        int high = starts.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (starts.get(middle).firstIndex() <= index) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high < 0 ? 0 : starts.get(high).term();
    }

    /** Sets the term at {@code index} and forgets whatever followed. */
    void put(long index, long term) {
        while (!starts.isEmpty() && last().firstIndex() >= index) {
            starts.remove(starts.size() - 1);
        }
        if (starts.isEmpty() || last().term() != term) {
            starts.add(new TermStart(term, index));
        }
    }

    /** Forgets what is before {@code index}, which is in the log: a run that reaches over it begins there. */
    void dropBefore(long index) {
        long term = termAt(index);
        while (!starts.isEmpty() && starts.get(0).firstIndex() <= index) {
            starts.remove(0);
        }
        starts.add(0, new TermStart(term, index));
    }

    /** Forgets all there is; the term at {@code index} is the only one left. */
    void restart(long index, long term) {
        starts.clear();
        if (index > 0) {
            starts.add(new TermStart(term, index));
        }
    }

    List<TermStart> list() {
        return List.copyOf(starts);
    }

    private TermStart last() {
        return starts.get(starts.size() - 1);
    }
}
