package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Fitness;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message.AppReport;
import dev.outrigger.agent.wire.AppRecord;
import dev.outrigger.agent.wire.AppRecord.AnswerHash;
import dev.outrigger.agent.wire.AppRecord.Answers;
import dev.outrigger.agent.wire.AppRecord.AnswersWanted;
import dev.outrigger.agent.wire.AppRecord.Divergence;
import dev.outrigger.agent.wire.AppRecord.MemberStanding;
import dev.outrigger.agent.wire.AppRecord.Roster;
import dev.outrigger.agent.wire.AppRecord.SnapshotWanted;
import dev.outrigger.agent.wire.AppRecord.Standing;
import dev.outrigger.agent.wire.AppRecord.StateHash;
import dev.outrigger.agent.wire.AppRecordCodec;
import dev.outrigger.agent.wire.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the applications of all members are, as far as this member knows. Followers tell their leader behind their
 * acknowledgements; it tells everybody, and looks for one that answers otherwise than the others: by hashes of stretches of
 * the log first, by every single answer where those differ. On the event loop.
 *
 * <p>Bounds: one standing for each member; one inquiry at a time; what a member says is at most a few kilobytes.
 */
final class Applications {
    private static final Logger LOG = LoggerFactory.getLogger(Applications.class);

    /** So many of the latest whole stretches are compared each time, so that a lost report hides nothing. */
    private static final int STRETCHES_TOLD = 64;

    private static final int STATES_TOLD = 16;

    /** What was not settled is looked into again after so many election timeouts: a member may have come back. */
    private static final int UNSETTLED_TIMEOUTS = 5;

    private final Group group;
    private final AnswerHashes hashes;
    private final long heartbeatNanos;
    private final long electionTimeoutNanos;
    private final Map<MemberId, Heard> heard = new TreeMap<>();
    /** Of a leader: those whose quarantine has not been confirmed. */
    private final Map<MemberId, Outvoted> outvoted = new TreeMap<>();
    /** Since a resync: what the leader says of the answers before it counts no more. */
    private boolean pardoned;

    private Optional<Divergence> undecided = Optional.empty();
    private long undecidedNanos;
    private Optional<Inquiry> inquiry = Optional.empty();
    private long inquiryNanos;
    private long toldNanos;
    private Optional<Roster> told = Optional.empty();
    private long rosterNanos;
    private boolean led;

    /** What it needs from the group that the applications belong to. */
    interface Group {
        MemberId self();

        boolean leads();

        Optional<MemberId> leader();

        /** Who counts for a majority. */
        Set<MemberId> voters();

        /** Everybody else who belongs to the cluster. */
        Set<MemberId> others();

        /** How the application beside this agent is, without hashes. */
        MemberStanding standing();

        void tell(MemberId to, AppRecord record);

        void fitness(MemberId member, Fitness fitness);

        /** A member in quarantine wants this leader's snapshot. */
        void snapshotWanted(MemberId member, SnapshotWanted wanted);

        /** The leader has sent a piece of its snapshot, or says why not. */
        void snapshotOffered(AppRecord record);

        /** The application beside this agent is the one that answers otherwise. */
        void outvoted(Divergence divergence);
    }

    private record Outvoted(Divergence divergence, long nanos) {}

    private record Heard(Standing standing, long nanos) {}

    Applications(Group group, AnswerHashes hashes, Duration heartbeat, Duration electionTimeout) {
        this.group = group;
        this.hashes = hashes;
        this.heartbeatNanos = heartbeat.toNanos();
        this.electionTimeoutNanos = electionTimeout.toNanos();
        long now = System.nanoTime();
        this.toldNanos = now - heartbeatNanos;
        this.rosterNanos = now;
    }

    /** An acknowledgement leaves for the leader: now and then the standing goes with it. */
    void acknowledged(MemberId leader, long nowNanos) {
        if (nowNanos - toldNanos >= heartbeatNanos) {
            toldNanos = nowNanos;
            group.tell(leader, standing());
        }
    }

    void received(AppReport report, long nowNanos) {
        AppRecord record;
        try {
            record = AppRecordCodec.decode(report.report());
        } catch (WireException e) {
            LOG.warn("{} says of its application what cannot be read: {}", report.from(), e.getMessage());
            return;
        }
        if (group.leads()) {
            heard(report.from(), record, nowNanos);
        } else {
            told(report.from(), record, nowNanos);
        }
    }

    private void heard(MemberId from, AppRecord record, long nowNanos) {
        if (record instanceof Standing standing) {
            heard.put(from, new Heard(standing, nowNanos));
            group.fitness(from, standing.fitness());
            if (standing.differsFrom() > 0) {
                outvoted.remove(from);
            }
            compare(from, standing, nowNanos);
            group.tell(from, roster(nowNanos));
        } else if (record instanceof Answers answers) {
            inquiry.ifPresent(open -> {
                open.add(from, answers);
                conclude(open, nowNanos);
            });
        } else if (record instanceof SnapshotWanted wanted) {
            group.snapshotWanted(from, wanted);
        }
    }

    private void told(MemberId leader, AppRecord record, long nowNanos) {
        if (record instanceof Roster roster) {
            told = Optional.of(roster);
            rosterNanos = nowNanos;
            roster.divergences().stream()
                    .filter(divergence -> !divergence.agreed().isEmpty())
                    .filter(divergence -> divergence.others().contains(group.self()))
                    .findFirst()
                    .ifPresentOrElse(divergence -> obey(leader, divergence), () -> pardoned = false);
        } else if (record instanceof AnswersWanted wanted) {
            group.tell(leader, answers(wanted.firstIndex(), wanted.lastIndex()));
        } else {
            group.snapshotOffered(record);
        }
    }

    /** The leader hears at once that it was heard: should a resync be quick, it must not repeat itself. */
    private void obey(MemberId leader, Divergence divergence) {
        if (!pardoned && group.standing().differsFrom() == 0) {
            group.outvoted(divergence);
            group.tell(leader, standing());
        }
    }

    /** The application has been given a clean state. */
    void pardon() {
        pardoned = true;
    }

    void tick(long nowNanos) {
        if (group.leads() != led) {
            led = group.leads();
            heard.clear();
            outvoted.clear();
            undecided = Optional.empty();
            inquiry = Optional.empty();
        }
        if (!led) {
            return;
        }
        // Whoever has not heard is found anew.
        outvoted.values().removeIf(known -> nowNanos - known.nanos() >= UNSETTLED_TIMEOUTS * electionTimeoutNanos);
        // This member's own application may have got to where it can be compared only now.
        heard.forEach((member, last) -> compare(member, last.standing(), nowNanos));
        inquiry.filter(open -> nowNanos - inquiryNanos >= electionTimeoutNanos)
                .ifPresent(open -> settle(open, nowNanos));
        boolean again = nowNanos - undecidedNanos >= UNSETTLED_TIMEOUTS * electionTimeoutNanos;
        if (again && inquiry.isEmpty()) {
            undecidedNanos = nowNanos;
            undecided.ifPresent(open -> inquire(open.firstIndex(), open.lastIndex(), nowNanos));
        }
    }

    // ---- what is known ----

    /** How the applications are of those that were heard of lately, this member's own included. */
    List<MemberStanding> members(long nowNanos) {
        return current(nowNanos).members();
    }

    /** Answers that differ, and whose members are not quarantined yet, or cannot be. */
    List<Divergence> divergences(long nowNanos) {
        return current(nowNanos).divergences();
    }

    private Roster current(long nowNanos) {
        if (group.leads()) {
            return roster(nowNanos);
        }
        return told.filter(roster -> group.leader().isPresent())
                .filter(roster -> nowNanos - rosterNanos < 2 * electionTimeoutNanos)
                .map(this::withOwn)
                .orElseGet(() -> new Roster(List.of(group.standing()), List.of()));
    }

    /** Of its own application this member knows more than it was told. */
    private Roster withOwn(Roster roster) {
        Map<MemberId, MemberStanding> members = new TreeMap<>();
        roster.members().forEach(member -> members.put(member.member(), member));
        members.put(group.self(), group.standing());
        return new Roster(List.copyOf(members.values()), roster.divergences());
    }

    private Roster roster(long nowNanos) {
        Map<MemberId, MemberStanding> members = new TreeMap<>();
        members.put(group.self(), group.standing());
        heard.forEach((member, last) -> {
            if (nowNanos - last.nanos() < 2 * electionTimeoutNanos) {
                Standing standing = last.standing();
                members.put(
                        member,
                        new MemberStanding(
                                member,
                                standing.fitness(),
                                standing.differsFrom(),
                                standing.appliedIndex(),
                                standing.pausedIndex()));
            }
        });
        List<Divergence> divergences = new ArrayList<>();
        outvoted.values().forEach(known -> divergences.add(known.divergence()));
        undecided.ifPresent(divergences::add);
        return new Roster(List.copyOf(members.values()), divergences);
    }

    private Standing standing() {
        MemberStanding own = group.standing();
        boolean trusted = own.differsFrom() == 0;
        return new Standing(
                own.fitness(),
                own.differsFrom(),
                own.appliedIndex(),
                own.pausedIndex(),
                trusted ? hashes.stretches(STRETCHES_TOLD) : List.of(),
                trusted ? hashes.open() : new AnswerHash(1, 0, 0),
                trusted ? hashes.states(STATES_TOLD) : List.of());
    }

    private Answers answers(long first, long last) {
        return group.standing().differsFrom() == 0
                ? hashes.answers(first, last)
                : new Answers(first, List.of(), List.of());
    }

    // ---- who answers otherwise ----

    private void compare(MemberId member, Standing standing, long nowNanos) {
        boolean settled = outvoted.containsKey(member) || group.standing().differsFrom() > 0;
        if (inquiry.isPresent() || settled || standing.differsFrom() > 0) {
            return;
        }
        List<AnswerHash> parts = new ArrayList<>(standing.stretches());
        parts.add(standing.open());
        for (AnswerHash part : parts) {
            OptionalLong own = hashes.hash(part.firstIndex(), part.lastIndex());
            if (own.isPresent() && own.getAsLong() != part.hash()) {
                suspect(part.firstIndex(), part.lastIndex(), nowNanos);
                return;
            }
        }
        for (StateHash state : standing.states()) {
            Optional<Long> own = hashes.stateAt(state.index());
            if (own.isPresent() && own.get() != state.hash()) {
                suspect(Math.max(1, state.index() - AnswerHashes.STRETCH + 1), state.index(), nowNanos);
                return;
            }
        }
    }

    /** What is known to differ, and cannot be settled now, is not looked into all the time. */
    private void suspect(long first, long last, long nowNanos) {
        boolean known = undecided
                .filter(open -> open.lastIndex() >= first && open.firstIndex() <= last)
                .isPresent();
        if (!known) {
            inquire(first, last, nowNanos);
        }
    }

    private void inquire(long first, long last, long nowNanos) {
        Map<MemberId, Long> wholes = new HashMap<>();
        hashes.hash(first, last).ifPresent(own -> wholes.put(group.self(), own));
        Set<MemberId> asked = new TreeSet<>();
        heard.forEach((member, known) -> {
            boolean trusted = known.standing().differsFrom() == 0 && !outvoted.containsKey(member);
            if (trusted && group.others().contains(member)) {
                asked.add(member);
                known.standing().stretches().stream()
                        .filter(part -> part.firstIndex() == first && part.lastIndex() == last)
                        .forEach(part -> wholes.put(member, part.hash()));
            }
        });
        Inquiry begun = new Inquiry(first, last, asked, wholes);
        begun.add(group.self(), answers(first, last));
        inquiry = Optional.of(begun);
        inquiryNanos = nowNanos;
        asked.forEach(member -> group.tell(member, new AnswersWanted(first, last)));
        conclude(begun, nowNanos);
    }

    private void conclude(Inquiry open, long nowNanos) {
        if (open.isComplete()) {
            settle(open, nowNanos);
        }
    }

    private void settle(Inquiry ended, long nowNanos) {
        inquiry = Optional.empty();
        undecidedNanos = nowNanos;
        List<Divergence> found = ended.decide(group.voters());
        undecided = undecided.filter(
                open -> open.lastIndex() < ended.firstIndex() || open.firstIndex() > ended.lastIndex());
        for (Divergence divergence : found) {
            if (divergence.agreed().isEmpty()) {
                LOG.error(
                        "DIVERGED: the applications of {} answered differently from index {} on, and no majority of the"
                                + " voters is at one",
                        divergence.others(),
                        divergence.firstIndex());
                undecided = Optional.of(divergence);
            } else {
                outvoted(divergence);
            }
        }
    }

    private void outvoted(Divergence divergence) {
        MemberId member = divergence.others().get(0);
        LOG.error(
                "DIVERGED: the application of {} answered otherwise than those of {} from index {} on",
                member,
                divergence.agreed(),
                divergence.firstIndex());
        if (member.equals(group.self())) {
            group.outvoted(divergence);
            // Whatever of it the others still need goes with the lead.
        } else {
            long now = System.nanoTime();
            outvoted.put(member, new Outvoted(divergence, now));
            group.tell(member, roster(now));
        }
    }
}
