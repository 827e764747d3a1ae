package dev.outrigger.sdk;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A future whose {@code …Async} methods run on the SDK's threads, since the common pool may start one per task. */
final class Reply<T> extends CompletableFuture<T> {
    private final Executor executor;

    Reply(Executor executor) {
        this.executor = executor;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new Reply<>(executor);
    }

    @Override
    public Executor defaultExecutor() {
        return executor;
    }
}
