package dev.outrigger.agent.core.message;

import java.util.List;
import java.util.Optional;

/**
 * What the core needs to know of a log without holding its entries.
 *
 * @param firstIndex first index kept; 1 for a log that was never compacted
 * @param lastIndex last index, {@code firstIndex - 1} for an empty log
 * @param terms where each term begins, by rising index; the first run covers {@code firstIndex - 1} too, unless that is 0
 * @param lastTimeMillis agreed time of the last entry, or of the snapshot when there is none; 0 before anything
 * @param configurations the entries of kind {@link Entry.Kind#CONFIGURATION} in the log, by rising index
 * @param snapshot the latest snapshot on this disk; present when {@code firstIndex} is above 1, and never before
 *     {@code firstIndex - 1}
 * @param skips the entries of kind {@link Entry.Kind#SKIP} in the log, by rising index; nothing that the core needs
 */
public record LogOutline(
        long firstIndex,
        long lastIndex,
        List<TermStart> terms,
        long lastTimeMillis,
        List<Entry> configurations,
        Optional<Snapshot> snapshot,
        List<Entry> skips) {
    public static final LogOutline EMPTY = new LogOutline(1, 0, List.of(), 0);

    public LogOutline {
        terms = List.copyOf(terms);
        configurations = List.copyOf(configurations);
        skips = List.copyOf(skips);
    }

    /** A log without decisions to skip a command. */
    public LogOutline(
            long firstIndex,
            long lastIndex,
            List<TermStart> terms,
            long lastTimeMillis,
            List<Entry> configurations,
            Optional<Snapshot> snapshot) {
        this(firstIndex, lastIndex, terms, lastTimeMillis, configurations, snapshot, List.of());
    }

    /** A log that was never compacted, without configurations. */
    public LogOutline(long firstIndex, long lastIndex, List<TermStart> terms, long lastTimeMillis) {
        this(firstIndex, lastIndex, terms, lastTimeMillis, List.of(), Optional.empty());
    }

    /** The same with what the disk holds beside the log. */
    public LogOutline with(Optional<Snapshot> latest) {
        return new LogOutline(firstIndex, lastIndex, terms, lastTimeMillis, configurations, latest, skips);
    }

    /**
     * @param term the term
     * @param firstIndex index of its first entry
     */
    public record TermStart(long term, long firstIndex) {}
}
