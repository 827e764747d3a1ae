package dev.outrigger.agent.simulator.front;

import dev.outrigger.agent.core.message.Payload;
import java.util.Arrays;

/** A command as it stands in the log: what the agent needs to know, and then the application's bytes. */
final class Envelope {
    /** kind(1) body. */
    static final byte PLAIN = 1;
    /** kind(1) time to live(8). */
    static final byte OPEN = 2;
    /** kind(1) session(8). */
    static final byte CLOSE = 3;
    /** kind(1) session(8) sequence(8) body. */
    static final byte COMMAND = 4;

    private static final int SESSION_BYTES = 17;

    private Envelope() {}

    static Payload plain(byte[] body) {
        byte[] bytes = new byte[1 + body.length];
        bytes[0] = PLAIN;
        System.arraycopy(body, 0, bytes, 1, body.length);
        return Payload.of(bytes);
    }

    static Payload open(long timeToLiveMillis) {
        byte[] bytes = new byte[9];
        bytes[0] = OPEN;
        Bytes.putLong(bytes, 1, timeToLiveMillis);
        return Payload.of(bytes);
    }

    static Payload close(long session) {
        byte[] bytes = new byte[9];
        bytes[0] = CLOSE;
        Bytes.putLong(bytes, 1, session);
        return Payload.of(bytes);
    }

    static Payload command(long session, long sequence, byte[] body) {
        byte[] bytes = new byte[SESSION_BYTES + body.length];
        bytes[0] = COMMAND;
        Bytes.putLong(bytes, 1, session);
        Bytes.putLong(bytes, 9, sequence);
        System.arraycopy(body, 0, bytes, SESSION_BYTES, body.length);
        return Payload.of(bytes);
    }

    static byte kind(Payload envelope) {
        return envelope.array()[0];
    }

    static long timeToLiveMillis(Payload envelope) {
        return Bytes.getLong(envelope.array(), 1);
    }

    static long session(Payload envelope) {
        return Bytes.getLong(envelope.array(), 1);
    }

    static long sequence(Payload envelope) {
        return Bytes.getLong(envelope.array(), 9);
    }

    static byte[] body(Payload envelope) {
        byte[] bytes = envelope.array();
        return Arrays.copyOfRange(bytes, bytes[0] == PLAIN ? 1 : SESSION_BYTES, bytes.length);
    }
}
