package dev.outrigger.agent.app;

import dev.outrigger.agent.app.AppFailure.Cause;
import dev.outrigger.agent.core.message.Payload;
import io.vertx.core.Future;

/** Passes queries to the application, a bounded number at once; apart from delivery, so that neither delays the other. */
final class Queries {
    private final AppClient client;
    private final int inFlightMax;
    private final AppMetrics metrics;
    private int inFlight;

    Queries(AppClient client, int inFlightMax, AppMetrics metrics) {
        this.client = client;
        this.inFlightMax = inFlightMax;
        this.metrics = metrics;
    }

    /** The future never fails. */
    Future<QueryAnswer> ask(Payload query) {
        if (inFlight == inFlightMax) {
            metrics.failed("query", new AppFailure(Cause.OVERLOAD, "has too many queries to answer"));
            return Future.succeededFuture(new QueryAnswer.TooMany(inFlight));
        }
        inFlight++;
        return client.query(query)
                .<QueryAnswer>map(QueryAnswer.Answered::new)
                .otherwise(this::failed)
                .onComplete(ended -> inFlight--);
    }

    private QueryAnswer failed(Throwable cause) {
        AppFailure failure = AppFailure.of(cause);
        metrics.failed("query", failure);
        String detail = "the application " + failure.detail();
        return switch (failure.cause()) {
            case UNREACHABLE, RESET -> new QueryAnswer.Away(detail);
            default -> new QueryAnswer.Failed(detail);
        };
    }
}
