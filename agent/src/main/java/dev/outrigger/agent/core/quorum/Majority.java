package dev.outrigger.agent.core.quorum;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * A set of voters that decides by majority. Immutable.
 *
 * @param <T> what identifies a voter; walked in its natural order
 */
public final class Majority<T extends Comparable<T>> {
    private final TreeSet<T> voters;

    /** Throws {@link IllegalArgumentException} when {@code voters} is empty: nobody could ever decide. */
    public Majority(Collection<T> voters) {
        if (voters.isEmpty()) {
            throw new IllegalArgumentException("a majority needs voters");
        }
        this.voters = new TreeSet<>(voters);
    }

    public boolean contains(T member) {
        return voters.contains(member);
    }

    public int size() {
        return voters.size();
    }

    /** The smallest number of voters that is more than half. */
    public int threshold() {
        return voters.size() / 2 + 1;
    }

    /** Whether the voters that satisfy {@code condition} are a majority. */
    public boolean reachedBy(Predicate<T> condition) {
        return voters.stream().filter(condition).count() >= threshold();
    }

    /** Where the vote stands, given the answers so far; answers of others than the voters do not count. */
    public VoteResult result(Map<T, Boolean> answers) {
        if (reachedBy(voter -> answers.getOrDefault(voter, false))) {
            return VoteResult.WON;
        }
        boolean winnable = reachedBy(voter -> answers.getOrDefault(voter, true));
        return winnable ? VoteResult.PENDING : VoteResult.LOST;
    }

    /** The highest value that a majority has reached: with match indexes, what is committed (Paper §5.3). */
    public long reached(ToLongFunction<T> value) {
        long[] values = voters.stream().mapToLong(value).toArray();
        Arrays.sort(values);
        return values[values.length - threshold()];
    }
}
