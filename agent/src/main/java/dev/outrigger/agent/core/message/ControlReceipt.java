package dev.outrigger.agent.core.message;

/**
 * What became of one {@link Control}. Accepted is not done: a change of members is done when the configuration at
 * {@code index} is committed and no change is under way any more; a transfer, when another member leads, or it has failed
 * when this one still does after an election timeout.
 *
 * @param requestId the number that the asking member gave
 * @param verdict whether it was accepted
 * @param index accepted change of members: index of its first configuration entry; else 0
 * @param term accepted: the leader's term; else 0
 */
public record ControlReceipt(long requestId, Verdict verdict, long index, long term) {
    /** The tag is what is sent. */
    public enum Verdict {
        ACCEPTED(0),
        /** No leader is known here. */
        NO_LEADER(1),
        /** The member that was asked does not lead (any more). */
        NOT_LEADER(2),
        /**
         * Another change or transfer is under way, or the leader is so new that it does not know yet what is committed:
         * ask again.
         */
        PENDING(3),
        /** There is no such member, it cannot do this, or nobody would vote any more. */
        INVALID(4),
        /** Those who would have to go on were not heard of lately: the cluster would stop. */
        UNHEALTHY(5);

        private final int tag;

        Verdict(int tag) {
            this.tag = tag;
        }

        public int tag() {
            return tag;
        }
    }

    public static ControlReceipt refused(long requestId, Verdict verdict) {
        return new ControlReceipt(requestId, verdict, 0, 0);
    }

    public boolean accepted() {
        return verdict == Verdict.ACCEPTED;
    }
}
