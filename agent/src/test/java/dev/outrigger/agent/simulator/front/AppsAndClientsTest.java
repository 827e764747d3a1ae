package dev.outrigger.agent.simulator.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.session.SessionLimits;
import dev.outrigger.agent.simulator.Host;
import dev.outrigger.agent.simulator.Timeline;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AppsAndClientsTest {
    private static final int OPERATIONS = 400;
    private static final int SEEDS = 200;
    private static final int FEW_SEEDS = 20;

    private static final PerfectRun.Build WHOLE =
            (timeline, random, size, watch, log) -> new AppsAndClients(timeline, random, size, watch);

    @Test
    void nothingIsWrongOverAPerfectLog() {
        long operations = 0;
        long[] happened = new long[Happening.values().length];
        for (long seed = 1; seed <= SEEDS; seed++) {
            PerfectRun run = new PerfectRun(seed, OPERATIONS, WHOLE);
            assertNull(run.run(), "seed " + seed);
            operations += run.workload().operations();
            for (Happening what : Happening.values()) {
                happened[what.ordinal()] += run.workload().count(what);
            }
        }
        for (Happening what : Happening.values()) {
            assertTrue(happened[what.ordinal()] >= 1, what + " happened " + happened[what.ordinal()] + " times");
        }
        assertTrue(operations > SEEDS * OPERATIONS / 3, "clients were kept from asking: " + operations);
    }

    @Test
    void oneSeedIsOneCourseOfEvents() {
        for (long seed = 1; seed <= 5; seed++) {
            PerfectRun one = new PerfectRun(seed, OPERATIONS, WHOLE);
            PerfectRun other = new PerfectRun(seed, OPERATIONS, WHOLE);
            assertNull(one.run());
            assertNull(other.run());
            assertEquals(one.timeline().happened(), other.timeline().happened());
            assertEquals(one.timeline().nowMicros(), other.timeline().nowMicros());
            assertEquals(one.workload().describe(), other.workload().describe());
        }
    }

    @Test
    void findsACommandThatIsSkippedWhenTheApplicationRestarts() {
        assertFound((timeline, random, size, watch, log) -> new AppsAndClients(timeline, random, size, watch) {
            @Override
            VirtualApp app(int rank, Timeline line, SplittableRandom own, AppFaults faults, FrontWatch told) {
                return new SkippingApp(rank, line, own, faults, told, log);
            }
        });
    }

    @Test
    void findsATableThatIsEmptyWhenTheAgentRestarts() {
        assertFound((timeline, random, size, watch, log) -> new AppsAndClients(timeline, random, size, watch) {
            @Override
            SessionBook book(Host host, SessionLimits limits, long resultBytesMax) {
                return new ForgetfulBook(limits, resultBytesMax, host.bootEpoch() > 1 ? log.lastIndex() : 0);
            }
        });
    }

    @Test
    void findsSessionsThatEndByTheMembersOwnClock() {
        assertFound((timeline, random, size, watch, log) -> new AppsAndClients(timeline, random, size, watch) {
            @Override
            SessionBook book(Host host, SessionLimits limits, long resultBytesMax) {
                return new ImpatientBook(limits, resultBytesMax, host);
            }
        });
    }

    private static void assertFound(PerfectRun.Build broken) {
        int found = 0;
        for (long seed = 1; seed <= FEW_SEEDS; seed++) {
            found += new PerfectRun(seed, OPERATIONS, broken).run() == null ? 0 : 1;
        }
        assertTrue(found >= 3, "found in " + found + " of " + FEW_SEEDS + " seeds");
    }

    /** Comes back from a crash as if it had applied the command after its last one. */
    private static final class SkippingApp extends VirtualApp {
        private final PerfectLog log;

        SkippingApp(
                int node,
                Timeline timeline,
                SplittableRandom random,
                AppFaults faults,
                FrontWatch watch,
                PerfectLog log) {
            super(node, timeline, random, faults, watch);
            this.log = log;
        }

        @Override
        void restarted() {
            long index = appliedIndex() + 1;
            while (index <= log.lastIndex()) {
                Entry entry = log.entry(index);
                if (entry.kind() == Entry.Kind.COMMAND && Envelope.kind(entry.data()) == Envelope.PLAIN) {
                    pretend(index, entry.term());
                    return;
                }
                if (entry.kind() == Entry.Kind.COMMAND && Envelope.kind(entry.data()) == Envelope.COMMAND) {
                    return; // It may be one that is not for the application.
                }
                index++;
            }
        }
    }

    /** Applies what comes again, if it comes after a restart of the agent. */
    private static final class ForgetfulBook extends SessionBook {
        private final long forgottenIndex;

        ForgetfulBook(SessionLimits limits, long resultBytesMax, long forgottenIndex) {
            super(limits, resultBytesMax);
            this.forgottenIndex = forgottenIndex;
        }

        @Override
        Ruling rule(Entry entry) {
            Ruling ruling = super.rule(entry);
            boolean known = entry.index() <= forgottenIndex || ruling.kind != Ruling.Kind.DUPLICATE;
            return known
                    ? ruling
                    : new Ruling(
                            entry, Ruling.Kind.APPLY, ruling.session, ruling.sequence, Envelope.body(entry.data()));
        }
    }

    /** Looks at the member's clock instead of the log's. */
    private static final class ImpatientBook extends SessionBook {
        private final Host host;

        ImpatientBook(SessionLimits limits, long resultBytesMax, Host host) {
            super(limits, resultBytesMax);
            this.host = host;
        }

        @Override
        long timeMillis(Entry entry) {
            return host.wallMillis();
        }
    }
}
