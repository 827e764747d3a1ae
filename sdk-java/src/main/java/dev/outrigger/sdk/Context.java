package dev.outrigger.sdk;

import java.time.Instant;

/**
 * What surrounds a command, the same on every instance but for {@code replaying}.
 *
 * @param position where the state stands once this command is applied
 * @param timeMillis the agreed time in milliseconds since 1970: assigned by the leader, never decreasing, the only clock
 *     a state machine may use
 * @param replaying whether this instance is catching up with commands that others may have applied long ago; for
 *     progress reports and side effects, never for the state
 */
public record Context(Position position, long timeMillis, boolean replaying) {
    /** Where the command stands in the log, from 1; indexes rise but need not be adjacent. */
    public long index() {
        return position.index();
    }

    /** Term of the command. */
    public long term() {
        return position.term();
    }

    /** The agreed time. */
    public Instant time() {
        return Instant.ofEpochMilli(timeMillis);
    }
}
