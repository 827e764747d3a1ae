package dev.outrigger.agent.http;

import dev.outrigger.agent.node.Node;
import dev.outrigger.agent.node.NodeStatus;
import dev.outrigger.agent.node.Problem;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The node's status as another event loop sees it. It is asked for on the node's loop, by one question at a time however
 * many wait for the answer, so that a stuck loop does not gather questions; who has waited too long is told that the loop
 * does not answer.
 */
final class StatusView {
    private final Node node;
    private final Context own;
    private final Duration timeout;
    private final List<Promise<NodeStatus>> waiting = new ArrayList<>();
    private boolean asked;

    /** @param own the event loop that {@link #fetch} is called on */
    StatusView(Node node, Context own, Duration timeout) {
        this.node = node;
        this.own = own;
        this.timeout = timeout;
    }

    /** The status, or a {@link RefusedRequest} that says why there is none. */
    Future<NodeStatus> fetch() {
        Promise<NodeStatus> answer = Promise.promise();
        waiting.add(answer);
        long timer = own.owner().setTimer(timeout.toMillis(), late -> {
            waiting.remove(answer);
            answer.tryFail(stalled());
        });
        if (!asked) {
            asked = true;
            node.context().runOnContext(there -> ask());
        }
        return answer.future().onComplete(done -> own.owner().cancelTimer(timer));
    }

    private void ask() {
        Future<NodeStatus> status;
        try {
            status = Future.succeededFuture(node.status());
        } catch (RuntimeException e) {
            status = Future.failedFuture(e);
        }
        Future<NodeStatus> result = status;
        own.runOnContext(back -> settle(result));
    }

    private void settle(Future<NodeStatus> status) {
        asked = false;
        List<Promise<NodeStatus>> answered = List.copyOf(waiting);
        waiting.clear();
        answered.forEach(status::onComplete);
    }

    /** The node's loop does not answer. */
    RefusedRequest stalled() {
        return RefusedRequest.because(
                Problem.Code.STALLED,
                "The agent's event loop has not answered for " + timeout.toMillis() + " ms. It may be starved of CPU or"
                        + " stuck; when it stays so, /livez fails and the agent is restarted. Its log names blocked"
                        + " threads.");
    }
}
