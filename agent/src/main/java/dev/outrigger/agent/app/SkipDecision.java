package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What an entry of kind SKIP holds: the index, in eight bytes, big-endian, and the reason in UTF-8.
 *
 * @param index of the command to be passed over, from 1
 * @param reason who decided so, and why, for people
 */
public record SkipDecision(long index, String reason) {
    public Payload encode() {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        return Payload.of(ByteBuffer.allocate(Long.BYTES + text.length)
                .putLong(index)
                .put(text)
                .array());
    }

    /** Empty when it is none: an entry without meaning. */
    public static Optional<SkipDecision> decode(Payload data) {
        if (data.length() < Long.BYTES) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(data.array());
        long index = in.getLong();
        byte[] text = new byte[in.remaining()];
        in.get(text);
        return index < 1
                ? Optional.empty()
                : Optional.of(new SkipDecision(index, new String(text, StandardCharsets.UTF_8)));
    }
}
