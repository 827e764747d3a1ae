package dev.outrigger.agent.session;

/**
 * What is to be done with a command of a session; the same on every member.
 *
 * @param kind what to do
 * @param appliedIndex index of the entry that applied this sequence number first; 0 unless {@link Kind#DUPLICATE} or
 *     {@link Kind#CONFLICT}
 */
public record Verdict(Kind kind, long appliedIndex) {
    static final Verdict APPLY = new Verdict(Kind.APPLY, 0);
    static final Verdict FORGOTTEN = new Verdict(Kind.FORGOTTEN, 0);
    static final Verdict EXPIRED = new Verdict(Kind.EXPIRED, 0);
    static final Verdict GAP = new Verdict(Kind.GAP, 0);

    /** Only {@link #APPLY} may reach the application. */
    public enum Kind {
        /** The next number of its session: execute it. */
        APPLY,
        /** Applied before, with the same body. Its result may still be kept; see {@link SessionResults}. */
        DUPLICATE,
        /** Applied before, so long ago that neither its index nor its body is remembered. */
        FORGOTTEN,
        /** Applied before with another body: a mistake of the client. */
        CONFLICT,
        /** No such session: closed, ended for want of use or of room, or never opened. */
        EXPIRED,
        /** Below 1 or beyond the next number. Refused for good: nothing waits for the numbers between. */
        GAP
    }
}
