package dev.outrigger.agent.app;

import dev.outrigger.agent.app.AppEvents.Result;
import dev.outrigger.agent.app.AppFailure.Cause;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.wire.FrameReader;
import dev.outrigger.agent.wire.FrameWriter;
import dev.outrigger.agent.wire.WireException;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/**
 * The application protocol's binary form, {@code application/vnd.outrigger.frames}, byte by byte as {@code
 * docs/app-channel.md} has it: a u32 length, and in it kind, version and fields. The body of a single call is one frame, a
 * stream is one behind the other. Reading takes a frame exactly as it must be or not at all: everything else is an {@link
 * AppFailure} of cause {@code MALFORMED}.
 */
final class AppFrames {
    static final String MEDIA_TYPE = "application/vnd.outrigger.frames";
    static final int LENGTH_BYTES = Integer.BYTES;
    /** Kind and version. */
    static final int FRAME_BYTES_MIN = 2;

    static final int VERSION = 1;
    static final int BATCH = 1;
    static final int RESULTS = 2;
    static final int REFUSAL = 3;

    private static final int RESULT_BYTES_MIN = Short.BYTES + Integer.BYTES;
    private static final String BROKEN = "gave a broken answer to apply: ";

    private AppFrames() {}

    static Buffer writeBatch(AppBatch batch) {
        FrameWriter out = new FrameWriter();
        out.beginFrame(BATCH);
        out.u8(VERSION);
        out.int64(batch.epoch());
        out.int64(batch.prevIndex());
        out.bool(batch.replay());
        out.list(batch.commands(), command -> {
            out.int64(command.index());
            out.int64(command.term());
            out.int64(command.timeMillis());
            out.payload(command.data());
        });
        out.endFrame();
        return Buffer.buffer(out.length()).appendBytes(out.array(), 0, out.length());
    }

    /** What a single call was answered: one frame, its length included, and nothing else. */
    static Buffer onlyFrame(Buffer body) {
        if (body.length() < LENGTH_BYTES || body.getUnsignedInt(0) != body.length() - LENGTH_BYTES) {
            throw malformed("its " + body.length() + " bytes are not one frame");
        }
        return body.slice(LENGTH_BYTES, body.length());
    }

    /**
     * What an answer on a stream would have been as the answer to a single call.
     *
     * @param frame without its length
     */
    static AppReply reply(Buffer frame) {
        if (frame.length() == 0 || frame.getUnsignedByte(0) != REFUSAL) {
            return new AppReply(200, frame, false);
        }
        return read(frame, REFUSAL, in -> {
            int status = in.u16();
            if (status < 300 || status > 599) {
                throw malformed("a refusal has the status " + status);
            }
            return new AppReply(status, Buffer.buffer(in.payload().array()), false);
        });
    }

    /**
     * @param frame without its length
     * @param commands how many results to expect
     */
    static AppAnswer readAnswer(Buffer frame, int commands) {
        return read(frame, RESULTS, in -> {
            long applied = in.natural();
            Payload stateHash = in.payload();
            List<Result> results = in.list(RESULT_BYTES_MIN, () -> new Result(in.u16(), in.payload()));
            if (stateHash.length() > AppAnswer.STATE_HASH_BYTES_MAX) {
                throw malformed("stateHash has " + stateHash.length() + " bytes");
            }
            if (results.size() != commands) {
                throw malformed(results.size() + " results for " + commands + " commands");
            }
            return new AppAnswer(applied, results, Optional.of(stateHash).filter(hash -> hash.length() > 0));
        });
    }

    private interface Reading<T> {
        T from(FrameReader in);
    }

    private static <T> T read(Buffer frame, int kind, Reading<T> reading) {
        FrameReader in = new FrameReader(frame.getBytes(), 0, frame.length());
        try {
            int kindFound = in.u8();
            int version = in.u8();
            if (kindFound != kind || version != VERSION) {
                throw malformed("a frame of kind " + kindFound + ", version " + version + " where kind " + kind
                        + ", version " + VERSION + " is due");
            }
            T value = reading.from(in);
            in.end();
            return value;
        } catch (WireException exception) {
            throw malformed(String.valueOf(exception.getMessage()));
        }
    }

    private static AppFailure malformed(String why) {
        return new AppFailure(Cause.MALFORMED, BROKEN + why);
    }
}
