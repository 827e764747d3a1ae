package dev.outrigger.sdk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A batch of commands and what became of each, in binary: the same as {@code POST /v1/commands/batch} has in JSON. */
final class CommandFrames {
    private static final int HAS_SESSION = 1;
    private static final int HAS_SEQUENCE = 2;
    private static final int RESULT = 0;
    private static final int PROBLEM = 1;
    private static final int COMMAND_BYTES = 32;
    private static final int OUTCOME_BYTES_MIN = 1 + Integer.BYTES;
    /** For a problem that does not name its own. */
    private static final int STATUS_UNKNOWN = 500;

    private CommandFrames() {}

    /**
     * One command.
     *
     * @param session null when it belongs to none
     * @param sequence its number in the session; of no meaning without one
     */
    record Command(byte[] data, @Nullable String session, long sequence) {
        static Command of(byte[] data) {
            return new Command(data, null, 0);
        }
    }

    /** Takes the outcomes, in the order of the commands. */
    interface Outcomes {
        void result(long index, long term, int code, byte[] data);

        void problem(Problem problem);
    }

    static byte[] encode(List<Command> commands) {
        int bytes = COMMAND_BYTES;
        for (Command command : commands) {
            bytes += COMMAND_BYTES + command.data().length;
        }
        FrameWriter out = new FrameWriter(Frames.COMMANDS, bytes).u32(commands.size());
        for (Command command : commands) {
            if (command.session() == null) {
                out.u8(0);
            } else {
                out.u8(HAS_SESSION | HAS_SEQUENCE);
                out.text(command.session().getBytes(StandardCharsets.UTF_8)).number(command.sequence());
            }
            out.bytes(command.data());
        }
        return out.toBytes();
    }

    /** Whether the answer is a frame, not JSON: that begins with a brace, which would be a length that no frame has. */
    static boolean isFrame(byte[] answer) {
        return answer.length >= Frames.LENGTH_BYTES
                && ByteBuffer.wrap(answer).getInt() == answer.length - Frames.LENGTH_BYTES;
    }

    /**
     * @throws MalformedFrameException when it is not one outcome for each command
     * @throws MalformedJsonException when a problem in it is not one; some outcomes may have been taken by then
     */
    static void decode(byte[] answer, int commands, Outcomes to) {
        FrameReader in = FrameReader.of(answer, Frames.OUTCOMES);
        int count = in.count(OUTCOME_BYTES_MIN);
        if (count != commands) {
            throw new MalformedFrameException(count + " results for " + commands + " commands");
        }
        for (int i = 0; i < count; i++) {
            switch (in.u8()) {
                case RESULT -> to.result(in.number(1), in.number(1), in.u16(), in.bytes());
                case PROBLEM -> to.problem(problem(in.bytes()));
                default -> throw new MalformedFrameException("an outcome is neither a result nor a problem");
            }
        }
        in.end();
    }

    private static Problem problem(byte[] json) {
        JsonReader in = new JsonReader(json);
        Problem problem = Problem.read(in, STATUS_UNKNOWN);
        in.end();
        return problem;
    }
}
