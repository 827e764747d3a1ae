package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Control;
import dev.outrigger.agent.core.message.ControlReceipt;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.LogFetch;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Message.AppendRequest;
import dev.outrigger.agent.core.message.Message.AppendResponse;
import dev.outrigger.agent.core.message.Message.ProposeRequest;
import dev.outrigger.agent.core.message.Message.ProposeResponse;
import dev.outrigger.agent.core.message.Message.ReadRequest;
import dev.outrigger.agent.core.message.Message.ReadResponse;
import dev.outrigger.agent.core.message.Message.VoteRequest;
import dev.outrigger.agent.core.message.Message.VoteResponse;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.core.message.ReadGrant;
import dev.outrigger.agent.core.message.Ready;
import dev.outrigger.agent.core.message.Snapshot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Values as short lines for people. An entry is written {@code index@term}. */
final class Prose {
    private Prose() {}

    /** A Ready line by line: what to store, what to send before and after that, and what has ended. */
    static List<String> of(Ready ready) {
        List<String> lines = new ArrayList<>();
        ready.hardState().ifPresent(hardState -> lines.add("store " + of(hardState)));
        ready.install().ifPresent(snapshot -> lines.add("install " + of(snapshot)));
        if (!ready.appends().isEmpty()) {
            lines.add("store " + entries(ready.appends()));
        }
        ready.sendNow().forEach(message -> lines.add("send " + of(message)));
        ready.sendAfterPersist().forEach(message -> lines.add("then " + of(message)));
        ready.receipts().forEach(receipt -> lines.add("proposal " + of(receipt)));
        ready.reads().forEach(grant -> lines.add("read " + of(grant)));
        ready.fetches().forEach(fetch -> lines.add("fetch " + of(fetch)));
        ready.controls().forEach(receipt -> lines.add("control " + of(receipt)));
        ready.chunkFetches()
                .forEach(fetch -> lines.add("fetch snapshot " + of(fetch.snapshot()) + " from byte " + fetch.offset()
                        + " for " + fetch.follower()));
        ready.chunkWrites()
                .forEach(write -> lines.add("put aside " + write.bytes().length() + " bytes at " + write.offset()
                        + " of snapshot " + of(write.snapshot())));
        return lines;
    }

    static String of(Message message) {
        return message.from() + "->" + message.to() + " t" + message.term() + " " + content(message);
    }

    private static String content(Message message) {
        return switch (message.kind()) {
            case VOTE_REQUEST -> of((VoteRequest) message);
            case VOTE_RESPONSE -> of((VoteResponse) message);
            case APPEND_REQUEST -> of((AppendRequest) message);
            case APPEND_RESPONSE -> of((AppendResponse) message);
            case READ_REQUEST -> "read #" + ((ReadRequest) message).readId() + "?";
            case READ_RESPONSE -> "read " + of((ReadResponse) message);
            case PROPOSE_REQUEST -> of((ProposeRequest) message);
            case PROPOSE_RESPONSE -> "proposal " + of(((ProposeResponse) message).receipt());
            case TIMEOUT_NOW -> "campaign now";
            case SNAPSHOT_REQUEST -> of((Message.SnapshotRequest) message);
            case SNAPSHOT_RESPONSE -> of((Message.SnapshotResponse) message);
            case CONTROL_REQUEST -> of((Message.ControlRequest) message);
            case CONTROL_RESPONSE -> "control " + of(((Message.ControlResponse) message).receipt());
            case APP_REPORT -> "report of " + ((Message.AppReport) message).report();
        };
    }

    private static String of(VoteRequest request) {
        return (request.preVote() ? "pre-vote" : "vote") + "? log ends " + at(request.lastIndex(), request.lastTerm());
    }

    private static String of(VoteResponse response) {
        return (response.preVote() ? "pre-vote" : "vote") + (response.granted() ? " granted" : " refused");
    }

    private static String of(AppendRequest request) {
        return "append after " + at(request.prevIndex(), request.prevTerm()) + " " + entries(request.entries())
                + " commit " + request.commitIndex() + " round " + request.round();
    }

    private static String of(AppendResponse response) {
        if (response.accepted()) {
            return "match " + response.matchIndex() + " round " + response.round();
        }
        if (response.rejectedIndex() == 0) {
            return "that term is over";
        }
        String hint = at(response.hintIndex(), response.hintTerm());
        return "no match at " + response.rejectedIndex() + ", maybe " + hint + " round " + response.round();
    }

    private static String of(Message.SnapshotRequest request) {
        return "snapshot " + of(request.snapshot()) + " from byte " + request.offset() + ": "
                + request.bytes().length() + " bytes, round " + request.round();
    }

    private static String of(Message.SnapshotResponse response) {
        return "snapshot of " + response.index() + ": "
                + (response.installed() ? "installed" : response.storedBytes() + " bytes here") + ", round "
                + response.round();
    }

    private static String of(Snapshot snapshot) {
        return at(snapshot.index(), snapshot.term()) + " (" + snapshot.bytes() + " bytes)";
    }

    private static String of(Message.ControlRequest request) {
        return "control #" + request.requestId() + "? " + of(request.control());
    }

    private static String of(Control control) {
        if (control instanceof Control.Transfer transfer) {
            return "transfer to " + nobodyIfEmpty(transfer.to());
        }
        return ((Control.ChangeMembers) control)
                .changes().stream()
                        .map(change -> change.becomes().map(Prose::of).orElse("no " + change.id()))
                        .collect(Collectors.joining(", "));
    }

    private static String of(Configuration.Member member) {
        return member.standing().toString().toLowerCase(Locale.ROOT) + " " + member.id();
    }

    private static String of(ControlReceipt receipt) {
        return "#" + receipt.requestId() + " " + receipt.verdict()
                + (receipt.index() > 0 ? " " + at(receipt.index(), receipt.term()) : "");
    }

    static String of(Configuration configuration) {
        String members = configuration.members().stream().map(Prose::of).collect(Collectors.joining(", "));
        String next = configuration.next().stream().map(Prose::of).collect(Collectors.joining(", "));
        return "{" + members + (next.isEmpty() ? "" : " -> " + next) + "}";
    }

    private static String of(ReadResponse response) {
        return of(new ReadGrant(response.readId(), response.granted(), response.readIndex()));
    }

    private static String of(ProposeRequest request) {
        return "proposal #" + request.proposalId() + "? "
                + request.commands().stream().map(Prose::of).collect(Collectors.joining(" "));
    }

    private static String of(ProposeReceipt receipt) {
        String where = receipt.appended() ? at(receipt.firstIndex(), receipt.entryTerm()) : "" + receipt.refusal();
        return "#" + receipt.proposalId() + " " + where;
    }

    private static String of(ReadGrant grant) {
        return "#" + grant.readId() + (grant.granted() ? " at " + grant.readIndex() : " refused");
    }

    private static String of(LogFetch fetch) {
        return "from " + fetch.firstIndex() + " for " + fetch.follower();
    }

    private static String of(HardState hardState) {
        return "term " + hardState.term() + " vote " + nobodyIfEmpty(hardState.votedFor());
    }

    /** A member's place in the cluster. */
    static String role(RaftCore core) {
        String leader = core.role() == RoleName.FOLLOWER ? " of " + nobodyIfEmpty(core.leader()) : "";
        return core.role() + leader + " in term " + core.term();
    }

    /** All there is to know of a member. */
    static String state(RaftCore core) {
        return role(core) + ", vote " + nobodyIfEmpty(core.votedFor()) + ", log ends "
                + at(core.lastIndex(), core.termAt(core.lastIndex())) + ", durable " + core.durableIndex() + ", commit "
                + core.commitIndex();
    }

    /** The entries of a member's log. */
    static String log(RaftCore core) {
        return LongStream.rangeClosed(core.firstIndex(), core.lastIndex())
                .mapToObj(index -> at(index, core.termAt(index)))
                .collect(Collectors.joining(" "));
    }

    private static String entries(List<Entry> entries) {
        return entries.stream().map(Prose::of).collect(Collectors.joining(" ", "[", "]"));
    }

    private static String of(Entry entry) {
        String content = switch (entry.kind()) {
            case NOOP -> "no-op";
            case COMMAND -> of(entry.data());
            case RESTORE, SESSION, SESSION_COMMAND, SKIP ->
                entry.kind().name().toLowerCase(Locale.ROOT) + " " + of(entry.data());
            case CONFIGURATION -> of(Configuration.decode(entry.data()));
        };
        return at(entry.index(), entry.term()) + (content.isEmpty() ? "" : " " + content);
    }

    private static String of(Payload payload) {
        return new String(payload.array(), StandardCharsets.UTF_8);
    }

    private static String at(long index, long term) {
        return index + "@" + term;
    }

    private static String nobodyIfEmpty(Optional<MemberId> member) {
        return member.map(MemberId::name).orElse("-");
    }
}
