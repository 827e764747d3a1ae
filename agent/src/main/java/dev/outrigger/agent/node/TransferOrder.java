package dev.outrigger.agent.node;

import dev.outrigger.agent.core.RaftCore;
import dev.outrigger.agent.core.message.Control;
import dev.outrigger.agent.core.message.ControlReceipt;
import dev.outrigger.agent.core.message.ControlReceipt.Verdict;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import java.time.Duration;
import java.util.Optional;

/** Leadership goes to a member, or to whichever the leader chooses. */
final class TransferOrder implements OperatorOrder<Answer.Led> {
    private final RaftCore core;
    private final Optional<MemberId> to;
    private final long patienceNanos;
    private Optional<MemberId> leaderBefore;
    private long termBefore;
    private long acceptedNanos;
    private boolean accepted;

    /** @param patience a leader that still leads that long after it agreed has given up */
    TransferOrder(RaftCore core, Optional<MemberId> to, Duration patience) {
        this.core = core;
        this.to = to;
        this.patienceNanos = patience.toNanos();
        this.leaderBefore = core.leader();
        this.termBefore = core.term();
    }

    @Override
    public Optional<Answer<Answer.Led>> ended(boolean asked) {
        Optional<MemberId> leader = core.leader();
        if (leader.isEmpty()) {
            return Optional.empty();
        }
        boolean another = asked && core.term() > termBefore;
        if (to.map(leader.get()::equals).orElse(another)) {
            return Optional.of(new Answer.Ok<>(new Answer.Led(leader.get(), core.term())));
        }
        boolean givenUp = accepted && (another || System.nanoTime() - acceptedNanos > patienceNanos);
        return givenUp ? Optional.of(new Answer.Failed<>(notTaken(leader.get()))) : Optional.empty();
    }

    @Override
    public Optional<Control> control() {
        if (!accepted) {
            leaderBefore = core.leader();
            termBefore = core.term();
        }
        return Optional.of(new Control.Transfer(to));
    }

    @Override
    public void accepted(ControlReceipt receipt) {
        accepted = true;
        acceptedNanos = System.nanoTime();
    }

    @Override
    public Problem refused(Verdict verdict) {
        if (verdict == Verdict.UNHEALTHY) {
            return problem(
                    Code.UNHEALTHY,
                    Outcome.NONE,
                    to.map(MemberId::name).orElse("No other voter")
                            + " was not heard of lately by the leader, or its application is not well, so it cannot take"
                            + " over. See its status page.");
        }
        return problem(
                Code.INVALID_CHANGE,
                Outcome.NONE,
                to.map(MemberId::name).orElse("Nobody") + " does not vote, so it cannot lead.");
    }

    @Override
    public Problem neverAsked() {
        return problem(Code.DEADLINE, Outcome.NONE, "The leader could not be asked within the deadline.");
    }

    @Override
    public Problem unfinished() {
        return problem(
                Code.DEADLINE, Outcome.UNKNOWN, "The leader was asked to hand over; it had not within the deadline.");
    }

    private Problem notTaken(MemberId leader) {
        return problem(
                Code.UNHEALTHY,
                Outcome.NONE,
                to.map(MemberId::name).orElse("The successor") + " did not take over from "
                        + leaderBefore.map(MemberId::name).orElse("the leader")
                        + "; in term " + core.term() + " the leader is " + leader + ".");
    }

    private Problem problem(Code code, Outcome outcome, String detail) {
        return new Problem(code, outcome, detail, core.leader(), Optional.empty(), Optional.empty());
    }
}
