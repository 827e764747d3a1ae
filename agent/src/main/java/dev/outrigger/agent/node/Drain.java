package dev.outrigger.agent.node;

import dev.outrigger.agent.core.RoleName;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.node.Problem.Outcome;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An agent that is about to be stopped: it says that it is not ready, and lets others lead. All else goes on, so that nobody
 * notices its end. There is no way back but a restart. On the event loop.
 */
final class Drain {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    private final Duration handOverEvery;
    private boolean on;
    private boolean handingOver;
    private long nextHandOverNanos;

    /** @param handOverEvery how soon it is tried again to hand the leadership over, while this agent leads */
    Drain(Duration handOverEvery) {
        this.handOverEvery = handOverEvery;
    }

    boolean isOn() {
        return on;
    }

    /**
     * Answers with the leader, where one is known, when this agent does not lead any more. When nobody can take over it
     * goes on leading, since a cluster without a leader helps nobody, and the answer is that problem.
     *
     * @param group empty while there is no cluster
     */
    Future<Answer<Optional<MemberId>>> begin(Optional<RaftDriver> group, Duration wait) {
        if (!on) {
            on = true;
            LOG.info("draining: not ready from here on, others are to lead");
        }
        if (group.isEmpty() || !leads(group.get())) {
            return Future.succeededFuture(new Answer.Ok<>(group.flatMap(RaftDriver::leader)));
        }
        nextHandOverNanos = System.nanoTime() + wait.toNanos();
        return group.get().giveUpLead(wait).map(Drain::drained);
    }

    private static Answer<Optional<MemberId>> drained(Answer<Answer.Led> led) {
        if (led instanceof Answer.Ok<Answer.Led> ok) {
            return new Answer.Ok<>(Optional.of(ok.value().leader()));
        }
        Problem problem = ((Answer.Failed<Answer.Led>) led).problem();
        return new Answer.Failed<>(new Problem(
                problem.code(),
                Outcome.APPLIED,
                "This agent is not ready any more, but still leads, and goes on trying to hand over. "
                        + problem.detail(),
                problem.leader(),
                problem.index(),
                problem.retryAfter()));
    }

    /** It may have been elected all the same, or could not hand over before. */
    void tick(RaftDriver group, long nowNanos) {
        if (on && !handingOver && leads(group) && nowNanos - nextHandOverNanos >= 0) {
            handingOver = true;
            group.giveUpLead(handOverEvery).onComplete(done -> {
                handingOver = false;
                nextHandOverNanos = System.nanoTime() + handOverEvery.toNanos();
            });
        }
    }

    private static boolean leads(RaftDriver group) {
        return group.core().role() == RoleName.LEADER;
    }
}
