package dev.outrigger.agent.http;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.ClientCommand;
import dev.outrigger.agent.node.Problem;
import dev.outrigger.agent.wire.FrameReader;
import dev.outrigger.agent.wire.FrameWriter;
import dev.outrigger.agent.wire.WireException;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A batch and its results in binary, {@code application/vnd.outrigger.frames}: one frame with the same content as the JSON,
 * byte by byte as {@code docs/app-channel.md} has it.
 */
final class BatchFrames {
    static final String MEDIA_TYPE = "application/vnd.outrigger.frames";

    private static final int COMMANDS = 4;
    private static final int OUTCOMES = 5;
    private static final int VERSION = 1;
    /** Length, kind and version. */
    private static final int HEAD_BYTES = Integer.BYTES + 2;

    private static final int HAS_SESSION = 1;
    private static final int HAS_SEQUENCE = 2;
    private static final int SESSION_BYTES_MAX = 255;
    /** Flags and the length of the data. */
    private static final int COMMAND_BYTES_MIN = 1 + Integer.BYTES;

    private static final int RESULT = 0;
    private static final int PROBLEM = 1;

    private BatchFrames() {}

    /** @throws RefusedRequest when this is not exactly one batch, or one of too many commands */
    static BatchRequest parse(byte[] body, int commandBytesMax, int commandsMax) {
        try {
            FrameReader in = open(body);
            List<ClientCommand> commands = new ArrayList<>();
            Map<Integer, Problem> refused = new HashMap<>();
            int[] place = {0};
            int size = in.list(COMMAND_BYTES_MIN, () -> {
                        if (place[0] == commandsMax) {
                            throw BatchRequest.tooMany(commandsMax);
                        }
                        return read(in, place[0]++, commandBytesMax, commands, refused);
                    })
                    .size();
            in.end();
            return new BatchRequest(size, commands, refused);
        } catch (WireException e) {
            throw malformed(String.valueOf(e.getMessage()));
        }
    }

    private static FrameReader open(byte[] body) {
        Buffer frame = Buffer.buffer(body);
        if (body.length < HEAD_BYTES || frame.getUnsignedInt(0) != body.length - Integer.BYTES) {
            throw malformed("the length is not that of what follows");
        }
        FrameReader in = new FrameReader(body, Integer.BYTES, body.length - Integer.BYTES);
        int kind = in.u8();
        int version = in.u8();
        if (kind != COMMANDS || version != VERSION) {
            throw malformed("it is of kind " + kind + ", version " + version);
        }
        return in;
    }

    private static int read(
            FrameReader in,
            int place,
            int commandBytesMax,
            List<ClientCommand> commands,
            Map<Integer, Problem> refused) {
        int flags = in.u8();
        if ((flags & ~(HAS_SESSION | HAS_SEQUENCE)) != 0) {
            throw malformed("a command has the flags " + flags);
        }
        String session = (flags & HAS_SESSION) != 0 ? in.text(SESSION_BYTES_MAX) : "";
        long sequence = (flags & HAS_SEQUENCE) != 0 ? in.natural() : 0;
        Payload data = in.payload();
        if (flags == HAS_SESSION || flags == HAS_SEQUENCE) {
            refused.put(place, problem(Problem.Code.MALFORMED, "session and sequence come together or not at all."));
        } else if (flags != 0 && !SessionFields.isSession(session)) {
            refused.put(
                    place, problem(Problem.Code.MALFORMED, "A session is the text that POST /v1/sessions answered."));
        } else if (flags != 0 && !SessionFields.isSequence(sequence)) {
            refused.put(place, problem(Problem.Code.MALFORMED, "A sequence is " + SessionFields.SEQUENCE_RULE + "."));
        } else if (data.length() > commandBytesMax) {
            refused.put(place, problem(Problem.Code.TOO_LARGE, BatchRequest.tooLarge(data.length(), commandBytesMax)));
        } else if (flags == 0) {
            commands.add(ClientCommand.of(data));
        } else {
            commands.add(new ClientCommand(data, Optional.of(new ClientCommand.Place(session, sequence))));
        }
        return place;
    }

    private static Problem problem(Problem.Code code, String detail) {
        return Problem.of(code, Problem.Outcome.NONE, detail);
    }

    private static RefusedRequest malformed(String why) {
        return RefusedRequest.because(Problem.Code.MALFORMED, "The body is not one frame of commands: " + why + ".");
    }

    /** @param results one for each command of the request, in order */
    static Buffer write(List<Answer<Answer.Applied>> results) {
        FrameWriter out = new FrameWriter();
        out.beginFrame(OUTCOMES);
        out.u8(VERSION);
        out.list(results, result -> write(out, result));
        out.endFrame();
        return Buffer.buffer(out.length()).appendBytes(out.array(), 0, out.length());
    }

    private static void write(FrameWriter out, Answer<Answer.Applied> result) {
        if (result instanceof Answer.Ok<Answer.Applied> ok) {
            out.u8(RESULT);
            out.int64(ok.value().index());
            out.int64(ok.value().term());
            out.u16(ok.value().code());
            out.payload(ok.value().data());
        } else if (result instanceof Answer.Failed<Answer.Applied> failed) {
            out.u8(PROBLEM);
            out.payload(
                    Payload.of(Json.write(new ProblemDocument(failed.problem())).getBytes()));
        }
    }
}
