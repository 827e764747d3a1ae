package dev.outrigger.agent.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
    private static final String DISK = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
    private static final LogRecord COMMAND = LogRecord.of(
            new Entry(42, 3, Entry.Kind.COMMAND, 1_764_000_000_000L, Payload.of("hi".getBytes(StandardCharsets.UTF_8))),
            100,
            97);

    private final RecordCodec codec = new RecordCodec(DISK);

    /** These bytes are on people's disks: a change here needs a new format version. */
    @Test
    void commandHasTheseBytes() {
        assertEquals(
                "02010000" + "02000000" + "6400000000000000" + "6100000000000000" + "0300000000000000"
                        + "2a00000000000000" + "00e897b69a010000" + "ec6a361d" + "6869",
                HexFormat.of().formatHex(encoded(COMMAND)));
    }

    @Test
    void noopHasTheseBytes() {
        LogRecord noop = LogRecord.of(new Entry(1, 1, Entry.Kind.NOOP, 0, Payload.EMPTY), 2, 1);
        assertEquals(
                "01010000" + "00000000" + "0200000000000000" + "0100000000000000" + "0100000000000000"
                        + "0100000000000000" + "0000000000000000" + "873ad044",
                HexFormat.of().formatHex(encoded(noop)));
    }

    @Test
    void segmentHeaderHasTheseBytes() {
        LogRecord header = LogRecord.segmentHeader(new LogReplay(0), 0);
        assertEquals(
                "80010000" + "00000000" + "0100000000000000" + "0000000000000000" + "0000000000000000"
                        + "0000000000000000" + "0000000000000000" + "1a7843fa",
                HexFormat.of().formatHex(encoded(header)));
    }

    @Test
    void whatWasEncodedIsDecoded() {
        byte[] bytes = encoded(COMMAND);
        assertEquals(COMMAND, codec.decode(ByteBuffer.wrap(bytes), 0, bytes.length));
    }

    @Test
    void recordIsDecodedFromTheMiddleOfABufferAndLeavesItAsItWas() {
        byte[] bytes = encoded(COMMAND);
        ByteBuffer buffer = ByteBuffer.allocate(bytes.length + 20);
        buffer.put(7, bytes);
        byte[] before = buffer.array().clone();
        assertEquals(COMMAND, codec.decode(buffer, 7, bytes.length));
        assertEquals(HexFormat.of().formatHex(before), HexFormat.of().formatHex(buffer.array()));
    }

    @Test
    void everySingleFlippedBitIsNoticed() {
        byte[] bytes = encoded(COMMAND);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThrows(
                    LogDamage.class,
                    () -> codec.decode(ByteBuffer.wrap(damaged), 0, damaged.length),
                    "bit " + bit + " was flipped");
        }
    }

    @Test
    void everyOtherLengthIsNoticed() {
        byte[] bytes = Arrays.copyOf(encoded(COMMAND), 80);
        for (int length = 0; length < bytes.length; length++) {
            if (length != RecordCodec.sizeBytes(COMMAND)) {
                int wrong = length;
                assertThrows(LogDamage.class, () -> codec.decode(ByteBuffer.wrap(bytes), 0, wrong), "length " + wrong);
            }
        }
    }

    @Test
    void recordOfAnotherDiskIsNotTaken() {
        byte[] bytes = encoded(COMMAND);
        RecordCodec other = new RecordCodec("00000000-0000-0000-0000-000000000000");
        assertThrows(LogDamage.class, () -> other.decode(ByteBuffer.wrap(bytes), 0, bytes.length));
    }

    private byte[] encoded(LogRecord record) {
        ByteBuffer buffer = ByteBuffer.allocate(RecordCodec.sizeBytes(record));
        codec.encode(record, buffer);
        assertEquals(0, buffer.remaining());
        return buffer.array();
    }
}
