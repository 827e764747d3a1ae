package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.wire.Hello;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Decides when a member is replaced without an operator by an agent of its name whose disk holds nothing. What must not
 * happen is that two agents of one name take turns, so the disk to be replaced must have been silent for long, and one that
 * was ever a member's, or holds anything, is never put in its place. That a majority knows all that was acknowledged is up
 * to the change itself, which goes through the log. On the event loop; told the time, in {@link System#nanoTime()}.
 */
final class AutomaticReplacement {
    /** For so many election timeouts the disk to be replaced was silent, and the new one has knocked. */
    static final int PATIENCE_ELECTION_TIMEOUTS = 10;
    /** One attempt in so many, whoever is to be replaced. */
    static final int ATTEMPT_ELECTION_TIMEOUTS = 20;

    private final MemberId self;
    private final long electionTimeoutNanos;
    private final Map<MemberId, Long> heardNanos = new TreeMap<>();
    private Optional<Long> leadsSinceNanos = Optional.empty();
    private Optional<Long> attemptedNanos = Optional.empty();

    AutomaticReplacement(MemberId self, Duration electionTimeout) {
        this.self = self;
        this.electionTimeoutNanos = electionTimeout.toNanos();
    }

    /**
     * @param clusterId the cluster's id
     * @param configuration the one in force
     * @param isChanging whether it is on its way to another, or not known to be committed
     */
    record Group(String clusterId, Configuration configuration, boolean isChanging) {}

    /** What becomes of an agent that knocks, and why. */
    record Verdict(Kind kind, String reason) {
        enum Kind {
            /** It is not replaced without an operator. */
            NEVER,
            WAIT,
            NOW
        }
    }

    /** How long an attempt may take, and how long after it the next one may come. */
    Duration attemptEvery() {
        return Duration.ofNanos(electionTimeoutNanos * ATTEMPT_ELECTION_TIMEOUTS);
    }

    /** The member was heard of, on the very disk that the configuration names. */
    void heard(MemberId member, long nowNanos) {
        heardNanos.put(member, nowNanos);
    }

    /** Told often: whether this agent leads. */
    void leads(boolean leads, long nowNanos) {
        leadsSinceNanos = leads ? leadsSinceNanos.or(() -> Optional.of(nowNanos)) : Optional.empty();
    }

    void attempted(long nowNanos) {
        attemptedNanos = Optional.of(nowNanos);
    }

    /** Whether to begin now. */
    Verdict decide(Strangers.Met stranger, Group group, long nowNanos) {
        Verdict verdict = judge(stranger, group, nowNanos);
        long waitNanos = attemptedNanos
                .map(attempt -> attempt + electionTimeoutNanos * ATTEMPT_ELECTION_TIMEOUTS - nowNanos)
                .orElse(0L);
        return verdict.kind() == Verdict.Kind.NOW && waitNanos > 0
                ? wait("another " + seconds(waitNanos) + ", since one attempt was made not long ago")
                : verdict;
    }

    /** The same, but for the pause between attempts. */
    Verdict judge(Strangers.Met stranger, Group group, long nowNanos) {
        MemberId name = stranger.hello().node();
        Optional<String> unfit = unfit(stranger.hello(), group);
        if (unfit.isPresent()) {
            return new Verdict(Verdict.Kind.NEVER, unfit.get());
        }
        if (leadsSinceNanos.isEmpty()) {
            return wait("the leader to do it: look at its page");
        }
        if (group.isChanging()) {
            return wait("the end of the change of members that is under way");
        }
        if (!isQuorumWithout(name, group.configuration(), nowNanos)) {
            return wait("a majority of the voters to be in contact without " + name);
        }
        long silentNanos = nowNanos - lastSignNanos(name, leadsSinceNanos.get());
        long knockedNanos = nowNanos - stranger.firstNanos();
        long waitNanos = electionTimeoutNanos * PATIENCE_ELECTION_TIMEOUTS - Math.min(silentNanos, knockedNanos);
        return waitNanos > 0
                ? wait("another " + seconds(waitNanos) + " in which the old disk is silent and the new one knocks")
                : new Verdict(Verdict.Kind.NOW, "");
    }

    private static Optional<String> unfit(Hello hello, Group group) {
        if (!hello.blank()) {
            return Optional.of("its disk holds a log, so it is not a new one");
        }
        if (hello.cluster().isPresent()) {
            return Optional.of("its disk was a member's before");
        }
        String known = hello.rejoins().orElse("");
        if (!known.isEmpty() && !known.equals(group.clusterId())) {
            return Optional.of("its disk belonged to another cluster, " + known);
        }
        Stream<String> others = group.configuration().everybody().stream()
                .filter(member -> !member.id().equals(hello.node()))
                .map(member -> member.id() + "=");
        List<String> listed = hello.initialMembers();
        boolean listsAnother = others.anyMatch(prefix -> listed.stream().anyMatch(member -> member.startsWith(prefix)));
        return listsAnother ? Optional.empty() : Optional.of("it lists no other member of this cluster");
    }

    /** Enough for the present voters to agree, and for those that are left. */
    private boolean isQuorumWithout(MemberId name, Configuration configuration, long nowNanos) {
        List<MemberId> voters = configuration.voters();
        long heard = voters.stream()
                .filter(voter -> !voter.equals(name))
                .filter(voter -> voter.equals(self) || isInContact(voter, nowNanos))
                .count();
        return heard > voters.size() / 2;
    }

    private boolean isInContact(MemberId member, long nowNanos) {
        Long heard = heardNanos.get(member);
        return heard != null && nowNanos - heard < electionTimeoutNanos;
    }

    /** Who was not heard of at all may have talked to the leader before this one. */
    private long lastSignNanos(MemberId member, long leadsSince) {
        Long heard = heardNanos.get(member);
        return heard == null || heard - leadsSince < 0 ? leadsSince : heard;
    }

    private static Verdict wait(String reason) {
        return new Verdict(Verdict.Kind.WAIT, reason);
    }

    private static String seconds(long nanos) {
        return Math.max(1, Duration.ofNanos(nanos).toSeconds()) + " s";
    }
}
