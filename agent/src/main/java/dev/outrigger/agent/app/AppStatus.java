package dev.outrigger.agent.app;

import java.util.Optional;

/**
 * Where the application stands.
 *
 * @param state what the channel is doing
 * @param appName what the application calls itself; empty before the first hand-shake
 * @param version the application's version; empty before the first hand-shake
 * @param appliedIndex index of the last command that the application says it has applied, 0 for none
 * @param appliedTerm term of that command, 0 for none
 * @param reason when not serving, one sentence: what happened, at which index, what the agent does next; else empty
 * @param sinceNanos {@link System#nanoTime()} when this state began
 * @param poison while paused, the command that cannot be applied
 */
public record AppStatus(
        State state,
        Optional<String> appName,
        Optional<String> version,
        long appliedIndex,
        long appliedTerm,
        Optional<String> reason,
        long sinceNanos,
        Optional<Poison> poison) {
    public AppStatus(
            State state,
            Optional<String> appName,
            Optional<String> version,
            long appliedIndex,
            long appliedTerm,
            Optional<String> reason,
            long sinceNanos) {
        this(state, appName, version, appliedIndex, appliedTerm, reason, sinceNanos, Optional.empty());
    }

    /** The names are those of {@code app.state} in the status document, in lower case. */
    public enum State {
        /** Position agreed; commands are delivered as they commit. */
        SERVING,
        /** Not reachable, in doubt, or at a position that the leader must confirm first. */
        WAITING,
        /** Delivering what it missed. */
        REPLAYING,
        /** It is given a snapshot; the reason says how far that is. */
        RESTORING,
        /** It is known to have answered otherwise than the others: nothing is delivered, and nothing asked of it. */
        QUARANTINED,
        /** It fails at one command; delivery stands there and is tried again from time to time. */
        PAUSED,
        /** Its state does not belong to this log; nothing is delivered until that changes. */
        REFUSED
    }

    static AppStatus beforeFirstContact() {
        return new AppStatus(
                State.WAITING,
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                Optional.of("the application has not been asked yet"),
                System.nanoTime());
    }

    AppStatus as(State now, Optional<String> why) {
        return new AppStatus(
                now,
                appName,
                version,
                appliedIndex,
                appliedTerm,
                why,
                now == state ? sinceNanos : System.nanoTime(),
                now == State.PAUSED ? poison : Optional.empty());
    }

    AppStatus informed(AppInfo info) {
        return new AppStatus(
                state,
                info.name(),
                info.version(),
                info.appliedIndex(),
                info.appliedTerm(),
                reason,
                sinceNanos,
                poison);
    }

    AppStatus applied(long index, long term) {
        return new AppStatus(state, appName, version, index, term, reason, sinceNanos, poison);
    }

    AppStatus paused(Poison at) {
        return new AppStatus(state, appName, version, appliedIndex, appliedTerm, reason, sinceNanos, Optional.of(at));
    }

    /** Whether commands submitted here can be answered by this application. */
    public boolean attached() {
        return state == State.SERVING || state == State.REPLAYING;
    }
}
