package dev.outrigger.agent.app;

import dev.outrigger.agent.app.Decision.AwaitCommit;
import dev.outrigger.agent.app.Decision.Deliver;
import dev.outrigger.agent.app.Decision.Refuse;

/**
 * The decision after each {@code info}: a function of its arguments alone. Only committed entries are ever delivered, so
 * an application that belongs to this log stands at one of its entries, with the same term.
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
        if (index < log.firstIndex() - 1) {
            return new Refuse("the application has applied " + position(info)
                    + ", but the log here no longer has what follows: it begins at index " + log.firstIndex()
                    + "; start the application from a newer state");
        }
        // Below the first index no term is kept.
        if (index >= log.firstIndex() && log.termAt(index) != info.appliedTerm()) {
            return new Refuse("the application has applied " + position(info) + ", but the log here has term "
                    + log.termAt(index) + " at that index: this member lost its log or the state is another's;"
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
