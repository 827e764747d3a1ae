package dev.outrigger.agent.node;

import dev.outrigger.agent.app.SkipDecision;
import dev.outrigger.agent.core.RaftCore;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import dev.outrigger.agent.wire.AppRecord.MemberStanding;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Operators that want a command passed over. Only the one at which some member is paused, and which no member is known to
 * have applied, is; each is proposed once, and answered when the decision is committed. On the event loop.
 */
final class SkipRequests {
    /** Operators are few; who is more than that is a script gone wrong. */
    private static final int WAITING_MAX = 16;

    private final RaftCore core;
    private final Skips skips;
    private final Function<Long, Future<Entry>> read;
    private final Supplier<List<MemberStanding>> members;
    private final Supplier<Problem> noLeader;
    private final Runnable wake;
    private final List<Request> waiting = new ArrayList<>();
    private long nextId;

    /**
     * @param read an entry of the log, committed
     * @param members how the applications are, as far as known
     * @param firstId ids rise from here and must never have been used, not even by an earlier start
     */
    SkipRequests(
            RaftCore core,
            Skips skips,
            Function<Long, Future<Entry>> read,
            Supplier<List<MemberStanding>> members,
            Supplier<Problem> noLeader,
            Runnable wake,
            long firstId) {
        this.core = core;
        this.skips = skips;
        this.read = read;
        this.members = members;
        this.noLeader = noLeader;
        this.wake = wake;
        this.nextId = firstId;
    }

    Future<Answer<Answer.Skipped>> skip(long index, String reason, Duration wait) {
        Optional<Problem> refused = refusal(index);
        if (refused.isPresent()) {
            return Future.succeededFuture(new Answer.Failed<>(refused.get()));
        }
        return read.apply(index)
                .map(entry -> Optional.of(entry).filter(SkipRequests::isCommand))
                .recover(unreadable -> Future.succeededFuture(Optional.empty()))
                .compose(command -> command.isPresent()
                        ? propose(index, reason, wait)
                        : Future.succeededFuture(failed(
                                Code.NOT_FOUND, index, "There is no command at index " + index + " of the log here.")));
    }

    private static boolean isCommand(Entry entry) {
        return entry.kind() == Entry.Kind.COMMAND || entry.kind() == Entry.Kind.SESSION_COMMAND;
    }

    private Optional<Problem> refusal(long index) {
        if (waiting.size() >= WAITING_MAX) {
            return Optional.of(problem(Code.OVERLOADED, index, "Not taken: " + WAITING_MAX + " such requests wait."));
        }
        if (index > core.commitIndex()) {
            return Optional.of(problem(
                    Code.NOT_FOUND,
                    index,
                    "Index " + index + " is not committed here; the last that is known to be is " + core.commitIndex()
                            + "."));
        }
        if (index < core.firstIndex()) {
            return Optional.of(problem(
                    Code.ALREADY_APPLIED,
                    index,
                    "The log here begins at index " + core.firstIndex() + "; what was before is in a snapshot."));
        }
        if (core.leader().isEmpty()) {
            return Optional.of(noLeader.get());
        }
        List<MemberStanding> standings = members.get();
        List<MemberId> applied = standings.stream()
                .filter(member -> member.appliedIndex() >= index && !skips.isSkipped(index))
                .filter(member -> member.differsFrom() == 0 || member.differsFrom() > index)
                .map(MemberStanding::member)
                .toList();
        if (!applied.isEmpty()) {
            return Optional.of(
                    problem(
                            Code.ALREADY_APPLIED,
                            index,
                            "The command at index " + index + " has been applied by " + names(applied)
                                    + ": it cannot be passed over by the others. Repair the application that cannot apply it."));
        }
        boolean paused = standings.stream().anyMatch(member -> member.pausedIndex() == index);
        return paused || skips.isSkipped(index)
                ? Optional.empty()
                : Optional.of(problem(
                        Code.NOT_PAUSED,
                        index,
                        "No member is paused at index " + index + ": only a command that an application cannot apply is"
                                + " passed over."));
    }

    private static String names(List<MemberId> members) {
        return String.join(", ", members.stream().map(MemberId::name).toList());
    }

    private Future<Answer<Answer.Skipped>> propose(long index, String reason, Duration wait) {
        if (skips.isSkipped(index)) {
            return Future.succeededFuture(new Answer.Ok<>(new Answer.Skipped(index)));
        }
        Request request = new Request(nextId++, index, System.nanoTime() + wait.toNanos());
        waiting.add(request);
        core.propose(request.id, Entry.Kind.SKIP, List.of(new SkipDecision(index, reason).encode()));
        wake.run();
        return request.promise.future();
    }

    void receipt(ProposeReceipt receipt) {
        List.copyOf(waiting).stream()
                .filter(request -> request.id == receipt.proposalId() && !receipt.appended())
                .forEach(request -> request.end(new Answer.Failed<>(problem(
                        Code.NO_LEADER, request.index, "No leader could take the decision. Ask again in a moment."))));
    }

    /** This command is passed over from now on. */
    void decided(long index) {
        List.copyOf(waiting).stream()
                .filter(request -> request.index == index)
                .forEach(request -> request.end(new Answer.Ok<>(new Answer.Skipped(index))));
    }

    void tick(long nowNanos) {
        List.copyOf(waiting).stream()
                .filter(request -> nowNanos - request.deadlineNanos >= 0)
                .forEach(request -> request.end(unknown(
                        Code.DEADLINE,
                        request.index,
                        "The decision was proposed, but not committed by the deadline.")));
    }

    void close() {
        List.copyOf(waiting)
                .forEach(request -> request.end(
                        unknown(Code.SHUTTING_DOWN, request.index, "The agent is shutting down. Ask another agent.")));
    }

    private Answer<Answer.Skipped> unknown(Code code, long index, String detail) {
        return new Answer.Failed<>(
                new Problem(code, Outcome.UNKNOWN, detail, core.leader(), Optional.of(index), Optional.empty()));
    }

    private Answer<Answer.Skipped> failed(Code code, long index, String detail) {
        return new Answer.Failed<>(problem(code, index, detail));
    }

    private Problem problem(Code code, long index, String detail) {
        return new Problem(code, Outcome.NONE, detail, core.leader(), Optional.of(index), Optional.empty());
    }

    private final class Request {
        private final long id;
        private final long index;
        private final long deadlineNanos;
        private final Promise<Answer<Answer.Skipped>> promise = Promise.promise();

        Request(long id, long index, long deadlineNanos) {
            this.id = id;
            this.index = index;
            this.deadlineNanos = deadlineNanos;
        }

        void end(Answer<Answer.Skipped> answer) {
            waiting.remove(this);
            promise.tryComplete(answer);
        }
    }
}
