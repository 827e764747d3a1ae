package dev.outrigger.agent.node;

import dev.outrigger.agent.app.AppStatus;
import dev.outrigger.agent.app.QueryAnswer;
import dev.outrigger.agent.core.RaftCore;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import dev.outrigger.agent.peer.PeerTransport;
import dev.outrigger.agent.storage.Quarantine;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Puts what keeps this agent from serving into words. */
final class Problems {
    private static final Duration SOON = Duration.ofMillis(200);

    private final RaftCore core;
    private final PeerTransport transport;
    private final Supplier<AppStatus> app;
    private final Supplier<Optional<Quarantine>> quarantine;

    Problems(
            RaftCore core,
            PeerTransport transport,
            Supplier<AppStatus> app,
            Supplier<Optional<Quarantine>> quarantine) {
        this.core = core;
        this.transport = transport;
        this.app = app;
        this.quarantine = quarantine;
    }

    /** Why nothing of this application is given out; empty when it is. */
    Optional<Problem> quarantined() {
        return quarantine
                .get()
                .map(mark -> none(
                        Code.QUARANTINED,
                        mark.reason() + " Nothing of it is given out until a resync. Ask another agent meanwhile."));
    }

    /** Why nothing can be proposed now; empty when it can. */
    Optional<Problem> unableToPropose() {
        Optional<Problem> quarantined = quarantined();
        if (quarantined.isPresent()) {
            return quarantined;
        }
        if (core.leader().isEmpty()) {
            return Optional.of(noLeader());
        }
        return app.get().attached() ? Optional.empty() : Optional.of(appUnavailable());
    }

    Problem noLeader() {
        List<MemberId> voters = core.configuration().voters();
        Map<MemberId, PeerTransport.PeerView> peers = transport.peers();
        long reachable = voters.stream()
                .filter(voter -> voter.equals(core.self())
                        || Optional.ofNullable(peers.get(voter))
                                .filter(PeerTransport.PeerView::connected)
                                .isPresent())
                .count();
        if (reachable < voters.size() / 2 + 1) {
            return none(
                    Code.NO_QUORUM,
                    "Only " + reachable + " of " + voters.size() + " voters can be reached, and a majority is needed. "
                            + "This agent keeps trying; bring another member back.");
        }
        return none(Code.NO_LEADER, "No leader is known in term " + core.term() + ". An election is under way.");
    }

    Problem appUnavailable() {
        AppStatus status = app.get();
        return none(
                Code.APP_UNAVAILABLE,
                "The application beside this agent is " + status.state().name().toLowerCase(Locale.ROOT) + ": "
                        + status.reason().orElse("no reason is known") + " Ask another agent meanwhile.");
    }

    Problem readExpired() {
        return unableToPropose()
                .orElseGet(() -> none(
                        Code.DEADLINE, "The application beside this agent had not caught up within the deadline."));
    }

    Answer<Payload> answer(QueryAnswer answer) {
        if (answer instanceof QueryAnswer.Answered answered) {
            return new Answer.Ok<>(answered.data());
        }
        if (answer instanceof QueryAnswer.Away away) {
            return new Answer.Failed<>(none(Code.APP_UNAVAILABLE, away.detail()));
        }
        if (answer instanceof QueryAnswer.TooMany tooMany) {
            return new Answer.Failed<>(
                    none(Code.OVERLOADED, tooMany.inFlight() + " queries are under way. Retry after a moment."));
        }
        return new Answer.Failed<>(none(Code.APP_FAILED, ((QueryAnswer.Failed) answer).detail()));
    }

    Problem shuttingDown() {
        return none(Code.SHUTTING_DOWN, "This agent is shutting down. Ask another agent.");
    }

    private Problem none(Code code, String detail) {
        Optional<MemberId> leader = core.leader();
        return new Problem(code, Outcome.NONE, detail, leader, Optional.empty(), Optional.of(SOON));
    }
}
