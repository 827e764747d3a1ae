package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.session.SessionTable;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * A gate as it is written down, so that the log need not be read again after a restart. Big-endian: term (8), applied index
 * (8), the session table.
 *
 * @param term of the last entry that the gate was told
 * @param appliedIndex the last command for the application among what the gate was told, 0 for none
 * @param gate not to be told anything before it was copied
 */
record GateCheckpoint(long term, long appliedIndex, Gate gate) {
    private static final int HEADER_BYTES = 2 * Long.BYTES;

    /** Takes time for a large table: not for the event loop. */
    Payload encode() {
        byte[] table = gate.sessions().encode();
        return Payload.of(ByteBuffer.allocate(HEADER_BYTES + table.length)
                .putLong(term)
                .putLong(appliedIndex)
                .put(table)
                .array());
    }

    /** Empty when it is none. */
    static Optional<GateCheckpoint> decode(Payload encoded) {
        if (encoded.length() < HEADER_BYTES) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(encoded.array());
        try {
            long term = in.getLong();
            long appliedIndex = in.getLong();
            byte[] table = Arrays.copyOfRange(encoded.array(), HEADER_BYTES, encoded.length());
            return Optional.of(new GateCheckpoint(term, appliedIndex, new Gate(SessionTable.decode(table))));
        } catch (IllegalArgumentException other) {
            return Optional.empty();
        }
    }

    /** Whether it is of this log: what the gate was told is in it, and committed. */
    boolean isOf(CommittedLog log) {
        long index = gate.toldIndex();
        return appliedIndex <= index
                && index <= log.deliverableIndex()
                && Handshake.termAt(log, index).filter(known -> known == term).isPresent();
    }
}
