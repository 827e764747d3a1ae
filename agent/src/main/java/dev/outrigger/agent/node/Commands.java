package dev.outrigger.agent.node;

import dev.outrigger.agent.app.AppEvents.Result;
import dev.outrigger.agent.app.Ruling;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.core.message.ProposeReceipt.Refusal;
import dev.outrigger.agent.node.Answer.Applied;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import dev.outrigger.agent.node.Submission.Command;
import dev.outrigger.agent.session.SessionResult;
import dev.outrigger.agent.session.Verdict;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The commands that clients of this agent wait for: proposed as soon as somebody can take them, and answered when the
 * application beside this agent has applied them. A command whose place in the log went to another leader's entry is
 * certainly not executed and is proposed again within its deadline; anything doubtful never is, but for commands of
 * sessions, which take effect once however often they are proposed. On the event loop.
 */
final class Commands {
    private final NodeOptions.Limits limits;
    private final Group group;
    private final TreeSet<Submission> byDeadline = new TreeSet<>();
    private final Deque<Command> waiting = new ArrayDeque<>();
    private final Map<Long, List<Command>> proposals = new HashMap<>();
    private final AppendedCommands appended = new AppendedCommands();
    private long nextProposalId;
    private long nextSequence;
    private int pending;
    private long pendingBytes;
    /** After a refusal: wait for the next tick or leader before trying again. */
    private boolean holding;

    /** What the commands need from the group they are proposed to. */
    interface Group {
        /** Why commands cannot be proposed now; empty when they can. */
        Optional<Problem> closed();

        /** Why nothing new is taken, not even to wait; empty when it is. */
        Optional<Problem> full();

        void propose(long proposalId, Entry.Kind kind, List<Payload> data);

        long commitIndex();

        long appliedIndex();

        /** Term of the entry at {@code index} if the log reaches that far, else 0. */
        long termAt(long index);

        /** Whether the log begins only behind {@code index}, so that its term is not known any more. */
        boolean isCompacted(long index);

        /** Whether it was decided that nobody applies the command there. */
        boolean isSkipped(long index);

        Optional<MemberId> leader();

        boolean appAttached();

        /** What the sessions say of a command where the application stands. */
        Verdict look(long session, long number, long bodyHash);

        /** The first result of a command of a session; empty when it is not kept here. */
        Optional<SessionResult> result(long session, long number);
    }

    /** @param firstProposalId ids rise from here and must never have been used, not even by an earlier start */
    Commands(NodeOptions.Limits limits, Group group, long firstProposalId) {
        this.limits = limits;
        this.group = group;
        this.nextProposalId = firstProposalId;
    }

    int pending() {
        return pending;
    }

    long pendingBytes() {
        return pendingBytes;
    }

    Future<List<Answer<Applied>>> submit(List<Order> orders, Duration wait) {
        long bytes = orders.stream().mapToLong(order -> order.data().length()).sum();
        if (pending + orders.size() > limits.pendingCommandsMax() || pendingBytes + bytes > limits.pendingBytesMax()) {
            return Future.succeededFuture(refused(orders.size(), overloaded("too many commands wait here")));
        }
        Optional<Problem> full = group.full();
        if (full.isPresent()) {
            return Future.succeededFuture(refused(orders.size(), full.get()));
        }
        Submission submission = new Submission(nextSequence++, System.nanoTime() + wait.toNanos(), orders);
        pending += orders.size();
        pendingBytes += bytes;
        byDeadline.add(submission);
        waiting.addAll(submission.commands());
        return submission.future();
    }

    /** Whether there is something to propose now. */
    boolean hasWork() {
        return !waiting.isEmpty() && !holding && group.closed().isEmpty();
    }

    /** Proposes what waits, several commands at a time. */
    void pump() {
        while (hasWork()) {
            List<Command> commands = nextProposal();
            if (!commands.isEmpty()) {
                long proposalId = nextProposalId++;
                proposals.put(proposalId, commands);
                group.propose(
                        proposalId,
                        commands.get(0).order().kind(),
                        commands.stream().map(Command::data).toList());
            }
        }
    }

    /** A leader has appeared, or the application: no reason to hold back any longer. */
    void retry() {
        holding = false;
    }

    /**
     * Somebody else leads, or again: what the leader before was sent may be lost. Only commands of sessions may be sent once
     * more; they go before those that wait.
     */
    void leaderChanged() {
        retry();
        List<Command> doubtful = new ArrayList<>();
        for (Submission submission : byDeadline) {
            for (Command command : submission.commands()) {
                if (!command.isAnswered()
                        && command.isUnderWay()
                        && command.order().isRepeatable()) {
                    doubtful.add(command);
                }
            }
        }
        proposals.values().removeIf(commands -> commands.get(0).order().isRepeatable());
        doubtful.sort(Comparator.comparingLong(
                        (Command command) -> command.submission().sequence())
                .thenComparingInt(Command::slot));
        for (int i = doubtful.size() - 1; i >= 0; i--) {
            Command command = doubtful.get(i);
            if (command.isAppended()) {
                appended.remove(command);
            }
            command.repeated();
            waiting.addFirst(command);
        }
    }

    void tick(long nowNanos) {
        holding = false;
        while (!byDeadline.isEmpty() && byDeadline.first().isExpired(nowNanos)) {
            for (Command command : byDeadline.pollFirst().commands()) {
                if (!command.isAnswered()) {
                    answer(command, new Answer.Failed<>(expired(command)));
                }
            }
        }
    }

    void receipt(ProposeReceipt receipt) {
        List<Command> commands = proposals.remove(receipt.proposalId());
        if (commands == null) {
            return;
        }
        if (receipt.appended()) {
            long index = receipt.firstIndex();
            for (Command command : commands) {
                command.appended(index, receipt.entryTerm());
                appended(command);
                index++;
            }
        } else if (receipt.refusal() == Refusal.OVERLOADED) {
            Problem problem = overloaded("the leader has too many uncommitted commands");
            commands.stream().filter(command -> !command.isAnswered()).forEach(command -> fail(command, problem));
        } else {
            holding = true;
            proposeAgain(commands);
        }
    }

    /** The application has answered these commands. */
    void applied(List<Entry> entries, List<Result> results) {
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            for (Command command : appended.take(entry.index())) {
                settle(command, entry, results.get(i));
            }
        }
    }

    /** It was decided that nobody applies this one. */
    void skipped(long index, long skippedIndex) {
        for (Command command : appended.take(index)) {
            if (group.termAt(index) != command.term()) {
                lost(command);
                continue;
            }
            fail(command, SessionProblems.skipped(skippedIndex));
        }
    }

    /** These are done with and did not reach the application. */
    void passed(List<Ruling> rulings) {
        for (Ruling ruling : rulings) {
            for (Command command : appended.take(ruling.entry().index())) {
                if (command.term() == ruling.entry().term()) {
                    settle(command, ruling);
                } else {
                    lost(command);
                }
            }
        }
    }

    /** The application has applied these, but what it answered was lost. */
    void resultsLost(long firstIndex, long lastIndex) {
        appended.takeRange(firstIndex, lastIndex).forEach(this::settleWithoutResult);
    }

    /** Everything up to here is applied: whoever still waits at or below it has lost its place, or its result. */
    void appliedIndex(long index) {
        appended.takeRange(0, index).forEach(this::settleWithoutResult);
    }

    /** The agent stops: nothing new is proposed; what was proposed may still be answered. */
    void refuseWaiting(Problem problem) {
        List<Command> refused = List.copyOf(waiting);
        waiting.clear();
        refused.stream().filter(command -> !command.isAnswered()).forEach(command -> fail(command, problem));
    }

    /** The agent ends now: whoever still waits learns what is known. */
    void close() {
        failAll(Code.SHUTTING_DOWN, "The agent is shutting down. Ask another agent.");
    }

    /** Nobody who waits here gets an answer of this application any more. */
    void failAll(Code code, String detail) {
        byDeadline.stream().map(Submission::commands).flatMap(List::stream).toList().stream()
                .filter(command -> !command.isAnswered())
                .forEach(command -> fail(
                        command,
                        new Problem(
                                code,
                                command.isProposed() ? Outcome.UNKNOWN : Outcome.NONE,
                                detail,
                                group.leader(),
                                command.isAppended() ? Optional.of(command.index()) : Optional.empty(),
                                Optional.empty())));
    }

    private List<Command> nextProposal() {
        List<Command> commands = new ArrayList<>();
        long bytes = 0;
        while (!waiting.isEmpty() && commands.size() < limits.proposalCommandsMax()) {
            Command command = waiting.getFirst();
            bytes += command.data().length();
            boolean otherKind = !commands.isEmpty()
                    && commands.get(0).order().kind() != command.order().kind();
            if (!commands.isEmpty() && bytes > limits.proposalBytesMax() || otherKind) {
                break;
            }
            waiting.removeFirst();
            if (!command.isAnswered()) {
                command.proposed();
                commands.add(command);
            }
        }
        return commands;
    }

    private void appended(Command command) {
        if (command.isAnswered()) {
            return;
        }
        // The receipt may come late, when the entry has already been applied or replaced.
        if (command.index() <= group.appliedIndex()) {
            settleWithoutResult(command);
        } else {
            appended.add(command);
        }
    }

    private void settle(Command command, Entry entry, Result result) {
        if (command.term() == entry.term()) {
            answer(command, new Answer.Ok<>(new Applied(entry.index(), entry.term(), result.code(), result.data())));
        } else {
            lost(command);
        }
    }

    private void settle(Command command, Ruling ruling) {
        switch (ruling.kind()) {
            case OPENED, CLOSED ->
                answer(
                        command,
                        new Answer.Ok<>(new Applied(
                                ruling.entry().index(), ruling.entry().term(), 0, Payload.EMPTY)));
            case DUPLICATE -> answer(command, firstResult(command, ruling.firstIndex()));
            case CONFLICT -> fail(command, SessionProblems.conflict(command.order(), ruling.firstIndex()));
            case FORGOTTEN -> fail(command, SessionProblems.forgotten(command.order()));
            case EXPIRED -> fail(command, SessionProblems.expired());
            case DELIVER, NOTHING -> settleWithoutResult(command);
        }
    }

    private Answer<Applied> firstResult(Command command, long firstIndex) {
        if (group.isSkipped(firstIndex)) {
            return new Answer.Failed<>(SessionProblems.skipped(firstIndex));
        }
        Order order = command.order();
        return group.result(order.session(), order.number())
                .<Answer<Applied>>map(
                        first -> new Answer.Ok<>(new Applied(first.index(), first.term(), first.code(), first.data())))
                .orElseGet(() -> new Answer.Failed<>(SessionProblems.resultDropped(firstIndex)));
    }

    /** What the sessions say now is as good as what they said at the command's place: a number is applied once. */
    private void settleBySession(Command command) {
        Order order = command.order();
        Verdict verdict = group.look(order.session(), order.number(), order.bodyHash());
        switch (verdict.kind()) {
            case APPLY -> lost(command);
            case DUPLICATE -> answer(command, firstResult(command, verdict.appliedIndex()));
            case SKIPPED -> fail(command, SessionProblems.skipped(verdict.appliedIndex()));
            case CONFLICT -> fail(command, SessionProblems.conflict(order, verdict.appliedIndex()));
            case FORGOTTEN -> fail(command, SessionProblems.forgotten(order));
            case EXPIRED -> fail(command, SessionProblems.expired());
        }
    }

    private void settleWithoutResult(Command command) {
        if (command.order().isRepeatable()) {
            settleBySession(command);
            return;
        }
        if (group.isCompacted(command.index())) {
            fail(
                    command,
                    problem(
                            Code.DEADLINE,
                            "The command was given index " + command.index()
                                    + ", and a snapshot has taken the place of that part of the log: whether it stood"
                                    + " there is not known here any more.",
                            Optional.of(command.index())));
            return;
        }
        if (group.termAt(command.index()) != command.term()) {
            lost(command);
            return;
        }
        fail(
                command,
                new Problem(
                        Code.APP_UNAVAILABLE,
                        Outcome.APPLIED,
                        "The application has applied the command at index " + command.index()
                                + ", but its result was lost when the connection to it broke.",
                        group.leader(),
                        Optional.of(command.index()),
                        Optional.empty()));
    }

    /** Another leader's entry is committed in its place: it never was executed and never will be. */
    private void lost(Command command) {
        proposeAgain(List.of(command));
    }

    private void proposeAgain(List<Command> commands) {
        for (int i = commands.size() - 1; i >= 0; i--) {
            Command command = commands.get(i);
            command.withdrawn();
            if (!command.isAnswered()) {
                waiting.addFirst(command);
            }
        }
    }

    private Problem expired(Command command) {
        if (!command.isProposed()) {
            return group.closed()
                    .orElseGet(() -> overloaded("the deadline passed before a leader could take the command"));
        }
        if (!command.isAppended()) {
            return problem(
                    Code.DEADLINE,
                    "The command was sent to the leader, but no answer came within the deadline.",
                    Optional.empty());
        }
        boolean committed = command.index() <= group.commitIndex() && group.termAt(command.index()) == command.term();
        if (committed && !group.appAttached()) {
            return problem(
                    Code.APP_UNAVAILABLE,
                    "The command is committed at index " + command.index()
                            + " and will be applied, but the application beside this agent is away.",
                    Optional.of(command.index()));
        }
        return problem(
                Code.DEADLINE,
                "The command stands at index " + command.index() + (committed ? ", committed" : ", not yet committed")
                        + ", and was not applied here within the deadline.",
                Optional.of(command.index()));
    }

    private Problem problem(Code code, String detail, Optional<Long> index) {
        return new Problem(code, Outcome.UNKNOWN, detail, group.leader(), index, Optional.empty());
    }

    private Problem overloaded(String what) {
        return new Problem(
                Code.OVERLOADED,
                Outcome.NONE,
                "Not taken: " + what + ". Retry after a moment.",
                group.leader(),
                Optional.empty(),
                Optional.of(Duration.ofMillis(100)));
    }

    private static List<Answer<Applied>> refused(int count, Problem problem) {
        List<Answer<Applied>> answers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            answers.add(new Answer.Failed<>(problem));
        }
        return answers;
    }

    private void fail(Command command, Problem problem) {
        answer(command, new Answer.Failed<>(problem));
    }

    /** What is not executed now may have been proposed before. */
    private static Answer<Applied> asKnown(Command command, Answer<Applied> answer) {
        return command.isRepeated()
                        && answer instanceof Answer.Failed<Applied> failed
                        && failed.problem().outcome() == Outcome.NONE
                        && failed.problem().code() != Code.SEQUENCE_CONFLICT
                ? new Answer.Failed<>(failed.problem().with(Outcome.UNKNOWN))
                : answer;
    }

    private void answer(Command command, Answer<Applied> answer) {
        if (command.isAppended()) {
            appended.remove(command);
        }
        pending--;
        pendingBytes -= command.data().length();
        command.answer(asKnown(command, answer));
        if (command.submission().isComplete()) {
            byDeadline.remove(command.submission());
        }
    }
}
