package dev.outrigger.agent.core.message;

import java.util.List;

/**
 * What the core needs to know of a log without holding its entries.
 *
 * @param firstIndex first index kept; 1 for a log that was never compacted
 * @param lastIndex last index, {@code firstIndex - 1} for an empty log
 * @param terms where each term begins, by rising index; the first begins at {@code firstIndex}
 * @param lastTimeMillis agreed time of the last entry, 0 for an empty log
 */
public record LogOutline(long firstIndex, long lastIndex, List<TermStart> terms, long lastTimeMillis) {
    public static final LogOutline EMPTY = new LogOutline(1, 0, List.of(), 0);

    public LogOutline {
        terms = List.copyOf(terms);
    }

    /**
     * @param term the term
     * @param firstIndex index of its first entry
     */
    public record TermStart(long term, long firstIndex) {}
}
