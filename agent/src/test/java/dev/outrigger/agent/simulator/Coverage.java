package dev.outrigger.agent.simulator;

import dev.outrigger.agent.core.RoleName;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.simulator.front.Happening;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was exercised. A simulator that never did a thing has not tested it, and nobody would notice: so empty cells are
 * listed. Counts of several seeds add up.
 */
final class Coverage {
    private static final FaultKind[] FAULTS = FaultKind.values();
    private static final Message.Kind[] MESSAGES = Message.Kind.values();
    private static final Feature[] FEATURES = Feature.values();
    private static final Sometimes[] SOMETIMES = Sometimes.values();
    private static final Happening[] HAPPENINGS = Happening.values();
    private static final Fate[] FATES = Fate.values();
    private static final Bearer[] BEARERS = Bearer.values();

    /** From so many seeds on everything must have happened. */
    private static final long SEEDS_FOR_ALL = 3000;
    /** Of the seeds that have to live, one in so many at most may lose too much for that. */
    private static final long DOOMED_ONE_IN = 100;
    /** Of all seeds, one in so many at most may leave open whether what clients saw was right. */
    private static final long UNJUDGED_ONE_IN = 1000;

    private long seeds;
    private long bound;
    private long doomed;
    private long unjudged;
    private final long[] faults = new long[FAULTS.length * BEARERS.length];
    private final long[] messages = new long[MESSAGES.length * FATES.length];
    private final long[] pairs = new long[FEATURES.length * FEATURES.length];
    private final long[] sometimes = new long[SOMETIMES.length];
    private final long[] happenings = new long[HAPPENINGS.length];
    private final boolean[] features = new boolean[FEATURES.length];

    /** What the machine was that a fault has hit. */
    enum Bearer {
        FOLLOWER,
        CANDIDATE,
        LEADER,
        DOWN
    }

    /** What may become of a message. */
    enum Fate {
        LOST,
        DUPLICATED,
        DELAYED_OVER_TERM
    }

    /** What tends to break where it meets another. */
    enum Feature {
        MEMBERSHIP,
        SNAPSHOT,
        TRANSFER,
        PRE_VOTE,
        READ_INDEX,
        SESSION_EXPIRY,
        POWER_CUT,
        APP_CRASH
    }

    /** States that have to be met now and then. */
    enum Sometimes {
        READ_WAITED_FOR_NOOP,
        CANDIDATE_WITH_PENDING_CHANGE,
        LEADER_LEFT_THE_CLUSTER,
        SNAPSHOT_INSTALLED,
        INSTALL_OVER_PENDING_CHANGE,
        ENTRIES_SUPERSEDED,
        CONFIGURATION_SUPERSEDED,
        ENTRIES_READ_FROM_DISK,
        CHUNK_WAS_MISSING,
        TRANSFER_ACCEPTED,
        LEARNER_PROMOTED,
        MEMBER_REPLACED,
        DISK_REFUSED_TO_OPEN,
        STRANGE_DISK_REFUSED,
        CHANGE_ACCEPTED,
        CHANGE_REFUSED_PENDING,
        CHANGE_REFUSED_INVALID,
        CHANGE_REFUSED_UNHEALTHY,
        PROPOSAL_OVERLOADED,
        PROPOSAL_WHILE_TRANSFERRING,
        LED_WHILE_DISK_STALLED,
        READ_AFTER_PAUSE,
        ENDED_WITH_SILENT_DISK,
        ENDED_WITH_FAILED_TRANSFER,
        ENDED_WITH_OLD_TERM_AHEAD
    }

    static Bearer bearer(@Nullable RoleName role) {
        if (role == null) {
            return Bearer.DOWN;
        }
        return switch (role) {
            case FOLLOWER -> Bearer.FOLLOWER;
            case PRE_CANDIDATE, CANDIDATE -> Bearer.CANDIDATE;
            case LEADER -> Bearer.LEADER;
        };
    }

    void fault(FaultKind kind, @Nullable RoleName role) {
        faults[kind.ordinal() * BEARERS.length + bearer(role).ordinal()]++;
    }

    void message(Message.Kind kind, Fate fate) {
        messages[kind.ordinal() * FATES.length + fate.ordinal()]++;
    }

    void met(Feature feature) {
        features[feature.ordinal()] = true;
    }

    void met(Happening what) {
        happenings[what.ordinal()]++;
    }

    /** This seed is one that has to live on in the end. */
    void boundToLive() {
        bound++;
    }

    /** It was, but too much is lost: nothing is asked of it but safety. */
    void doomed() {
        doomed++;
    }

    /** The search for an order of what clients saw was given up. */
    void unjudged() {
        unjudged++;
    }

    void met(Sometimes what) {
        sometimes[what.ordinal()]++;
    }

    long count(FaultKind kind) {
        long sum = 0;
        for (int bearer = 0; bearer < BEARERS.length; bearer++) {
            sum += faults[kind.ordinal() * BEARERS.length + bearer];
        }
        return sum;
    }

    long count(Sometimes what) {
        return sometimes[what.ordinal()];
    }

    /** Adds what one seed has exercised. */
    void add(Coverage seed) {
        seeds++;
        bound += seed.bound;
        doomed += seed.doomed;
        unjudged += seed.unjudged;
        add(happenings, seed.happenings);
        add(faults, seed.faults);
        add(messages, seed.messages);
        add(sometimes, seed.sometimes);
        add(pairs, seed.pairs);
        for (int one = 0; one < FEATURES.length; one++) {
            for (int other = 0; other < FEATURES.length; other++) {
                if (seed.features[one] && seed.features[other]) {
                    pairs[one * FEATURES.length + other]++;
                }
            }
        }
    }

    private static void add(long[] to, long[] from) {
        for (int i = 0; i < to.length; i++) {
            to[i] += from[i];
        }
    }

    /** Everything that never happened, by name. */
    List<String> missed() {
        List<String> missed = new ArrayList<>();
        for (FaultKind kind : FAULTS) {
            for (Bearer bearer : BEARERS) {
                if (isPossible(kind, bearer) && faults[kind.ordinal() * BEARERS.length + bearer.ordinal()] == 0) {
                    missed.add(kind + " x " + bearer);
                }
            }
        }
        for (Message.Kind kind : MESSAGES) {
            for (Fate fate : FATES) {
                if (isPossible(kind, fate) && messages[kind.ordinal() * FATES.length + fate.ordinal()] == 0) {
                    missed.add(kind + " x " + fate);
                }
            }
        }
        for (int one = 0; one < FEATURES.length; one++) {
            for (int other = one + 1; other < FEATURES.length; other++) {
                if (pairs[one * FEATURES.length + other] == 0) {
                    missed.add(FEATURES[one] + " x " + FEATURES[other]);
                }
            }
        }
        for (Happening what : HAPPENINGS) {
            if (happenings[what.ordinal()] == 0) {
                missed.add(what.name());
            }
        }
        for (Sometimes what : SOMETIMES) {
            if (sometimes[what.ordinal()] == 0) {
                missed.add(what.name());
            }
        }
        return missed;
    }

    /** Why so many seeds without a failure say less than they should; nothing for few seeds. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        if (seeds >= SEEDS_FOR_ALL) {
            missed().forEach(cell -> complaints.add("never happened: " + cell));
            if (doomed * DOOMED_ONE_IN > bound) {
                complaints.add(doomed + " of " + bound + " seeds that had to live could not");
            }
            if (unjudged * UNJUDGED_ONE_IN > seeds) {
                complaints.add(unjudged + " of " + seeds + " histories were not judged");
            }
        }
        return complaints;
    }

    /** Figures in JSON, without braces. */
    String figures() {
        return "\"boundToLive\":" + bound + ",\"doomed\":" + doomed + ",\"unjudged\":" + unjudged;
    }

    private static boolean isPossible(FaultKind kind, Bearer bearer) {
        return switch (kind) {
            case REMOVE_LEADER, TRANSFER_SELF -> bearer == Bearer.LEADER;
            case REMOVE_DEAD, TRANSFER_DEAD, ROT, WIPE, REPLACE_WIPED, ADD_LEARNER, ADD_VOTER, SEVERAL_CHANGES ->
                bearer == Bearer.DOWN;
            default -> bearer != Bearer.DOWN;
        };
    }

    private static boolean isPossible(Message.Kind kind, Fate fate) {
        if (kind == Message.Kind.APP_REPORT) {
            return false; // nobody reports here: consensus does not rest on it
        }
        boolean once = switch (kind) {
            case PROPOSE_REQUEST, CONTROL_REQUEST, PROPOSE_RESPONSE, CONTROL_RESPONSE -> true;
            default -> false;
        };
        return !once || fate == Fate.LOST;
    }
}
