package dev.outrigger.agent.wire;

import static dev.outrigger.agent.wire.WireException.Reason.BAD_VALUE;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Control;
import dev.outrigger.agent.core.message.Control.ChangeMembers;
import dev.outrigger.agent.core.message.Control.Transfer;
import dev.outrigger.agent.core.message.ControlReceipt;
import dev.outrigger.agent.core.message.MemberChange;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import java.util.Optional;

/** What operators ask of the leader, and its receipts, as parts of frames. Stateless. */
final class ControlCodec {
    private static final int TRANSFER = 1;
    private static final int CHANGE_MEMBERS = 2;
    /** Presence and the length of the name; more when the member stays. */
    private static final int CHANGE_BYTES_MIN = 1 + Short.BYTES;

    private static final int NAME_BYTES_MAX = 63;
    private static final int WORD_BYTES_MAX = 1024;

    private ControlCodec() {}

    static void encode(Message.ControlRequest request, FrameWriter out) {
        out.int64(request.requestId());
        if (request.control() instanceof Transfer transfer) {
            out.u8(TRANSFER);
            out.text(transfer.to().map(MemberId::name).orElse(""), NAME_BYTES_MAX);
        } else if (request.control() instanceof ChangeMembers change) {
            out.u8(CHANGE_MEMBERS);
            out.list(change.changes(), each -> encode(each, out));
        }
    }

    static Control control(FrameReader in) {
        int tag = in.u8();
        return switch (tag) {
            case TRANSFER -> transfer(in.text(NAME_BYTES_MAX));
            case CHANGE_MEMBERS -> new ChangeMembers(in.list(CHANGE_BYTES_MIN, () -> change(in)));
            default -> throw new WireException(BAD_VALUE, "no request of an operator has the tag " + tag);
        };
    }

    static void encode(ControlReceipt receipt, FrameWriter out) {
        out.int64(receipt.requestId());
        out.u8(receipt.verdict().tag());
        out.int64(receipt.index());
        out.int64(receipt.term());
    }

    static ControlReceipt receipt(FrameReader in) {
        return new ControlReceipt(in.int64(), verdictOfTag(in.u8()), in.natural(), in.natural());
    }

    private static Transfer transfer(String to) {
        return new Transfer(to.isEmpty() ? Optional.empty() : Optional.of(member(to)));
    }

    private static void encode(MemberChange change, FrameWriter out) {
        out.bool(change.becomes().isPresent());
        out.text(change.id().name(), NAME_BYTES_MAX);
        change.becomes().ifPresent(member -> {
            out.text(member.storageId(), WORD_BYTES_MAX);
            out.text(member.peer(), WORD_BYTES_MAX);
            out.u8(member.standing().ordinal());
        });
    }

    private static MemberChange change(FrameReader in) {
        boolean stays = in.bool();
        MemberId id = member(in.text(NAME_BYTES_MAX));
        return stays ? MemberChange.put(becomes(in, id)) : MemberChange.remove(id);
    }

    private static Configuration.Member becomes(FrameReader in, MemberId id) {
        String storageId = in.text(WORD_BYTES_MAX);
        String peer = in.text(WORD_BYTES_MAX);
        Configuration.Standing standing = standingOfTag(in.u8());
        try {
            return new Configuration.Member(id, storageId, peer, standing);
        } catch (IllegalArgumentException e) {
            throw new WireException(BAD_VALUE, "a member to be: " + e.getMessage());
        }
    }

    private static MemberId member(String name) {
        try {
            return new MemberId(name);
        } catch (IllegalArgumentException e) {
            throw new WireException(BAD_VALUE, "no member can have the name '" + name + "'");
        }
    }

    /** The order of the standings is the order of their tags. */
    private static Configuration.Standing standingOfTag(int tag) {
        if (tag >= Configuration.Standing.values().length) {
            throw new WireException(BAD_VALUE, "no standing of a member has the tag " + tag);
        }
        return Configuration.Standing.values()[tag];
    }

    private static ControlReceipt.Verdict verdictOfTag(int tag) {
        for (ControlReceipt.Verdict verdict : ControlReceipt.Verdict.values()) {
            if (verdict.tag() == tag) {
                return verdict;
            }
        }
        throw new WireException(BAD_VALUE, "no verdict has the tag " + tag);
    }
}
