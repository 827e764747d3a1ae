package dev.outrigger.agent.cli.conformance;

import dev.outrigger.agent.cli.conformance.SnapshotChecks.Taken;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The same commands give the same results and the same state: the one rule that only the application can keep. */
final class ReplayChecks {
    private static final int COMMANDS = 64;

    private ReplayChecks() {}

    static List<Check> all() {
        return List.of(new Check(
                "deterministic",
                "1, apply and snapshot",
                "the same results for the same commands, after a restore or on a second instance (--twin)",
                "each instance applies the log by itself: a clock, a random number or an order of a hash table that gets"
                        + " into a result makes them differ for ever",
                subject -> subject.twin().isPresent() ? onTwin(subject, subject.twin().get()) : afterRestore(subject)));
    }

    private static String onTwin(Subject subject, App app) {
        Subject twin = new Subject(
                app,
                Optional.empty(),
                subject.supply(),
                subject.commandBytesMax(),
                subject.epoch());
        twin.ask();
        bringUp(subject, twin);
        for (int i = 0; i < COMMANDS; i++) {
            Delivery delivery = subject.next(1);
            Results here = subject.deliver(delivery);
            Results there = twin.deliver(delivery.asReplay());
            if (!here.equals(there)) {
                throw new Deviation("the two instances differ at " + difference(delivery, here, there));
            }
        }
        Subject.sameAnswer(subject.query(), twin.query());
        return "the same results on both instances, and the same answer to a query";
    }

    /** By a snapshot, so that restored and grown states are compared; by the whole log where there is none. */
    private static void bringUp(Subject subject, Subject twin) {
        try {
            Taken taken = SnapshotChecks.take(subject);
            Deviation.unless(
                    twin.position().index() <= taken.position().index(),
                    "the second instance is ahead, at " + twin.position() + ": start it afresh");
            SnapshotChecks.put(twin, taken, taken.position());
        } catch (NotOffered e) {
            List<Delivery> history =
                    subject.wholeHistory().orElseThrow(() -> new NotOffered("start both instances afresh for this"));
            if (twin.position().index() > 0) {
                throw new NotOffered("start both instances afresh for this");
            }
            history.forEach(delivery -> twin.deliver(delivery.withEpoch(subject.epoch()).asReplay()));
        }
    }

    private static String afterRestore(Subject subject) {
        Taken taken = SnapshotChecks.take(subject);
        List<byte[]> commands = new ArrayList<>();
        for (int i = 0; i < COMMANDS; i++) {
            commands.add(subject.supply().command(i));
        }
        Delivery first = subject.next(commands, 1);
        Results before = subject.deliver(first);
        // The same state, as far ahead as these commands came: an agent never restores backwards.
        SnapshotChecks.put(subject, taken, subject.position());
        Delivery second = subject.next(commands, 1);
        Results after = subject.deliver(second);
        if (before.results().equals(after.results())) {
            return "the same results after a restore";
        }
        String came = "after a restore other results, at " + difference(second, before, after);
        if (subject.supply().pure()) {
            throw new Deviation(came);
        }
        throw new NotOffered(
                came + "; that is right only where they depend on index or time: a second instance (--twin) would tell");
    }

    private static String difference(Delivery delivery, Results one, Results other) {
        int at = 0;
        while (one.results().get(at).equals(other.results().get(at))) {
            at++;
        }
        return "index " + delivery.commands().get(at).index();
    }
}
