package dev.outrigger.agent.core.message;

/**
 * Where one proposal went: either all of its commands took consecutive places in the leader's log, or none did and none
 * ever will. Being appended is not being committed: the caller waits until the entry at the index is applied, and looks
 * at its term, since a later leader may have put another entry there.
 *
 * @param proposalId the number that the proposer gave
 * @param refusal {@link Refusal#NONE} when appended
 * @param firstIndex index of the first command when appended, else 0
 * @param entryTerm term of the entries when appended, else 0
 */
public record ProposeReceipt(long proposalId, Refusal refusal, long firstIndex, long entryTerm) {
    /** Why nothing was appended. The tag is what is sent. */
    public enum Refusal {
        NONE(0),
        /** No leader is known here. */
        NO_LEADER(1),
        /** The member that was asked does not lead (any more). */
        NOT_LEADER(2),
        /** The leader's uncommitted tail is at its limit. */
        OVERLOADED(3),
        /** The leader is handing over. */
        TRANSFERRING(4),
        /** The leader is so new that it does not know yet how much is uncommitted. */
        UNSETTLED(5);

        private final int tag;

        Refusal(int tag) {
            this.tag = tag;
        }

        public int tag() {
            return tag;
        }
    }

    public boolean appended() {
        return refusal == Refusal.NONE;
    }
}
