package dev.outrigger.agent.app;

import dev.outrigger.agent.app.Decision.AwaitCommit;
import dev.outrigger.agent.app.Decision.Deliver;
import dev.outrigger.agent.app.Decision.Refuse;
import dev.outrigger.agent.app.Decision.Restore;
import java.util.Optional;

/**
 * The decision after each {@code info}: a function of its arguments alone. Only committed entries are ever delivered, so
 * an application that belongs to this log stands at one of its entries, with the same term.
 *
 * <p>To go on from there, the {@link Gate} must be there too. It gets there from the gate that is at hand, or from an
 * earlier place where one is known ({@link GateBases}), by reading the log. Where the application is behind all of these,
 * what was delivered before is not known at its place: it is given the snapshot, although the log may still hold the
 * entries that it lacks.
 */
final class Handshake {
    private Handshake() {}

    static Decision decide(AppInfo info, String clusterName, CommittedLog log) {
        long index = info.appliedIndex();
        if (info.cluster().isPresent() && !info.cluster().get().equals(clusterName)) {
            return new Refuse("the application's state belongs to cluster '"
                    + info.cluster().get() + "', this agent to '" + clusterName
                    + "'; give each the other it belongs to (OUTRIGGER_CLUSTER, OUTRIGGER_APP)");
        }
        if (index > log.lastIndex()) {
            return new Refuse("the application has applied " + position(info) + ", but the log here ends at "
                    + lastPosition(log) + ": this member lost its log or the state is another's;"
                    + " restart the application without state or bring the log back");
        }
        Optional<RestorableSnapshot> helpful = log.snapshot().filter(snapshot -> helps(snapshot, index, log));
        boolean behindTheLog = index < log.firstIndex() - 1;
        // A state of nothing has nothing to lose, and the snapshot is quicker than all the commands in it.
        if ((behindTheLog || index == 0) && helpful.isPresent()) {
            return new Restore(helpful.get());
        }
        if (behindTheLog) {
            return new Refuse("the application has applied " + position(info)
                    + ", but the log here no longer has what follows: it begins at index " + log.firstIndex()
                    + ", and there is no snapshot; start the application from a newer state");
        }
        long term = termAt(log, index).orElse(info.appliedTerm());
        if (term != info.appliedTerm()) {
            return new Refuse("the application has applied " + position(info) + ", but the log here has term " + term
                    + " at that index: this member lost its log or the state is another's;"
                    + " restart the application without state");
        }
        if (index > log.deliverableIndex()) {
            // Normal after a restart of the agent: how far the log is committed is known again once a leader says so.
            return new AwaitCommit("the application has applied " + position(info)
                    + ", which the log here has but which is known as committed only up to index "
                    + log.deliverableIndex() + "; waiting for the leader to confirm it");
        }
        return new Deliver(index, log.deliverableIndex());
    }

    /** The decision when the application is behind every place where a gate is known. */
    static Decision withoutGate(AppInfo info, CommittedLog log) {
        return log.snapshot()
                .filter(snapshot -> helps(snapshot, info.appliedIndex(), log))
                .<Decision>map(Restore::new)
                .orElseGet(() -> new Refuse("the application has applied " + position(info)
                        + ", and which sessions were open there is not known here any more, nor is there a later snapshot;"
                        + " restart the application without state or from a newer one"));
    }

    /** Whether the log goes on where the snapshot ends, and the snapshot is ahead of the application. */
    private static boolean helps(RestorableSnapshot snapshot, long appliedIndex, CommittedLog log) {
        return snapshot.index() > appliedIndex && snapshot.index() >= log.firstIndex() - 1;
    }

    /** Below the first index no term is kept, but for that of the snapshot. */
    static Optional<Long> termAt(CommittedLog log, long index) {
        return index >= log.firstIndex()
                ? Optional.of(log.termAt(index))
                : log.snapshot().filter(snapshot -> snapshot.index() == index).map(RestorableSnapshot::term);
    }

    private static String position(AppInfo info) {
        return position(info.appliedIndex(), info.appliedTerm());
    }

    private static String lastPosition(CommittedLog log) {
        long index = log.lastIndex();
        return index < log.firstIndex() ? "index " + index : position(index, log.termAt(index));
    }

    private static String position(long index, long term) {
        return index == 0 ? "nothing" : "index " + index + " of term " + term;
    }
}
