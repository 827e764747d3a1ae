package dev.outrigger.agent.core.quorum;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Who decides: a majority, or during a change of the voters two of them that must agree (Paper §6). Immutable.
 *
 * @param <T> what identifies a voter
 */
public final class Quorum<T extends Comparable<T>> {
    private final Majority<T> voters;
    private final Optional<Majority<T>> next;

    /** @param next voters to be; empty when no change is under way */
    public Quorum(Collection<T> voters, Collection<T> next) {
        this.voters = new Majority<>(voters);
        this.next = next.isEmpty() ? Optional.empty() : Optional.of(new Majority<>(next));
    }

    /** Whether {@code member} has a vote in either majority. */
    public boolean contains(T member) {
        return voters.contains(member) || next.isPresent() && next.get().contains(member);
    }

    /** Whether the voters that satisfy {@code condition} can decide. */
    public boolean reachedBy(Predicate<T> condition) {
        return voters.reachedBy(condition) && (next.isEmpty() || next.get().reachedBy(condition));
    }

    /** Where the vote stands, given the answers so far; answers of others than the voters do not count. */
    public VoteResult result(Map<T, Boolean> answers) {
        VoteResult one = voters.result(answers);
        VoteResult other = next.map(majority -> majority.result(answers)).orElse(one);
        if (one == VoteResult.LOST || other == VoteResult.LOST) {
            return VoteResult.LOST;
        }
        return one == other ? one : VoteResult.PENDING;
    }

    /** The highest value that every majority has reached: with match indexes, what is committed (Paper §5.3, §6). */
    public long reached(ToLongFunction<T> value) {
        long reached = voters.reached(value);
        return next.map(majority -> Math.min(reached, majority.reached(value))).orElse(reached);
    }
}
