package dev.outrigger.agent.session;

/**
 * What is to be done with a command of a session; the same on every member.
 *
 * @param kind what to do
 * @param appliedIndex index of the entry that this sequence number was first given; 0 unless {@link Kind#DUPLICATE},
 *     {@link Kind#SKIPPED} or {@link Kind#CONFLICT}
 */
public record Verdict(Kind kind, long appliedIndex) {
    static final Verdict APPLY = new Verdict(Kind.APPLY, 0);
    static final Verdict FORGOTTEN = new Verdict(Kind.FORGOTTEN, 0);
    static final Verdict EXPIRED = new Verdict(Kind.EXPIRED, 0);

    /** Only {@link #APPLY} may reach the application. */
    public enum Kind {
        /** A number of its session that was not applied yet: execute it. */
        APPLY,
        /** Applied before, with the same body. Its result may still be kept; see {@link SessionResults}. */
        DUPLICATE,
        /** Came before, with the same body, and it was decided that nobody applies it. */
        SKIPPED,
        /** So far below the highest number, or below 1, that nobody can tell whether it was applied. */
        FORGOTTEN,
        /** Applied before with another body: a mistake of the client. */
        CONFLICT,
        /** No such session: closed, ended for want of use or of room, or never opened. */
        EXPIRED
    }
}
