package dev.outrigger.agent.wire;

import dev.outrigger.agent.core.message.Fitness;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import java.util.List;

/** What members tell each other of their applications, in an {@code AppReport}. Implementations are immutable. */
public sealed interface AppRecord {
    /**
     * A member says how its application is and what it answered lately.
     *
     * @param fitness whether it would be well enough to lead
     * @param differsFrom index from which its application is known to have gone another way than the others'; 0 unless it is
     *     quarantined
     * @param appliedIndex the last command that its application says it has applied, 0 for none
     * @param pausedIndex the command that its application cannot apply, 0 for none
     * @param stretches hashes of the latest whole stretches of answers, by rising index
     * @param open hash of the answers since the last of those
     * @param states what the application said of its state, lately
     */
    record Standing(
            Fitness fitness,
            long differsFrom,
            long appliedIndex,
            long pausedIndex,
            List<AnswerHash> stretches,
            AnswerHash open,
            List<StateHash> states)
            implements AppRecord {
        public Standing {
            stretches = List.copyOf(stretches);
            states = List.copyOf(states);
        }
    }

    /**
     * All that the application answered to the commands in a part of the log.
     *
     * @param firstIndex first index, inclusive
     * @param lastIndex last index, inclusive; {@code firstIndex - 1} for nothing
     * @param hash of the answers in their order
     */
    record AnswerHash(long firstIndex, long lastIndex, long hash) {}

    /** @param hash of what the application said of its state after the command at {@code index} */
    record StateHash(long index, long hash) {}

    /**
     * The leader tells how everybody's applications are, itself included.
     *
     * @param members those it has heard of lately, by name
     * @param divergences of answers, that are not settled by quarantine yet
     */
    record Roster(List<MemberStanding> members, List<Divergence> divergences) implements AppRecord {
        public Roster {
            members = List.copyOf(members);
            divergences = List.copyOf(divergences);
        }
    }

    /** As in {@link Standing}. */
    record MemberStanding(MemberId member, Fitness fitness, long differsFrom, long appliedIndex, long pausedIndex) {}

    /**
     * Applications answered differently.
     *
     * @param firstIndex the first command that they answered differently; when that is not known to the index, where the part
     *     of the log begins in which they differ
     * @param lastIndex the same index, or where that part ends
     * @param agreed the majority of the voters that agree with each other, by name; empty when there is none
     * @param others the members whose answer is another, by name; without a majority all whose answer is known
     */
    record Divergence(long firstIndex, long lastIndex, List<MemberId> agreed, List<MemberId> others) {
        public Divergence {
            agreed = List.copyOf(agreed);
            others = List.copyOf(others);
        }

        /** Whether the first command that differs is known. */
        public boolean isExact() {
            return firstIndex == lastIndex;
        }
    }

    /** The leader asks what was answered to each command from {@code firstIndex} to {@code lastIndex}. */
    record AnswersWanted(long firstIndex, long lastIndex) implements AppRecord {}

    /**
     * What was answered to each command of a part of the log.
     *
     * @param firstIndex where what is known begins; {@code hashes} has one for each index from here on, 0 for what was no
     *     command
     * @param hashes empty when nothing of it is known any more
     * @param states what the application said of its state in that part
     */
    record Answers(long firstIndex, List<Long> hashes, List<StateHash> states) implements AppRecord {
        /** At most so many hashes are asked for and sent. */
        public static final int HASHES_MAX = 1024;

        public Answers {
            hashes = List.copyOf(hashes);
            states = List.copyOf(states);
        }
    }

    /**
     * A member in quarantine asks the leader for a snapshot of its application.
     *
     * @param indexMin the snapshot must cover this index
     * @param checksum of the snapshot that it has begun to receive, 0 for none
     * @param offset how much of that one it has
     */
    record SnapshotWanted(long indexMin, long checksum, long offset) implements AppRecord {}

    /**
     * A piece of it.
     *
     * @param snapshot which snapshot
     * @param offset place of the first byte
     * @param bytes the piece
     */
    record SnapshotPiece(Snapshot snapshot, long offset, Payload bytes) implements AppRecord {}

    /** @param reason why there is none, in a few words for people */
    record NoSnapshot(String reason) implements AppRecord {}
}
