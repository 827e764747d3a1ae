package dev.outrigger.sdk;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Submits commands in the application's own types. From {@link Outrigger#commands}; safe for many threads.
 *
 * @param <C> commands
 * @param <A> answers
 */
public final class Commands<C, A> {
    private final Outrigger outrigger;
    private final Codec<C> commands;
    private final Codec<A> answers;

    Commands(Outrigger outrigger, Codec<C> commands, Codec<A> answers) {
        this.outrigger = outrigger;
        this.commands = commands;
        this.answers = answers;
    }

    /** {@link #submit(Object, Duration)} with the deadline of the options. */
    public CompletableFuture<Applied<A>> submit(C command) {
        return typed(outrigger.submit(commands.encode(command)));
    }

    /**
     * {@link Outrigger#submit(byte[], Duration)} in types. What a refusal says is {@link RefusedException#answer}. An
     * answer that the codec cannot read fails the future with what the codec throws; the command is applied. What the
     * codec throws at a command is thrown here, and nothing is sent.
     */
    public CompletableFuture<Applied<A>> submit(C command, Duration deadline) {
        return typed(outrigger.submit(commands.encode(command), deadline));
    }

    private CompletableFuture<Applied<A>> typed(CompletableFuture<CommandResult> answered) {
        CompletableFuture<Applied<A>> reply = answered.newIncompleteFuture();
        answered.whenComplete((result, failure) -> {
            if (failure != null) {
                reply.completeExceptionally(failure);
            } else {
                complete(reply, result);
            }
        });
        return reply;
    }

    private void complete(CompletableFuture<Applied<A>> reply, CommandResult result) {
        try {
            reply.complete(new Applied<>(result.index(), result.term(), answers.decode(result.data())));
        } catch (RuntimeException e) {
            reply.completeExceptionally(e);
        }
    }
}
