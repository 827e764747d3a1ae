package dev.outrigger.agent.core.message;

import java.util.List;

/**
 * A message between two members. Implementations are immutable. A lost message is never an error: whoever needs the
 * answer asks again, or lets its deadline pass.
 */
public sealed interface Message {
    MemberId from();

    MemberId to();

    /** The sender's term; for a pre-vote the term that it would campaign in. */
    long term();

    Kind kind();

    /** Doubles as the wire tag, so that codec and dispatcher cannot drift apart. A tag never changes its meaning. */
    enum Kind {
        VOTE_REQUEST(1),
        VOTE_RESPONSE(2),
        APPEND_REQUEST(3),
        APPEND_RESPONSE(4),
        READ_REQUEST(5),
        READ_RESPONSE(6),
        PROPOSE_REQUEST(7),
        PROPOSE_RESPONSE(8),
        TIMEOUT_NOW(9),
        SNAPSHOT_REQUEST(10),
        SNAPSHOT_RESPONSE(11),
        CONTROL_REQUEST(12),
        CONTROL_RESPONSE(13),
        APP_REPORT(14);

        private final int tag;

        Kind(int tag) {
            this.tag = tag;
        }

        public int tag() {
            return tag;
        }
    }

    /**
     * Asks for a vote (Paper §5.2), or, as a pre-vote, whether one would be given (Diss. §9.6).
     *
     * @param lastIndex index of the candidate's last entry, 0 for an empty log
     * @param lastTerm term of that entry, 0 for an empty log
     * @param preVote true when nothing is decided yet: the receiver changes neither term nor vote
     * @param transfer true when the leader itself has asked the candidate to take over: it is no reason to refuse that it
     *     is alive (Diss. §3.10, §4.2.3)
     */
    record VoteRequest(
            MemberId from, MemberId to, long term, long lastIndex, long lastTerm, boolean preVote, boolean transfer)
            implements Message {
        @Override
        public Kind kind() {
            return Kind.VOTE_REQUEST;
        }
    }

    /**
     * @param term for a granted pre-vote the term that was asked about, else the voter's own
     */
    record VoteResponse(MemberId from, MemberId to, long term, boolean granted, boolean preVote) implements Message {
        @Override
        public Kind kind() {
            return Kind.VOTE_RESPONSE;
        }
    }

    /**
     * Replicates entries; without entries it is the heartbeat (Paper §5.3).
     *
     * @param prevIndex index of the entry right before {@code entries}, 0 for the start of the log
     * @param prevTerm term of that entry, 0 for the start of the log
     * @param entries consecutive entries from {@code prevIndex + 1}
     * @param commitIndex the leader's commit index
     * @param round the leader's latest read round; its echo confirms leadership for the reads of that round (Diss. §6.4)
     */
    record AppendRequest(
            MemberId from,
            MemberId to,
            long term,
            long prevIndex,
            long prevTerm,
            List<Entry> entries,
            long commitIndex,
            long round)
            implements Message {
        public AppendRequest {
            entries = List.copyOf(entries);
        }

        @Override
        public Kind kind() {
            return Kind.APPEND_REQUEST;
        }
    }

    /**
     * Answers an {@link AppendRequest} at once, and again when more of the log has become durable.
     *
     * @param accepted whether the log matched at the request's {@code prevIndex}
     * @param matchIndex accepted: highest index known to match the leader's log <em>and</em> to be durable here; it only
     *     ever rises within a term. Not accepted: 0
     * @param rejectedIndex not accepted: the {@code prevIndex} that did not match; 0 when the request was of an older term,
     *     and {@code term} is all that is told; else 0
     * @param hintIndex not accepted: highest index of this log that may still match, else 0
     * @param hintTerm not accepted: term of the entry at {@code hintIndex}, 0 when that is 0
     * @param round the highest round seen from this leader in this term
     */
    record AppendResponse(
            MemberId from,
            MemberId to,
            long term,
            boolean accepted,
            long matchIndex,
            long rejectedIndex,
            long hintIndex,
            long hintTerm,
            long round)
            implements Message {
        @Override
        public Kind kind() {
            return Kind.APPEND_RESPONSE;
        }
    }

    /**
     * A follower asks the leader for a read index (Diss. §6.4).
     *
     * @param readId the asking member's own number for this read, never used twice, not even over restarts
     */
    record ReadRequest(MemberId from, MemberId to, long term, long readId) implements Message {
        @Override
        public Kind kind() {
            return Kind.READ_REQUEST;
        }
    }

    /**
     * @param granted false when the asked member is not the leader or cannot take more reads; the reader may ask anew
     * @param readIndex granted: everything up to here was committed when the read was asked for; else 0
     */
    record ReadResponse(MemberId from, MemberId to, long term, long readId, boolean granted, long readIndex)
            implements Message {
        @Override
        public Kind kind() {
            return Kind.READ_RESPONSE;
        }
    }

    /**
     * A member hands its clients' commands to the leader. Forwarded once: a receiver that does not lead refuses.
     *
     * @param proposalId the sending member's own number for this proposal, never used twice, not even over restarts
     * @param entryKind what the entries are to be: one that clients may propose
     * @param commands data of the entries
     */
    record ProposeRequest(
            MemberId from, MemberId to, long term, long proposalId, Entry.Kind entryKind, List<Payload> commands)
            implements Message {
        public ProposeRequest {
            if (!entryKind.isProposed()) {
                throw new IllegalArgumentException("nobody proposes a " + entryKind);
            }
            commands = List.copyOf(commands);
        }

        public ProposeRequest(MemberId from, MemberId to, long term, long proposalId, List<Payload> commands) {
            this(from, to, term, proposalId, Entry.Kind.COMMAND, commands);
        }

        @Override
        public Kind kind() {
            return Kind.PROPOSE_REQUEST;
        }
    }

    /** Tells where a forwarded proposal went. Sent when it is appended, not when it is committed. */
    record ProposeResponse(MemberId from, MemberId to, long term, ProposeReceipt receipt) implements Message {
        @Override
        public Kind kind() {
            return Kind.PROPOSE_RESPONSE;
        }
    }

    /** The leader asks its receiver, whose log is as long as its own, to campaign at once (Diss. §3.10). */
    record TimeoutNow(MemberId from, MemberId to, long term) implements Message {
        @Override
        public Kind kind() {
            return Kind.TIMEOUT_NOW;
        }
    }

    /**
     * A piece of a snapshot, for a follower that needs entries from before the leader's log (Paper §7, Fig. 13).
     *
     * @param snapshot which snapshot
     * @param offset place of the first byte
     * @param bytes the piece; empty when the leader only asks how much is there already
     * @param round as in {@link AppendRequest}
     */
    record SnapshotRequest(
            MemberId from, MemberId to, long term, Snapshot snapshot, long offset, Payload bytes, long round)
            implements Message {
        @Override
        public Kind kind() {
            return Kind.SNAPSHOT_REQUEST;
        }
    }

    /**
     * @param index index of the snapshot that is being received
     * @param checksum its checksum
     * @param storedBytes how much of it is there, from its start
     * @param installed whether all that it covers is durable here, by this snapshot or because it was there before
     * @param round as in {@link AppendResponse}
     */
    record SnapshotResponse(
            MemberId from,
            MemberId to,
            long term,
            long index,
            long checksum,
            long storedBytes,
            boolean installed,
            long round)
            implements Message {
        @Override
        public Kind kind() {
            return Kind.SNAPSHOT_RESPONSE;
        }
    }

    /**
     * A member hands an operator's request to the leader. Forwarded once: a receiver that does not lead refuses.
     *
     * @param requestId the sending member's own number for this request, never used twice, not even over restarts
     */
    record ControlRequest(MemberId from, MemberId to, long term, long requestId, Control control) implements Message {
        @Override
        public Kind kind() {
            return Kind.CONTROL_REQUEST;
        }
    }

    record ControlResponse(MemberId from, MemberId to, long term, ControlReceipt receipt) implements Message {
        @Override
        public Kind kind() {
            return Kind.CONTROL_RESPONSE;
        }
    }

    /**
     * How a member's application is and what it answered: from followers behind their acknowledgements, and from the leader
     * what it makes of it. Nothing that consensus rests on: the core hands it on unread.
     *
     * @param report for those who know of applications
     */
    record AppReport(MemberId from, MemberId to, long term, Payload report) implements Message {
        @Override
        public Kind kind() {
            return Kind.APP_REPORT;
        }
    }
}
