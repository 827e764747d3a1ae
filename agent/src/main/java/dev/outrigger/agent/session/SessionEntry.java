package dev.outrigger.agent.session;

import dev.outrigger.agent.core.message.Payload;
import java.util.Arrays;
import java.util.Optional;

/**
 * What an entry of the log that has to do with sessions holds, all numbers big-endian. An entry of kind SESSION: a tag (1
 * open, 2 close), then the time to live (8) or the session (8). One of kind SESSION_COMMAND: session (8), sequence (8),
 * body.
 */
public sealed interface SessionEntry {
    /** What a command takes in the log besides its body. */
    int COMMAND_OVERHEAD_BYTES = 2 * Long.BYTES;

    Payload encode();

    /**
     * Opens a session, whose id is the index of this entry.
     *
     * @param timeToLiveMillis from {@link SessionLimits#TIME_TO_LIVE_MIN_MILLIS} to {@link
     *     SessionLimits#TIME_TO_LIVE_MAX_MILLIS}
     */
    record Open(long timeToLiveMillis) implements SessionEntry {
        @Override
        public Payload encode() {
            return tagged(OPEN, timeToLiveMillis);
        }
    }

    /** @param session to be closed; any number */
    record Close(long session) implements SessionEntry {
        @Override
        public Payload encode() {
            return tagged(CLOSE, session);
        }
    }

    /**
     * @param session it is of; any number
     * @param sequence its number there; any number
     * @param body for the application
     */
    record Command(long session, long sequence, Payload body) implements SessionEntry {
        @Override
        public Payload encode() {
            byte[] bytes = new byte[COMMAND_OVERHEAD_BYTES + body.length()];
            putLong(bytes, 0, session);
            putLong(bytes, Long.BYTES, sequence);
            System.arraycopy(body.array(), 0, bytes, COMMAND_OVERHEAD_BYTES, body.length());
            return Payload.of(bytes);
        }
    }

    byte OPEN = 1;
    byte CLOSE = 2;

    /** An {@link Open} or a {@link Close}; empty when it is neither: an entry without meaning. */
    static Optional<SessionEntry> decode(Payload data) {
        byte[] bytes = data.array();
        if (bytes.length != 1 + Long.BYTES) {
            return Optional.empty();
        }
        long number = getLong(bytes, 1);
        if (bytes[0] == CLOSE) {
            return Optional.of(new Close(number));
        }
        boolean opens = bytes[0] == OPEN
                && number >= SessionLimits.TIME_TO_LIVE_MIN_MILLIS
                && number <= SessionLimits.TIME_TO_LIVE_MAX_MILLIS;
        return opens ? Optional.of(new Open(number)) : Optional.empty();
    }

    /** Empty when it is none: an entry without meaning. */
    static Optional<Command> decodeCommand(Payload data) {
        byte[] bytes = data.array();
        if (bytes.length < COMMAND_OVERHEAD_BYTES) {
            return Optional.empty();
        }
        Payload body = Payload.of(Arrays.copyOfRange(bytes, COMMAND_OVERHEAD_BYTES, bytes.length));
        return Optional.of(new Command(getLong(bytes, 0), getLong(bytes, Long.BYTES), body));
    }

    private static Payload tagged(byte tag, long number) {
        byte[] bytes = new byte[1 + Long.BYTES];
        bytes[0] = tag;
        putLong(bytes, 1, number);
        return Payload.of(bytes);
    }

    private static void putLong(byte[] bytes, int position, long value) {
        for (int i = 0; i < Long.BYTES; i++) {
            bytes[position + i] = (byte) (value >> 8 * (Long.BYTES - 1 - i));
        }
    }

    private static long getLong(byte[] bytes, int position) {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << 8 | bytes[position + i] & 0xff;
        }
        return value;
    }
}
