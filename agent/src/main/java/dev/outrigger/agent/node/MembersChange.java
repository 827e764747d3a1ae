package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Configuration.Member;
import dev.outrigger.agent.core.message.Configuration.Standing;
import dev.outrigger.agent.core.message.Control;
import dev.outrigger.agent.core.message.ControlReceipt;
import dev.outrigger.agent.core.message.ControlReceipt.Verdict;
import dev.outrigger.agent.core.message.MemberChange;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import dev.outrigger.agent.wire.Hello;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * One member is added, removed or replaced. It is done when the configuration that says so is committed and no change is
 * under way any more; for a voter to be, when it votes.
 */
final class MembersChange implements OperatorOrder<Answer.Changed> {
    private final MembersOrder order;
    private final Membership members;
    private final Function<MemberId, Optional<Hello>> met;
    private final BooleanSupplier leftOut;
    private final Optional<Member> before;
    /** What it shall become, once that is known; empty as well when it shall be removed. */
    private Optional<Member> wanted = Optional.empty();

    /**
     * @param met the greeting of an agent of this name that is not a member
     * @param leftOut whether another member says that this agent itself is none any more: it hears no more of the log then
     */
    MembersChange(
            MembersOrder order, Membership members, Function<MemberId, Optional<Hello>> met, BooleanSupplier leftOut) {
        this.order = order;
        this.members = members;
        this.met = met;
        this.leftOut = leftOut;
        this.before = members.find(order.name());
    }

    /** Why this cannot be done, whoever leads; empty when it may be. */
    Optional<Problem> impossible() {
        boolean known = before.isPresent();
        if (!known && !(order instanceof MembersOrder.Add)) {
            return Optional.of(problem(
                    Code.UNKNOWN_MEMBER, Outcome.NONE, "There is no member " + order.name() + " in the cluster."));
        }
        if (order instanceof MembersOrder.Add add && known && anotherDiskWasMet(add.name())) {
            return Optional.of(problem(
                    Code.INVALID_CHANGE,
                    Outcome.NONE,
                    add.name() + " is a member with another disk than its agent has now; replace it instead."));
        }
        return Optional.empty();
    }

    @Override
    public Optional<Answer<Answer.Changed>> ended(boolean asked) {
        Configuration committed = members.committed().configuration();
        boolean done = order instanceof MembersOrder.Remove
                ? asked && (committed.find(order.name()).isEmpty() || leftOut.getAsBoolean())
                : wanted.isPresent() && committed.find(order.name()).equals(wanted);
        return done
                ? Optional.of(
                        new Answer.Ok<>(new Answer.Changed(members.committed().index(), committed.members())))
                : Optional.empty();
    }

    @Override
    public Optional<Control> control() {
        if (order instanceof MembersOrder.Remove) {
            return Optional.of(new Control.ChangeMembers(List.of(MemberChange.remove(order.name()))));
        }
        wanted = order instanceof MembersOrder.Add add ? added(add) : replaced();
        return wanted.map(MemberChange::put).map(change -> new Control.ChangeMembers(List.of(change)));
    }

    private Optional<Member> added(MembersOrder.Add add) {
        Standing standing = add.voter() ? Standing.VOTER : Standing.LEARNER;
        return before.map(Member::storageId)
                .or(() -> met.apply(add.name()).map(Hello::storageId))
                .map(disk -> new Member(add.name(), disk, add.peer(), standing));
    }

    private Optional<Member> replaced() {
        Standing standing = before.filter(member -> member.standing() == Standing.LEARNER)
                .map(Member::standing)
                .orElse(Standing.VOTER);
        String peer = before.map(Member::peer).orElse("");
        return met.apply(order.name()).map(hello -> new Member(order.name(), hello.storageId(), peer, standing));
    }

    private boolean anotherDiskWasMet(MemberId name) {
        return met.apply(name)
                .filter(hello -> before.filter(member -> member.storageId().equals(hello.storageId()))
                        .isEmpty())
                .isPresent();
    }

    @Override
    public void accepted(ControlReceipt receipt) {}

    @Override
    public Problem refused(Verdict verdict) {
        return verdict == Verdict.UNHEALTHY
                ? problem(
                        Code.UNHEALTHY,
                        Outcome.NONE,
                        "A majority of those who would vote then was not heard of lately by the leader: the cluster would"
                                + " stop. Bring the missing members back first.")
                : problem(
                        Code.INVALID_CHANGE,
                        Outcome.NONE,
                        "The leader cannot do that to " + order.name()
                                + ": nobody would vote any more, or it is no member.");
    }

    @Override
    public Problem neverAsked() {
        if (order instanceof MembersOrder.Remove) {
            return problem(Code.DEADLINE, Outcome.NONE, "The leader could not be asked within the deadline.");
        }
        return problem(
                Code.NOT_MET,
                Outcome.NONE,
                "No agent " + order.name()
                        + " with a disk of its own has knocked at this one, so its disk is not known."
                        + " Start it with this member on its list, or ask an agent that is on it.");
    }

    @Override
    public Problem unfinished() {
        Optional<Member> now = members.committed().configuration().find(order.name());
        boolean joining = wanted.isPresent() && now.equals(wanted.map(member -> member.with(Standing.JOINING)));
        return joining
                ? problem(
                        Code.DEADLINE,
                        Outcome.APPLIED,
                        order.name()
                                + " is a member and receives the log. It will vote by itself when it has caught up.")
                : problem(
                        Code.DEADLINE,
                        Outcome.UNKNOWN,
                        "The leader was asked, but that the change is committed was not seen within the deadline.");
    }

    private static Problem problem(Code code, Outcome outcome, String detail) {
        return Problem.of(code, outcome, detail);
    }
}
