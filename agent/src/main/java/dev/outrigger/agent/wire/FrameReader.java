package dev.outrigger.agent.wire;

import static dev.outrigger.agent.wire.WireException.Reason.BAD_VALUE;
import static dev.outrigger.agent.wire.WireException.Reason.TRAILING_BYTES;
import static dev.outrigger.agent.wire.WireException.Reason.TRUNCATED;

import dev.outrigger.agent.core.message.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Reads the fields of one frame's body. Every method throws {@link WireException} when the bytes are not what is asked
 * for. Valid only while the frame is being handled: it looks into an array that is used again. What it returns is its
 * own copy.
 */
public final class FrameReader {
    private final ByteBuffer body;

    /** Reads {@code length} bytes of {@code array} from {@code offset}. */
    public FrameReader(byte[] array, int offset, int length) {
        body = ByteBuffer.wrap(array, offset, length);
    }

    public int u8() {
        need(1);
        return body.get() & 0xff;
    }

    public int u16() {
        need(Short.BYTES);
        return body.getShort() & 0xffff;
    }

    public boolean bool() {
        int value = u8();
        if (value > 1) {
            throw new WireException(BAD_VALUE, "not a truth value: " + value);
        }
        return value == 1;
    }

    public long int64() {
        need(Long.BYTES);
        return body.getLong();
    }

    /** A number that is never negative: a term, an index, a time. */
    public long natural() {
        long value = int64();
        if (value < 0) {
            throw new WireException(BAD_VALUE, "a term, index, count or time is negative: " + value);
        }
        return value;
    }

    public Payload payload() {
        need(Integer.BYTES);
        int length = body.getInt();
        need(length);
        if (length == 0) {
            return Payload.EMPTY;
        }
        byte[] bytes = new byte[length];
        body.get(bytes);
        return Payload.of(bytes);
    }

    public String text(int bytesMax) {
        int length = u16();
        if (length > bytesMax) {
            throw new WireException(BAD_VALUE, "text of " + length + " bytes where " + bytesMax + " are allowed");
        }
        need(length);
        String text = decode(body.slice(body.position(), length));
        body.position(body.position() + length);
        if (hasControlCharacter(text)) {
            throw new WireException(BAD_VALUE, "text with a control character");
        }
        return text;
    }

    /**
     * @param elementBytesMin the least that one element takes; a count that could not fit is refused before anything is
     *     allocated for it
     */
    public <T> List<T> list(int elementBytesMin, Supplier<T> readElement) {
        need(Integer.BYTES);
        int count = body.getInt();
        if (count < 0 || (long) count * elementBytesMin > body.remaining()) {
            throw new WireException(TRUNCATED, "a list of " + count + " elements in " + body.remaining() + " bytes");
        }
        List<T> elements = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            elements.add(readElement.get());
        }
        return elements;
    }

    /** Says that everything was read. */
    public void end() {
        if (body.hasRemaining()) {
            throw new WireException(TRAILING_BYTES, body.remaining() + " bytes after the last field");
        }
    }

    static boolean hasControlCharacter(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    private static String decode(ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new WireException(BAD_VALUE, "text is not UTF-8");
        }
    }

    private void need(int bytes) {
        if (bytes < 0 || bytes > body.remaining()) {
            throw new WireException(
                    TRUNCATED,
                    "a field of " + (bytes & 0xffffffffL) + " bytes where " + body.remaining() + " are left");
        }
    }
}
