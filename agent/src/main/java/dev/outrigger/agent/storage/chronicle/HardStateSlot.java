package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.MemberId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One copy of the stored state, as big as a page of the disk. Little endian: magic, version, number of the write, term,
 * boot epoch, durable sequence, length and bytes of the vote's name; CRC32C over all of it in the last four bytes.
 *
 * @param write number of the write that put it there, rising by one
 */
record HardStateSlot(long write, StoredState state) {
    static final int BYTES = 4096;

    private static final int MAGIC = 0x5348524f; // "ORHS"
    private static final int VERSION = 1;
    private static final int CRC_OFFSET = BYTES - Integer.BYTES;

    ByteBuffer encode() {
        byte[] vote =
                state.hardState().votedFor().map(MemberId::name).orElse("").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer slot = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        slot.putInt(MAGIC).putInt(VERSION).putLong(write);
        slot.putLong(state.hardState().term()).putLong(state.bootEpoch()).putLong(state.durableSequence());
        slot.putInt(vote.length).put(vote);
        slot.putInt(CRC_OFFSET, crcOf(slot));
        return slot.rewind();
    }

    /** Empty when these bytes are not a whole slot. */
    static Optional<HardStateSlot> decode(ByteBuffer slot) {
        slot.order(ByteOrder.LITTLE_ENDIAN);
        boolean valid = slot.getInt(0) == MAGIC && slot.getInt(4) == VERSION && slot.getInt(CRC_OFFSET) == crcOf(slot);
        return valid ? Optional.of(decodeValid(slot.rewind().position(8))) : Optional.empty();
    }

    private static HardStateSlot decodeValid(ByteBuffer slot) {
        long write = slot.getLong();
        long term = slot.getLong();
        long bootEpoch = slot.getLong();
        long durableSequence = slot.getLong();
        byte[] vote = new byte[slot.getInt()];
        slot.get(vote);
        Optional<MemberId> votedFor = vote.length == 0
                ? Optional.empty()
                : Optional.of(new MemberId(new String(vote, StandardCharsets.US_ASCII)));
        return new HardStateSlot(write, new StoredState(new HardState(term, votedFor), bootEpoch, durableSequence));
    }

    private static int crcOf(ByteBuffer slot) {
        CRC32C crc = new CRC32C();
        crc.update(slot.array(), slot.arrayOffset(), CRC_OFFSET);
        return (int) crc.getValue();
    }
}
