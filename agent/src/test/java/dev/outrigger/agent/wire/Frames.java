package dev.outrigger.agent.wire;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import java.util.Arrays;
import java.util.function.Consumer;

/** One frame as bytes, and back. */
final class Frames {
    static final MemberId FROM = new MemberId("a");
    static final MemberId TO = new MemberId("b");

    private Frames() {}

    static byte[] written(Consumer<FrameWriter> write) {
        FrameWriter out = new FrameWriter();
        write.accept(out);
        return Arrays.copyOf(out.array(), out.length());
    }

    static byte[] of(Message message) {
        return written(out -> MessageCodec.encode(message, out));
    }

    static byte[] of(Hello hello) {
        return written(out -> HelloCodec.encode(hello, out));
    }

    /** What the frame stands for: a message, a greeting, a refusal, or the frame itself when it has no body. */
    static Object decode(byte[] frame) {
        return decode(frame[4] & 0xff, new FrameReader(frame, 5, frame.length - 5));
    }

    static Object decode(int tag, FrameReader body) {
        if (!LinkFrame.isLinkTag(tag)) {
            return MessageCodec.decode(tag, body, FROM, TO);
        }
        LinkFrame frame = LinkFrame.ofTag(tag);
        return switch (frame) {
            case HELLO -> HelloCodec.decode(body);
            case REFUSED -> RefusalCodec.decode(body);
            case ADMITTED, MEETING, ALIVE -> {
                body.end();
                yield frame;
            }
        };
    }
}
