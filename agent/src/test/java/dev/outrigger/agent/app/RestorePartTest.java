package dev.outrigger.agent.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RestorePartTest {
    private static final UUID ID = new UUID(0x0102030405060708L, 0x090a0b0c0d0e0f10L);

    private final RestorePart.Piece piece = new RestorePart.Piece(ID, 7, Payload.of(new byte[] {42}));
    private final RestorePart.End end = new RestorePart.End(ID, 3, 8, 99, -1, "kv/1");

    /** They stand in logs, so these bytes never change. */
    @Test
    void theBytesAreTheseForEver() {
        assertEquals("010102030405060708090a0b0c0d0e0f10000000072a", hex(piece.encode()));
        assertEquals(
                "020102030405060708090a0b0c0d0e0f100000000000000003000000080000000000000063ffffffff6b762f31",
                hex(end.encode()));
    }

    @Test
    void isReadAsItWasWritten() {
        assertEquals(Optional.of(piece), RestorePart.decode(piece.encode()));
        assertEquals(Optional.of(end), RestorePart.decode(end.encode()));
    }

    @Test
    void whatIsNoPartHasNoMeaning() {
        assertEquals(Optional.empty(), RestorePart.decode(Payload.EMPTY));
        assertEquals(Optional.empty(), RestorePart.decode(Payload.of(new byte[] {3})));
        for (int length = 0; length < RestorePart.END_BYTES_MIN; length++) {
            assertEquals(Optional.empty(), RestorePart.decode(cut(end.encode(), length)));
        }
        for (int length = 0; length < RestorePart.PIECE_OVERHEAD_BYTES; length++) {
            assertEquals(Optional.empty(), RestorePart.decode(cut(piece.encode(), length)));
        }
    }

    @Test
    void onlyAnEntryForRestoringIsAnEnd() {
        assertTrue(RestorePart.isEnd(new Entry(1, 1, Entry.Kind.RESTORE, 0, end.encode())));
        assertFalse(RestorePart.isEnd(new Entry(1, 1, Entry.Kind.COMMAND, 0, end.encode())));
        assertFalse(RestorePart.isEnd(new Entry(1, 1, Entry.Kind.RESTORE, 0, piece.encode())));
        assertFalse(RestorePart.isEnd(new Entry(1, 1, Entry.Kind.RESTORE, 0, Payload.EMPTY)));
    }

    private static Payload cut(Payload data, int length) {
        return Payload.of(Arrays.copyOf(data.array(), length));
    }

    private static String hex(Payload data) {
        return HexFormat.of().formatHex(data.array());
    }
}
