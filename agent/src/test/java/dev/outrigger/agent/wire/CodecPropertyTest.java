package dev.outrigger.agent.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Payload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CodecPropertyTest {
    private static final int FRAME_BYTES_MAX = 1024 * 1024;

    @Test
    void everyMessageComesBackAsItWas() {
        for (long seed = 0; seed < 2_000; seed++) {
            Message message = new RandomMessages(seed, Frames.FROM, Frames.TO).next();
            assertEquals(message, Frames.decode(Frames.of(message)), "seed " + seed);
        }
    }

    @Test
    void everyGreetingComesBackAsItWas() {
        for (long seed = 0; seed < 2_000; seed++) {
            Hello hello = new RandomMessages(seed, Frames.FROM, Frames.TO).nextHello();
            assertEquals(hello, Frames.decode(Frames.of(hello)), "seed " + seed);
        }
    }

    @Test
    void piecesOfAnySizeGiveTheSameFramesInOrder() {
        for (long seed = 0; seed < 300; seed++) {
            RandomMessages messages = new RandomMessages(seed, Frames.FROM, Frames.TO);
            List<Object> sent = new ArrayList<>();
            byte[] stream = Frames.written(out -> {
                out.raw(Preamble.OURS.toBytes());
                sent.add(Preamble.OURS);
                for (int i = 0; i < 20; i++) {
                    Message message = messages.next();
                    MessageCodec.encode(message, out);
                    sent.add(message);
                }
            });
            assertEquals(sent, splitInPieces(stream, new SplittableRandom(seed)), "seed " + seed);
        }
    }

    @Test
    void truncateTakesBackOnlyTheLastFrame() {
        FrameWriter out = new FrameWriter();
        Message first = new Message.ReadRequest(Frames.FROM, Frames.TO, 1, 2);
        MessageCodec.encode(first, out);
        int mark = out.length();
        MessageCodec.encode(new Message.ReadRequest(Frames.FROM, Frames.TO, 3, 4), out);
        out.truncate(mark);
        assertEquals(first, Frames.decode(Arrays.copyOf(out.array(), out.length())));
    }

    @Test
    void entriesThatDoNotFollowOneAnotherAreNeverWritten() {
        Message gap = new Message.AppendRequest(
                Frames.FROM, Frames.TO, 1, 5, 1, List.of(new Entry(7, 1, Entry.Kind.COMMAND, 0, Payload.EMPTY)), 0, 0);
        assertThrows(IllegalArgumentException.class, () -> Frames.of(gap));
    }

    @Test
    void greetingThatNobodyWouldReadIsNeverWritten() {
        Hello hello = new RandomMessages(1, Frames.FROM, Frames.TO).nextHello();
        List<String> manyMembers = Collections.nCopies(200, "x".repeat(1000));
        for (Hello bad : List.of(
                with("x".repeat(HelloCodec.TEXT_BYTES_MAX + 1), List.of(), hello),
                with("two\nlines", List.of(), hello),
                with("orders", manyMembers, hello))) {
            assertThrows(IllegalArgumentException.class, () -> Frames.of(bad));
        }
    }

    @Test
    void refusalIsCutToWhatIsTaken() {
        Refusal refusal = new Refusal("MEMBERS_DIFFER", "é\n".repeat(10_000));
        Refusal read = (Refusal) Frames.decode(Frames.written(out -> RefusalCodec.encode(refusal, out)));
        assertEquals("é é é", read.reason().substring(0, 5));
        assertEquals(RefusalCodec.REASON_BYTES_MAX / 3, read.reason().length());
    }

    private static Hello with(String clusterName, List<String> members, Hello hello) {
        return new Hello(
                clusterName,
                hello.node(),
                hello.storageId(),
                1,
                members,
                Optional.empty(),
                "0.1.0",
                hello.zone(),
                0,
                true,
                Optional.empty());
    }

    private static List<Object> splitInPieces(byte[] stream, SplittableRandom random) {
        List<Object> received = new ArrayList<>();
        FrameSplitter splitter = new FrameSplitter(FRAME_BYTES_MAX);
        FrameSplitter.Sink sink = new FrameSplitter.Sink() {
            @Override
            public void preamble(Preamble preamble) {
                received.add(preamble);
            }

            @Override
            public void frame(int tag, FrameReader body) {
                received.add(Frames.decode(tag, body));
            }
        };
        int pieceBytesMax = 1 << random.nextInt(15);
        for (int at = 0; at < stream.length; ) {
            int end = Math.min(stream.length, at + 1 + random.nextInt(pieceBytesMax));
            splitter.feed(Arrays.copyOfRange(stream, at, end), sink);
            at = end;
        }
        return received;
    }
}
