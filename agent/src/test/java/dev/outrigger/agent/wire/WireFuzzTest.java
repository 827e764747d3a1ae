package dev.outrigger.agent.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Whatever bytes come, they give a value or a {@link WireException}, and memory only for what has really come. */
class WireFuzzTest {
    private static final int FRAME_BYTES_MAX = 16 * 1024 * 1024;
    private static final FrameSplitter.Sink DECODING = new FrameSplitter.Sink() {
        @Override
        public void preamble(Preamble preamble) {}

        @Override
        public void frame(int tag, FrameReader body) {
            Frames.decode(tag, body);
        }
    };

    @Test
    void randomBodiesGiveWireExceptionsOnly() {
        SplittableRandom random = new SplittableRandom(11);
        int refused = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] body = new byte[random.nextInt(200)];
            random.nextBytes(body);
            refused += refused(() -> Frames.decode(anyTag(random), new FrameReader(body, 0, body.length)));
        }
        assertTrue(refused > 190_000, "random bytes taken for frames: " + (200_000 - refused));
    }

    @Test
    void everyTruncationOfAFrameIsRefused() {
        forFrames(300, frame -> {
            for (int length = 5; length < frame.length; length++) {
                byte[] cut = Arrays.copyOf(frame, length);
                assertThrows(WireException.class, () -> Frames.decode(cut));
            }
        });
    }

    @Test
    void bytesAfterTheLastFieldAreRefused() {
        forFrames(300, frame -> {
            byte[] longer = Arrays.copyOf(frame, frame.length + 1);
            WireException refusal = assertThrows(WireException.class, () -> Frames.decode(longer));
            assertEquals(WireException.Reason.TRAILING_BYTES, refusal.reason());
        });
    }

    @Test
    void flippedBitsGiveWireExceptionsOnly() {
        SplittableRandom random = new SplittableRandom(12);
        forFrames(2_000, frame -> {
            for (int flips = 0; flips < 50; flips++) {
                byte[] damaged = frame.clone();
                damaged[4 + random.nextInt(damaged.length - 4)] ^= (byte) (1 << random.nextInt(8));
                refused(() -> Frames.decode(damaged));
            }
        });
    }

    @Test
    void unknownTagsAreRefusedByName() {
        for (int tag : new int[] {0, 15, 100, 0xDF, 0xE5, 0xFF}) {
            WireException refusal =
                    assertThrows(WireException.class, () -> Frames.decode(tag, new FrameReader(new byte[64], 0, 64)));
            assertEquals(WireException.Reason.UNKNOWN_TAG, refusal.reason());
        }
    }

    @Test
    void randomStreamsAreRefusedAtTheFirstByte() {
        SplittableRandom random = new SplittableRandom(13);
        for (int i = 0; i < 1_000; i++) {
            byte[] bytes = {(byte) random.nextInt()};
            if (bytes[0] == 'O') {
                continue;
            }
            WireException refusal =
                    assertThrows(WireException.class, () -> new FrameSplitter(FRAME_BYTES_MAX).feed(bytes, DECODING));
            assertEquals(WireException.Reason.NOT_OUTRIGGER, refusal.reason());
        }
    }

    @Test
    void streamsThatTurnRandomGiveWireExceptionsOnly() {
        SplittableRandom random = new SplittableRandom(14);
        for (int i = 0; i < 20_000; i++) {
            byte[] garbage = new byte[random.nextInt(300)];
            random.nextBytes(garbage);
            if (garbage.length > 3 && random.nextBoolean()) {
                ByteBuffer.wrap(garbage).putInt(0, random.nextInt(garbage.length));
            }
            FrameSplitter splitter = new FrameSplitter(FRAME_BYTES_MAX);
            splitter.feed(Preamble.OURS.toBytes(), DECODING);
            refused(() -> splitter.feed(garbage, DECODING));
        }
    }

    @Test
    void frameLengthsOutOfBoundsAreRefused() {
        for (int length : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1001}) {
            FrameSplitter splitter = new FrameSplitter(1000);
            splitter.feed(Preamble.OURS.toBytes(), DECODING);
            byte[] header = ByteBuffer.allocate(4).putInt(length).array();
            WireException refusal = assertThrows(WireException.class, () -> splitter.feed(header, DECODING));
            assertEquals(WireException.Reason.FRAME_LENGTH, refusal.reason());
        }
    }

    @Test
    void promisedElementsCostNothingUntilTheyCome() {
        for (int tag : new int[] {3, 7, LinkFrame.HELLO.tag()}) {
            for (int at = 0; at < 60; at++) {
                byte[] body = new byte[64];
                ByteBuffer.wrap(body).putInt(at, Integer.MAX_VALUE);
                long allocated =
                        allocatedBytes(() -> refused(() -> Frames.decode(tag, new FrameReader(body, 0, body.length))));
                assertTrue(allocated < 64 * 1024, "tag " + tag + " count at " + at + " allocated " + allocated);
            }
        }
    }

    @Test
    void promisedFrameCostsNothingUntilItComes() {
        byte[] start = ByteBuffer.allocate(100).putInt(FRAME_BYTES_MAX).array();
        long allocated = allocatedBytes(() -> {
            FrameSplitter splitter = new FrameSplitter(FRAME_BYTES_MAX);
            splitter.feed(Preamble.OURS.toBytes(), DECODING);
            splitter.feed(start, DECODING);
            splitter.feed(start, DECODING);
        });
        assertTrue(allocated < 64 * 1024, "allocated " + allocated);
    }

    @TestFactory
    Stream<DynamicTest> valuesThatCannotBeAreRefused() {
        Map<String, String> frames = Map.of(
                "truth value 2", "02 0000000000000007 02 00",
                "negative term", "02 ffffffffffffffff 01 00",
                "refusal of a proposal 6", "08 0000000000000007 0000000000000001 06 0000000000000000 0000000000000000",
                "entry kind 0", appendOfOne("0000000000000000", "00"),
                "entry after the last index", appendOfOne("7fffffffffffffff", "02"),
                "text with a line break", "e3 0001 0a 0000",
                "text that is not UTF-8", "e3 0001 ff 0000",
                "text that is too long", "e3 0041 " + "41".repeat(65) + " 0000",
                "member without a name", "e0 0000 0000",
                "negative boot epoch", "e0 0000 0001 61 0000 8000000000000000");
        return frames.entrySet().stream()
                .map(frame -> DynamicTest.dynamicTest(frame.getKey(), () -> {
                    byte[] bytes = HexFormat.of().parseHex(frame.getValue().replace(" ", ""));
                    FrameReader body = new FrameReader(bytes, 1, bytes.length - 1);
                    WireException refusal =
                            assertThrows(WireException.class, () -> Frames.decode(bytes[0] & 0xff, body));
                    assertEquals(WireException.Reason.BAD_VALUE, refusal.reason());
                }));
    }

    private static String appendOfOne(String prevIndex, String entryKind) {
        String zero = " 0000000000000000";
        return "03" + zero + prevIndex + zero.repeat(3) + " 00000001" + zero + entryKind + zero + " 00000000";
    }

    private static int anyTag(SplittableRandom random) {
        return random.nextBoolean() ? 1 + random.nextInt(13) : 0xE0 + random.nextInt(5);
    }

    /** Messages and greetings in turn. */
    private static void forFrames(int count, Consumer<byte[]> check) {
        for (long seed = 0; seed < count; seed++) {
            RandomMessages messages = new RandomMessages(seed, Frames.FROM, Frames.TO);
            check.accept(seed % 4 == 0 ? Frames.of(messages.nextHello()) : Frames.of(messages.next()));
        }
    }

    private static int refused(Runnable reading) {
        try {
            reading.run();
            return 0;
        } catch (WireException e) {
            return 1;
        }
    }

    private static long allocatedBytes(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        work.run();
        long before = threads.getThreadAllocatedBytes(thread);
        work.run();
        return threads.getThreadAllocatedBytes(thread) - before;
    }
}
