package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.session.SessionEntry;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * The command that the application cannot apply.
 *
 * @param index where it stands in the log
 * @param session of a client, 0 for none
 * @param sequence its number in that session, 0 for none
 * @param bytes how long it is
 * @param payload its beginning in base64, of at most {@link #PAYLOAD_BYTES_MAX} bytes; empty when it could not be read
 * @param answer what the application did: status and the beginning of its text, or how it broke off
 */
public record Poison(long index, long session, long sequence, int bytes, String payload, String answer) {
    /** So much of it is shown. */
    public static final int PAYLOAD_BYTES_MAX = 3 << 10;

    static Poison of(long index, Optional<Entry> entry, String answer) {
        Optional<SessionEntry.Command> command = entry.filter(found -> found.kind() == Entry.Kind.SESSION_COMMAND)
                .flatMap(found -> SessionEntry.decodeCommand(found.data()));
        Payload body = command.map(SessionEntry.Command::body)
                .or(() -> entry.map(Entry::data))
                .orElse(Payload.EMPTY);
        byte[] shown = Arrays.copyOf(body.array(), Math.min(body.length(), PAYLOAD_BYTES_MAX));
        return new Poison(
                index,
                command.map(SessionEntry.Command::session).orElse(0L),
                command.map(SessionEntry.Command::sequence).orElse(0L),
                body.length(),
                Base64.getEncoder().encodeToString(shown),
                answer);
    }
}
