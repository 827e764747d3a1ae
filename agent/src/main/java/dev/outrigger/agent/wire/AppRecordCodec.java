package dev.outrigger.agent.wire;

import static dev.outrigger.agent.wire.WireException.Reason.BAD_VALUE;
import static dev.outrigger.agent.wire.WireException.Reason.UNKNOWN_TAG;

import dev.outrigger.agent.core.message.Fitness;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.wire.AppRecord.AnswerHash;
import dev.outrigger.agent.wire.AppRecord.Answers;
import dev.outrigger.agent.wire.AppRecord.AnswersWanted;
import dev.outrigger.agent.wire.AppRecord.Divergence;
import dev.outrigger.agent.wire.AppRecord.MemberStanding;
import dev.outrigger.agent.wire.AppRecord.NoSnapshot;
import dev.outrigger.agent.wire.AppRecord.Roster;
import dev.outrigger.agent.wire.AppRecord.SnapshotPiece;
import dev.outrigger.agent.wire.AppRecord.SnapshotWanted;
import dev.outrigger.agent.wire.AppRecord.Standing;
import dev.outrigger.agent.wire.AppRecord.StateHash;
import java.util.Arrays;

/** {@link AppRecord}s as what an {@code AppReport} carries. Stateless. */
public final class AppRecordCodec {
    private static final int STANDING = 1;
    private static final int ROSTER = 2;
    private static final int ANSWERS_WANTED = 3;
    private static final int ANSWERS = 4;
    private static final int SNAPSHOT_WANTED = 5;
    private static final int SNAPSHOT_PIECE = 6;
    private static final int NO_SNAPSHOT = 7;

    private static final int MEMBER_BYTES_MIN = Short.BYTES;
    private static final int TEXT_BYTES_MAX = 1024;

    private AppRecordCodec() {}

    public static Payload encode(AppRecord record) {
        FrameWriter out = new FrameWriter();
        if (record instanceof Standing standing) {
            out.u8(STANDING);
            encode(standing, out);
        } else if (record instanceof Roster roster) {
            out.u8(ROSTER);
            out.list(roster.members(), member -> encode(member, out));
            out.list(roster.divergences(), divergence -> encode(divergence, out));
        } else if (record instanceof AnswersWanted wanted) {
            out.u8(ANSWERS_WANTED);
            out.int64(wanted.firstIndex());
            out.int64(wanted.lastIndex());
        } else if (record instanceof Answers answers) {
            out.u8(ANSWERS);
            out.int64(answers.firstIndex());
            out.list(answers.hashes(), out::int64);
            out.list(answers.states(), state -> encode(state, out));
        } else if (record instanceof SnapshotWanted wanted) {
            out.u8(SNAPSHOT_WANTED);
            out.int64(wanted.indexMin());
            out.int64(wanted.checksum());
            out.int64(wanted.offset());
        } else if (record instanceof SnapshotPiece piece) {
            out.u8(SNAPSHOT_PIECE);
            MessageCodec.encode(piece.snapshot(), out);
            out.int64(piece.offset());
            out.payload(piece.bytes());
        } else if (record instanceof NoSnapshot none) {
            out.u8(NO_SNAPSHOT);
            out.text(printable(none.reason()), TEXT_BYTES_MAX);
        }
        return Payload.of(Arrays.copyOf(out.array(), out.length()));
    }

    /** @throws WireException when these bytes are no such record */
    public static AppRecord decode(Payload payload) {
        FrameReader in = new FrameReader(payload.array(), 0, payload.length());
        int tag = in.u8();
        AppRecord record = switch (tag) {
            case STANDING -> standing(in);
            case ROSTER ->
                new Roster(
                        in.list(MEMBER_BYTES_MIN + 1 + 3 * Long.BYTES, () -> memberStanding(in)),
                        in.list(2 * Long.BYTES, () -> divergence(in)));
            case ANSWERS_WANTED -> new AnswersWanted(in.natural(), in.natural());
            case ANSWERS ->
                new Answers(in.natural(), in.list(Long.BYTES, in::int64), in.list(2 * Long.BYTES, () -> stateHash(in)));
            case SNAPSHOT_WANTED -> new SnapshotWanted(in.natural(), in.int64(), in.natural());
            case SNAPSHOT_PIECE -> new SnapshotPiece(MessageCodec.snapshot(in), in.natural(), in.payload());
            case NO_SNAPSHOT -> new NoSnapshot(in.text(TEXT_BYTES_MAX));
            default -> throw new WireException(UNKNOWN_TAG, "nothing is said of applications with tag " + tag);
        };
        in.end();
        return record;
    }

    /** What an application said may hold anything, and be of any length. */
    private static String printable(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", " ");
        return plain.substring(0, Math.min(plain.length(), TEXT_BYTES_MAX / 4));
    }

    private static void encode(Standing standing, FrameWriter out) {
        out.u8(standing.fitness().ordinal());
        out.int64(standing.differsFrom());
        out.int64(standing.appliedIndex());
        out.int64(standing.pausedIndex());
        out.list(standing.stretches(), stretch -> encode(stretch, out));
        encode(standing.open(), out);
        out.list(standing.states(), state -> encode(state, out));
    }

    private static Standing standing(FrameReader in) {
        return new Standing(
                fitness(in),
                in.natural(),
                in.natural(),
                in.natural(),
                in.list(3 * Long.BYTES, () -> answerHash(in)),
                answerHash(in),
                in.list(2 * Long.BYTES, () -> stateHash(in)));
    }

    private static void encode(AnswerHash hash, FrameWriter out) {
        out.int64(hash.firstIndex());
        out.int64(hash.lastIndex());
        out.int64(hash.hash());
    }

    private static AnswerHash answerHash(FrameReader in) {
        return new AnswerHash(in.natural(), in.natural(), in.int64());
    }

    private static void encode(StateHash state, FrameWriter out) {
        out.int64(state.index());
        out.int64(state.hash());
    }

    private static StateHash stateHash(FrameReader in) {
        return new StateHash(in.natural(), in.int64());
    }

    private static void encode(MemberStanding member, FrameWriter out) {
        name(member.member(), out);
        out.u8(member.fitness().ordinal());
        out.int64(member.differsFrom());
        out.int64(member.appliedIndex());
        out.int64(member.pausedIndex());
    }

    private static MemberStanding memberStanding(FrameReader in) {
        return new MemberStanding(name(in), fitness(in), in.natural(), in.natural(), in.natural());
    }

    private static void encode(Divergence divergence, FrameWriter out) {
        out.int64(divergence.firstIndex());
        out.int64(divergence.lastIndex());
        out.list(divergence.agreed(), member -> name(member, out));
        out.list(divergence.others(), member -> name(member, out));
    }

    private static Divergence divergence(FrameReader in) {
        return new Divergence(
                in.natural(),
                in.natural(),
                in.list(MEMBER_BYTES_MIN, () -> name(in)),
                in.list(MEMBER_BYTES_MIN, () -> name(in)));
    }

    private static Fitness fitness(FrameReader in) {
        int ordinal = in.u8();
        Fitness[] all = Fitness.values();
        if (ordinal >= all.length) {
            throw new WireException(BAD_VALUE, "no fitness is numbered " + ordinal);
        }
        return all[ordinal];
    }

    private static void name(MemberId member, FrameWriter out) {
        out.text(member.name(), TEXT_BYTES_MAX);
    }

    private static MemberId name(FrameReader in) {
        String name = in.text(TEXT_BYTES_MAX);
        if (!MemberId.isValid(name)) {
            throw new WireException(BAD_VALUE, "not a member name: '" + name + "'");
        }
        return new MemberId(name);
    }
}
