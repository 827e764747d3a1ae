package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.wire.AppRecord.Answers;
import dev.outrigger.agent.wire.AppRecord.Divergence;
import dev.outrigger.agent.wire.AppRecord.StateHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The leader looks at every single answer in a part of the log in which members differ: where does it begin, and who is
 * alone with what it answered? Whoever differs from what a majority of the voters answered alike is outvoted. Without such
 * a majority nobody can say who is right.
 */
final class Inquiry {
    private final long firstIndex;
    private final long lastIndex;
    private final Set<MemberId> asked;
    private final Map<MemberId, Answers> answers = new TreeMap<>();
    /** Hash of all answers in the part, by those who said so: for want of single answers. */
    private final Map<MemberId, Long> wholes;

    /**
     * @param asked whose answers are awaited
     * @param wholes hash of all answers in the part, of those of whom it is known
     */
    Inquiry(long firstIndex, long lastIndex, Set<MemberId> asked, Map<MemberId, Long> wholes) {
        this.firstIndex = firstIndex;
        this.lastIndex = lastIndex;
        this.asked = new TreeSet<>(asked);
        this.wholes = new TreeMap<>(wholes);
    }

    long firstIndex() {
        return firstIndex;
    }

    long lastIndex() {
        return lastIndex;
    }

    void add(MemberId member, Answers said) {
        asked.remove(member);
        answers.put(member, said);
    }

    boolean isComplete() {
        return asked.isEmpty();
    }

    /**
     * What comes of it: for each outvoted member where it begins; or, when nobody can be outvoted, one that names all; or
     * nothing, when they do not differ.
     *
     * @param voters who counts for a majority
     */
    List<Divergence> decide(Set<MemberId> voters) {
        List<Divergence> found = new ArrayList<>();
        Optional<Divergence> open = Optional.empty();
        for (long index = firstIndex; index <= lastIndex && found.isEmpty(); index++) {
            Map<MemberId, Long> said = answersAt(index);
            found.addAll(outvoted(said, voters, index));
            open = open.isPresent() ? open : undecided(said, index, index);
        }
        for (long index : stateIndexes()) {
            if (found.isEmpty()) {
                Map<MemberId, Long> said = statesAt(index);
                found.addAll(outvotedByState(said, voters, index));
                open = open.isPresent() ? open : undecided(said, stateBefore(said, index) + 1, index);
            }
        }
        if (found.isEmpty() && open.isEmpty()) {
            outvoted(wholes, voters)
                    .forEach((member, agreed) ->
                            found.add(new Divergence(firstIndex, lastIndex, agreed, List.of(member))));
            open = undecided(wholes, firstIndex, lastIndex);
        }
        return found.isEmpty() ? open.map(List::of).orElse(List.of()) : found;
    }

    private List<Divergence> outvoted(Map<MemberId, Long> said, Set<MemberId> voters, long index) {
        List<Divergence> found = new ArrayList<>();
        outvoted(said, voters).forEach((member, agreed) -> {
            long first = firstDifference(member, agreed, index);
            found.add(new Divergence(first, first, agreed, List.of(member)));
        });
        return found;
    }

    private List<Divergence> outvotedByState(Map<MemberId, Long> said, Set<MemberId> voters, long index) {
        List<Divergence> found = new ArrayList<>();
        outvoted(said, voters)
                .forEach((member, agreed) ->
                        found.add(new Divergence(stateBefore(said, index) + 1, index, agreed, List.of(member))));
        return found;
    }

    /** Who differs from what a majority of the voters said alike, and who they are. */
    private static Map<MemberId, List<MemberId>> outvoted(Map<MemberId, Long> said, Set<MemberId> voters) {
        Map<Long, List<MemberId>> groups = new TreeMap<>();
        said.forEach((member, hash) ->
                groups.computeIfAbsent(hash, ignored -> new ArrayList<>()).add(member));
        Map<MemberId, List<MemberId>> outvoted = new TreeMap<>();
        for (List<MemberId> group : groups.values()) {
            if (group.stream().filter(voters::contains).count() > voters.size() / 2) {
                said.keySet().stream()
                        .filter(member -> !group.contains(member))
                        .forEach(member -> outvoted.put(member, group));
            }
        }
        return outvoted;
    }

    private static Optional<Divergence> undecided(Map<MemberId, Long> said, long first, long last) {
        return said.values().stream().distinct().count() > 1
                ? Optional.of(new Divergence(first, last, List.of(), List.copyOf(said.keySet())))
                : Optional.empty();
    }

    /** The others may have differed before, when too few of those who agree could say so. */
    private long firstDifference(MemberId member, List<MemberId> agreed, long index) {
        for (long earlier = firstIndex; earlier < index; earlier++) {
            Map<MemberId, Long> said = answersAt(earlier);
            Optional<Long> own = Optional.ofNullable(said.get(member));
            boolean differs = own.isPresent()
                    && agreed.stream()
                            .map(said::get)
                            .anyMatch(theirs -> theirs != null && !own.get().equals(theirs));
            if (differs) {
                return earlier;
            }
        }
        return index;
    }

    /** The last index before {@code index} at which those who say anything of their state are at one. */
    private long stateBefore(Map<MemberId, Long> said, long index) {
        long before = firstIndex - 1;
        for (long earlier : stateIndexes()) {
            Map<MemberId, Long> then = statesAt(earlier);
            then.keySet().retainAll(said.keySet());
            if (earlier < index
                    && then.size() == said.size()
                    && then.values().stream().distinct().count() == 1) {
                before = earlier;
            }
        }
        return before;
    }

    private Map<MemberId, Long> answersAt(long index) {
        Map<MemberId, Long> said = new TreeMap<>();
        answers.forEach((member, all) -> {
            long at = index - all.firstIndex();
            if (at >= 0 && at < all.hashes().size()) {
                said.put(member, all.hashes().get((int) at));
            }
        });
        return said;
    }

    private Map<MemberId, Long> statesAt(long index) {
        Map<MemberId, Long> said = new TreeMap<>();
        answers.forEach((member, all) -> all.states().stream()
                .filter(state -> state.index() == index)
                .forEach(state -> said.put(member, state.hash())));
        return said;
    }

    private Set<Long> stateIndexes() {
        Set<Long> indexes = new TreeSet<>();
        answers.values()
                .forEach(all -> all.states().stream()
                        .map(StateHash::index)
                        .filter(index -> index >= firstIndex && index <= lastIndex)
                        .forEach(indexes::add));
        return indexes;
    }
}
