package dev.outrigger.agent.simulator.front;

import dev.outrigger.agent.core.message.Payload;
import java.util.Arrays;

/**
 * What a snapshot holds: the agent's part and the application's, both as of one index. The application's own position may
 * be lower: it saw the last command there, and nothing of what followed concerned it.
 *
 * <pre>
 * index(8) timeMillis(8) appIndex(8) appTerm(8) tableLength(4) table app
 * </pre>
 */
record Base(long index, long timeMillis, long appIndex, long appTerm, byte[] table, byte[] app) {
    private static final int HEADER_BYTES = 36;
    /** Before the first entry. */
    static final Base EMPTY = new Base(0, 0, 0, 0, new byte[0], new byte[0]);

    Payload toPayload() {
        byte[] bytes = new byte[HEADER_BYTES + table.length + app.length];
        Bytes.putLong(bytes, 0, index);
        Bytes.putLong(bytes, 8, timeMillis);
        Bytes.putLong(bytes, 16, appIndex);
        Bytes.putLong(bytes, 24, appTerm);
        Bytes.putInt(bytes, 32, table.length);
        System.arraycopy(table, 0, bytes, HEADER_BYTES, table.length);
        System.arraycopy(app, 0, bytes, HEADER_BYTES + table.length, app.length);
        return Payload.of(bytes);
    }

    static Base ofPayload(Payload payload) {
        byte[] bytes = payload.array();
        int tableEnd = HEADER_BYTES + Bytes.getInt(bytes, 32);
        return new Base(
                Bytes.getLong(bytes, 0),
                Bytes.getLong(bytes, 8),
                Bytes.getLong(bytes, 16),
                Bytes.getLong(bytes, 24),
                Arrays.copyOfRange(bytes, HEADER_BYTES, tableEnd),
                Arrays.copyOfRange(bytes, tableEnd, bytes.length));
    }

    boolean isEmpty() {
        return index == 0;
    }
}
