package dev.outrigger.agent.cli;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.session.SessionEntry;
import dev.outrigger.agent.session.SessionLimits;
import dev.outrigger.agent.session.SessionTable;
import dev.outrigger.agent.session.Verdict;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which commands of sessions the application was given: each once, as the members rule. Of a session that was opened before
 * the log begins only this is known: a command that comes again in this log is a retry.
 */
final class ExportedSessions {
    private final SessionTable table = new SessionTable(SessionLimits.DEFAULT);
    private final Set<Place> seen = new HashSet<>();
    private long firstIndex;
    private Optional<Payload> given = Optional.empty();

    private record Place(long session, long sequence) {}

    /** Takes the next entry of the log. */
    void tell(Entry entry) {
        firstIndex = firstIndex == 0 ? entry.index() : firstIndex;
        given = Optional.empty();
        Optional<SessionEntry.Command> command = entry.kind() == Entry.Kind.SESSION_COMMAND
                ? SessionEntry.decodeCommand(entry.data())
                : Optional.empty();
        Optional<SessionEntry> session =
                entry.kind() == Entry.Kind.SESSION ? SessionEntry.decode(entry.data()) : Optional.empty();
        if (command.isPresent()) {
            given = Optional.of(command.get())
                    .filter(each -> applies(each, entry))
                    .map(SessionEntry.Command::body);
        } else if (session.isPresent() && session.get() instanceof SessionEntry.Open open) {
            table.open(open.timeToLiveMillis(), entry.index(), entry.timeMillis());
        } else if (session.isPresent() && session.get() instanceof SessionEntry.Close close) {
            table.close(close.session(), entry.index(), entry.timeMillis());
        } else {
            table.advance(entry.index(), entry.timeMillis());
        }
    }

    /** What the application was given of the entry last told; empty when nothing. */
    Optional<Payload> given() {
        return given;
    }

    private boolean applies(SessionEntry.Command command, Entry entry) {
        long hash = SessionTable.bodyHash(command.body());
        Verdict verdict = table.check(command.session(), command.sequence(), hash, entry.index(), entry.timeMillis());
        return command.session() < firstIndex
                ? seen.add(new Place(command.session(), command.sequence()))
                : verdict.kind() == Verdict.Kind.APPLY;
    }
}
