package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.MemberId;
import io.vertx.core.AsyncResult;
import io.vertx.core.Vertx;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells the application who leads: after each hand-shake and on every change, one call at a time. Only the latest
 * leadership counts; earlier ones that were not told yet are dropped.
 */
final class RolePush {
    private record Leadership(String role, long term, Optional<MemberId> leader) {}

    private final Alarm retry;
    private final AppClient client;
    private final AppOptions options;
    private final AppMetrics metrics;
    private @Nullable Leadership latest;
    /** What the application was told last and has accepted; forgotten at each hand-shake. */
    private @Nullable Leadership told;

    /** Counts hand-shakes, so that the answer of an application that is gone does not count for its successor. */
    private long attachment;

    private boolean attached;
    private boolean interested;
    private boolean busy;

    RolePush(Vertx vertx, AppClient client, AppOptions options, AppMetrics metrics) {
        this.retry = new Alarm(vertx);
        this.client = client;
        this.options = options;
        this.metrics = metrics;
    }

    void leadership(String role, long term, Optional<MemberId> leader) {
        latest = new Leadership(role, term, leader);
        push();
    }

    /** A hand-shake went well: the application may have been replaced and knows nothing. */
    void attach() {
        attachment++;
        attached = true;
        interested = true;
        told = null;
        push();
    }

    void detach() {
        attached = false;
        retry.cancel();
    }

    private void push() {
        Leadership next = latest;
        if (!attached || !interested || busy || next == null || next.equals(told)) {
            return;
        }
        retry.cancel();
        busy = true;
        long thisAttachment = attachment;
        client.role(AppJson.writeRole(options.bootEpoch(), next.role, next.term, next.leader))
                .onComplete(result -> {
                    busy = false;
                    if (thisAttachment == attachment) {
                        onAnswer(next, result);
                    } else {
                        push();
                    }
                });
    }

    private void onAnswer(Leadership pushed, AsyncResult<AppReply> result) {
        int status = result.succeeded() ? result.result().status() : 0;
        if (status / 100 == 2) {
            told = pushed;
        } else if (status == 404) {
            interested = false;
        } else {
            metrics.failed("role", failureOf(result));
            if (pushed.equals(latest)) {
                retryLater();
                return;
            }
        }
        push();
    }

    private static AppFailure failureOf(AsyncResult<AppReply> result) {
        return result.succeeded()
                ? new AppFailure(AppFailure.Cause.STATUS, result.result().describe())
                : AppFailure.of(result.cause());
    }

    private void retryLater() {
        if (attached) {
            retry.set(options.limits().roleRetry().toMillis(), this::push);
        }
    }
}
