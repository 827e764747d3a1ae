package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/**
 * What an {@link Entry.Kind#RESTORE} entry holds: a piece of the application's part of a backup, or the end of it. Big
 * endian: a tag (1 piece, 2 end), the id in 16 bytes, then
 *
 * <pre>
 * piece: i32 number, bytes
 * end:   i64 firstIndex, i32 pieces, i64 bytes, i32 CRC32C, format in UTF-8
 * </pre>
 */
public sealed interface RestorePart {
    /** What a piece takes beside its bytes. */
    int PIECE_OVERHEAD_BYTES = 1 + 16 + Integer.BYTES;

    int END_BYTES_MIN = 1 + 16 + Long.BYTES + Integer.BYTES + Long.BYTES + Integer.BYTES;

    /** The backup that this is of. */
    UUID id();

    /**
     * @param number from 0, rising by one
     * @param bytes what it holds; an empty one is of no use
     */
    record Piece(UUID id, int number, Payload bytes) implements RestorePart {
        public Payload encode() {
            return Payload.of(head((byte) 1, id, PIECE_OVERHEAD_BYTES + bytes.length())
                    .putInt(number)
                    .put(bytes.array())
                    .array());
        }
    }

    /**
     * Behind all pieces.
     *
     * @param firstIndex index of piece 0; of no meaning when there are none
     * @param pieces how many there are
     * @param bytes how many they hold together
     * @param checksum CRC32C over these
     * @param format what the application called their format, empty when it gave none
     */
    record End(UUID id, long firstIndex, int pieces, long bytes, int checksum, String format) implements RestorePart {
        public Payload encode() {
            byte[] text = format.getBytes(StandardCharsets.UTF_8);
            return Payload.of(head((byte) 2, id, END_BYTES_MIN + text.length)
                    .putLong(firstIndex)
                    .putInt(pieces)
                    .putLong(bytes)
                    .putInt(checksum)
                    .put(text)
                    .array());
        }
    }

    /** Whether this is the entry of an end, whatever else it says. Cheap. */
    static boolean isEnd(Entry entry) {
        return entry.kind() == Entry.Kind.RESTORE
                && entry.data().length() > 0
                && entry.data().array()[0] == 2;
    }

    /** Empty when it is none of these: an entry without meaning. */
    static Optional<RestorePart> decode(Payload data) {
        ByteBuffer in = ByteBuffer.wrap(data.array());
        try {
            byte tag = in.get();
            UUID id = new UUID(in.getLong(), in.getLong());
            return switch (tag) {
                case 1 -> Optional.of(new Piece(id, in.getInt(), Payload.of(rest(in))));
                case 2 ->
                    Optional.of(new End(
                            id,
                            in.getLong(),
                            in.getInt(),
                            in.getLong(),
                            in.getInt(),
                            new String(rest(in), StandardCharsets.UTF_8)));
                default -> Optional.empty();
            };
        } catch (BufferUnderflowException tooShort) {
            return Optional.empty();
        }
    }

    private static ByteBuffer head(byte tag, UUID id, int bytes) {
        return ByteBuffer.allocate(bytes)
                .put(tag)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits());
    }

    private static byte[] rest(ByteBuffer in) {
        byte[] rest = new byte[in.remaining()];
        in.get(rest);
        return rest;
    }
}
