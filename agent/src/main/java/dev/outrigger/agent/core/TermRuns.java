package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.LogOutline.TermStart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The terms of a whole log as runs: terms only rise along a log, so a handful of (term, first index) pairs tell the term
 * of every entry without holding any of them.
 */
final class TermRuns {
    private long[] terms = new long[16];
    private long[] starts = new long[16];
    private int size;

    TermRuns(List<TermStart> runs) {
        runs.forEach(run -> append(run.firstIndex(), run.term()));
    }

    /** Term of the entry at {@code index}, which must not be before the first run. */
    long termAt(long index) {
        return terms[runOf(index)];
    }

    void append(long index, long term) {
        if (size > 0 && terms[size - 1] == term) {
            return;
        }
        if (size > 0 && terms[size - 1] > term) {
            throw new InvariantViolation("term " + term + " at index " + index + " follows term " + terms[size - 1]);
        }
        if (size == terms.length) {
            terms = Arrays.copyOf(terms, size * 2);
            starts = Arrays.copyOf(starts, size * 2);
        }
        terms[size] = term;
        starts[size++] = index;
    }

    /** Drops all from {@code index} on. */
    void truncateFrom(long index) {
        while (size > 0 && starts[size - 1] >= index) {
            size--;
        }
    }

    /** Forgets the terms of all entries before {@code baseIndex}. */
    void compact(long baseIndex) {
        int keptFrom = runOf(baseIndex);
        size -= keptFrom;
        System.arraycopy(terms, keptFrom, terms, 0, size);
        System.arraycopy(starts, keptFrom, starts, 0, size);
    }

    /** Forgets everything but that the entry at {@code index}, the last one, is of {@code term}. */
    void reset(long index, long term) {
        size = 0;
        append(index, term);
    }

    /**
     * The highest index up to {@code index} whose term is at most {@code term}, or the index before the first run: two
     * logs cannot match above it when the other has {@code term} at {@code index} (Paper §5.3, end).
     */
    long lastIndexWithTermAtMost(long index, long term) {
        long candidate = index;
        for (int run = size - 1; run >= 0; run--) {
            if (starts[run] <= candidate) {
                if (terms[run] <= term) {
                    return candidate;
                }
                candidate = starts[run] - 1;
            }
        }
        return candidate;
    }

    List<TermStart> runs() {
        List<TermStart> runs = new ArrayList<>(size);
        for (int run = 0; run < size; run++) {
            runs.add(new TermStart(terms[run], starts[run]));
        }
        return runs;
    }

    private int runOf(long index) {
        if (size > 0 && starts[size - 1] <= index) {
            return size - 1;
        }
        int found = Arrays.binarySearch(starts, 0, size, index);
        int run = found >= 0 ? found : -found - 2;
        if (run < 0) {
            throw new InvariantViolation("no term is known for index " + index);
        }
        return run;
    }
}
