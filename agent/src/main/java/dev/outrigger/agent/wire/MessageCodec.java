package dev.outrigger.agent.wire;

import static dev.outrigger.agent.wire.WireException.Reason.BAD_VALUE;
import static dev.outrigger.agent.wire.WireException.Reason.UNKNOWN_TAG;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.core.message.Snapshot;
import java.util.List;

/** Messages of the consensus core as frames. Stateless. */
public final class MessageCodec {
    /** Term, kind, time and the length of the data; an entry's index follows from its place. */
    private static final int ENTRY_BYTES_MIN = Long.BYTES + 1 + Long.BYTES + Integer.BYTES;

    private static final Message.Kind[] KINDS = Message.Kind.values();

    private MessageCodec() {}

    /** Writes {@code message} as one frame. The names of its sender and receiver are not written. */
    public static void encode(Message message, FrameWriter out) {
        out.beginFrame(message.kind().tag());
        out.int64(message.term());
        switch (message.kind()) {
            case VOTE_REQUEST -> encode((Message.VoteRequest) message, out);
            case VOTE_RESPONSE -> encode((Message.VoteResponse) message, out);
            case APPEND_REQUEST -> encode((Message.AppendRequest) message, out);
            case APPEND_RESPONSE -> encode((Message.AppendResponse) message, out);
            case READ_REQUEST -> out.int64(((Message.ReadRequest) message).readId());
            case READ_RESPONSE -> encode((Message.ReadResponse) message, out);
            case PROPOSE_REQUEST -> encode((Message.ProposeRequest) message, out);
            case PROPOSE_RESPONSE -> encode(((Message.ProposeResponse) message).receipt(), out);
            case TIMEOUT_NOW -> {}
            case SNAPSHOT_REQUEST -> encode((Message.SnapshotRequest) message, out);
            case SNAPSHOT_RESPONSE -> encode((Message.SnapshotResponse) message, out);
            case CONTROL_REQUEST -> ControlCodec.encode((Message.ControlRequest) message, out);
            case CONTROL_RESPONSE -> ControlCodec.encode(((Message.ControlResponse) message).receipt(), out);
            case APP_REPORT -> out.payload(((Message.AppReport) message).report());
        }
        out.endFrame();
    }

    /**
     * Reads the message whose body is the whole of {@code in}.
     *
     * @param from the member at the other end of the connection that the frame came on
     * @param to this member
     * @throws WireException when there is no such message
     */
    public static Message decode(int tag, FrameReader in, MemberId from, MemberId to) {
        Message.Kind kind = kindOfTag(tag);
        long term = in.natural();
        Message message = switch (kind) {
            case VOTE_REQUEST ->
                new Message.VoteRequest(from, to, term, in.natural(), in.natural(), in.bool(), in.bool());
            case VOTE_RESPONSE -> new Message.VoteResponse(from, to, term, in.bool(), in.bool());
            case APPEND_REQUEST -> appendRequest(in, from, to, term);
            case APPEND_RESPONSE ->
                new Message.AppendResponse(
                        from, to, term, in.bool(), in.natural(), in.natural(), in.natural(), in.natural(), in.int64());
            case READ_REQUEST -> new Message.ReadRequest(from, to, term, in.int64());
            case READ_RESPONSE -> new Message.ReadResponse(from, to, term, in.int64(), in.bool(), in.natural());
            case PROPOSE_REQUEST ->
                new Message.ProposeRequest(
                        from, to, term, in.int64(), proposedKind(in.u8()), in.list(Integer.BYTES, in::payload));
            case PROPOSE_RESPONSE -> new Message.ProposeResponse(from, to, term, receipt(in));
            case TIMEOUT_NOW -> new Message.TimeoutNow(from, to, term);
            case SNAPSHOT_REQUEST ->
                new Message.SnapshotRequest(from, to, term, snapshot(in), in.natural(), in.payload(), in.int64());
            case SNAPSHOT_RESPONSE ->
                new Message.SnapshotResponse(
                        from, to, term, in.natural(), in.int64(), in.natural(), in.bool(), in.int64());
            case CONTROL_REQUEST -> new Message.ControlRequest(from, to, term, in.int64(), ControlCodec.control(in));
            case CONTROL_RESPONSE -> new Message.ControlResponse(from, to, term, ControlCodec.receipt(in));
            case APP_REPORT -> new Message.AppReport(from, to, term, in.payload());
        };
        in.end();
        return message;
    }

    private static void encode(Message.VoteRequest request, FrameWriter out) {
        out.int64(request.lastIndex());
        out.int64(request.lastTerm());
        out.bool(request.preVote());
        out.bool(request.transfer());
    }

    private static void encode(Message.VoteResponse response, FrameWriter out) {
        out.bool(response.granted());
        out.bool(response.preVote());
    }

    private static void encode(Message.AppendRequest request, FrameWriter out) {
        out.int64(request.prevIndex());
        out.int64(request.prevTerm());
        out.int64(request.commitIndex());
        out.int64(request.round());
        long index = request.prevIndex();
        for (Entry entry : request.entries()) {
            if (entry.index() != ++index) {
                throw new IllegalArgumentException("entry " + entry.index() + " at the place of " + index);
            }
        }
        out.list(request.entries(), entry -> encode(entry, out));
    }

    private static Message.AppendRequest appendRequest(FrameReader in, MemberId from, MemberId to, long term) {
        long prevIndex = in.natural();
        long prevTerm = in.natural();
        long commitIndex = in.natural();
        long round = in.int64();
        EntryReader entries = new EntryReader(in, prevIndex);
        List<Entry> list = in.list(ENTRY_BYTES_MIN, entries::next);
        return new Message.AppendRequest(from, to, term, prevIndex, prevTerm, list, commitIndex, round);
    }

    private static void encode(Message.AppendResponse response, FrameWriter out) {
        out.bool(response.accepted());
        out.int64(response.matchIndex());
        out.int64(response.rejectedIndex());
        out.int64(response.hintIndex());
        out.int64(response.hintTerm());
        out.int64(response.round());
    }

    private static void encode(Message.ReadResponse response, FrameWriter out) {
        out.int64(response.readId());
        out.bool(response.granted());
        out.int64(response.readIndex());
    }

    private static void encode(Message.ProposeRequest request, FrameWriter out) {
        out.int64(request.proposalId());
        out.u8(request.entryKind().tag());
        out.list(request.commands(), out::payload);
    }

    private static void encode(ProposeReceipt receipt, FrameWriter out) {
        out.int64(receipt.proposalId());
        out.u8(receipt.refusal().tag());
        out.int64(receipt.firstIndex());
        out.int64(receipt.entryTerm());
    }

    private static ProposeReceipt receipt(FrameReader in) {
        return new ProposeReceipt(in.int64(), refusalOfTag(in.u8()), in.natural(), in.natural());
    }

    private static void encode(Entry entry, FrameWriter out) {
        out.int64(entry.term());
        out.u8(entry.kind().tag());
        out.int64(entry.timeMillis());
        out.payload(entry.data());
    }

    private static void encode(Message.SnapshotRequest request, FrameWriter out) {
        encode(request.snapshot(), out);
        out.int64(request.offset());
        out.payload(request.bytes());
        out.int64(request.round());
    }

    static void encode(Snapshot snapshot, FrameWriter out) {
        out.int64(snapshot.index());
        out.int64(snapshot.term());
        out.int64(snapshot.timeMillis());
        out.payload(snapshot.configuration().encode());
        out.int64(snapshot.bytes());
        out.int64(snapshot.checksum());
    }

    static Snapshot snapshot(FrameReader in) {
        return new Snapshot(
                in.natural(), in.natural(), in.natural(), configuration(in.payload()), in.natural(), in.int64());
    }

    private static Configuration configuration(Payload data) {
        try {
            return Configuration.decode(data);
        } catch (IllegalArgumentException e) {
            throw new WireException(BAD_VALUE, "a snapshot's configuration: " + e.getMessage());
        }
    }

    private static void encode(Message.SnapshotResponse response, FrameWriter out) {
        out.int64(response.index());
        out.int64(response.checksum());
        out.int64(response.storedBytes());
        out.bool(response.installed());
        out.int64(response.round());
    }

    private static Message.Kind kindOfTag(int tag) {
        for (Message.Kind kind : KINDS) {
            if (kind.tag() == tag) {
                return kind;
            }
        }
        throw new WireException(UNKNOWN_TAG, "no message has the tag " + tag);
    }

    private static ProposeReceipt.Refusal refusalOfTag(int tag) {
        for (ProposeReceipt.Refusal refusal : ProposeReceipt.Refusal.values()) {
            if (refusal.tag() == tag) {
                return refusal;
            }
        }
        throw new WireException(BAD_VALUE, "no refusal of a proposal has the tag " + tag);
    }

    /** A leader must not take from another member what only a leader may make. */
    private static Entry.Kind proposedKind(int tag) {
        Entry.Kind kind = entryKindOfTag(tag);
        if (!kind.isProposed()) {
            throw new WireException(BAD_VALUE, "nobody proposes a " + kind);
        }
        return kind;
    }

    private static Entry.Kind entryKindOfTag(int tag) {
        try {
            return Entry.Kind.ofTag(tag);
        } catch (IllegalArgumentException e) {
            throw new WireException(BAD_VALUE, "no entry has the kind " + tag);
        }
    }

    /** Entries in a message follow one another, so only the index before the first is on the wire. */
    private static final class EntryReader {
        private final FrameReader in;
        private long lastIndex;

        EntryReader(FrameReader in, long prevIndex) {
            this.in = in;
            this.lastIndex = prevIndex;
        }

        Entry next() {
            if (lastIndex == Long.MAX_VALUE) {
                throw new WireException(BAD_VALUE, "an entry after the last possible index");
            }
            lastIndex++;
            return new Entry(lastIndex, in.natural(), entryKindOfTag(in.u8()), in.natural(), in.payload());
        }
    }
}
