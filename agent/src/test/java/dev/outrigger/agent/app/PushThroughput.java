package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Pushes 128-byte commands to an application in every form and prints commands per second and how long a batch takes. Not a
 * test: run it as {@code http://127.0.0.1:PORT SECONDS COMMANDS_PER_BATCH...} against an application without state in
 * another process. The forms take turns, so that what else the machine does harms all alike.
 */
final class PushThroughput {
    private static final int COMMAND_BYTES = 128;
    private static final int ROUNDS = 3;

    private final Vertx vertx = Vertx.vertx();
    private final AppOptions options;
    private final Payload data = Payload.of(new byte[COMMAND_BYTES]);
    private long lastIndex;

    private PushThroughput(URI app) {
        options = AppOptions.of(app, "throughput", 1);
    }

    public static void main(String[] args) throws Exception {
        PushThroughput throughput = new PushThroughput(URI.create(args[0]));
        long nanos = TimeUnit.SECONDS.toNanos(Long.parseLong(args[1]));
        for (String commands : Arrays.copyOfRange(args, 2, args.length)) {
            throughput.compare(Integer.parseInt(commands), nanos);
        }
        throughput.vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private void compare(int commands, long nanos) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            for (Push.Form form : Push.Form.values()) {
                Run run = new Run(form, commands);
                run.forNanos(nanos / 2);
                run.forNanos(nanos).print(round == ROUNDS - 1);
                run.end();
            }
        }
    }

    /** One form: each answer sends the next batch. */
    private final class Run {
        private final Push.Form form;
        private final int commands;
        private final AppClient client;
        private final Push push;
        private final List<Long> batchNanos = new ArrayList<>();
        private double perSecond;

        private Run(Push.Form form, int commands) throws Exception {
            this.form = form;
            this.commands = commands;
            AppMetrics metrics = new AppMetrics(new SimpleMeterRegistry());
            client = new AppClient(vertx, options, () -> {});
            push = new Push(client, options, metrics, (why, announced) -> {});
            lastIndex = client.info()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS)
                    .appliedIndex();
            push.offered(new Encodings(form != Push.Form.JSON, form == Push.Form.STREAM));
            vertx.runOnContext(go -> push.attach());
            while (form == Push.Form.STREAM && !push.isStreaming()) {
                Thread.onSpinWait();
            }
        }

        private Run forNanos(long nanos) throws Exception {
            batchNanos.clear();
            long start = System.nanoTime();
            CompletableFuture<Void> done = new CompletableFuture<>();
            vertx.runOnContext(go -> next(start + nanos, done));
            done.get(60, TimeUnit.SECONDS);
            perSecond = batchNanos.size() * 1e9 * commands / (System.nanoTime() - start);
            return this;
        }

        private void next(long endNanos, CompletableFuture<Void> done) {
            long sent = System.nanoTime();
            if (sent - endNanos > 0) {
                done.complete(null);
                return;
            }
            List<Ruling> rulings = new ArrayList<>(commands);
            for (int i = 1; i <= commands; i++) {
                rulings.add(Ruling.deliver(
                        new Entry(lastIndex + i, 1, Entry.Kind.COMMAND, 1_764_000_000_000L, data), data));
            }
            push.send(lastIndex, false, Batch.of(rulings))
                    .onSuccess(answer -> {
                        batchNanos.add(System.nanoTime() - sent);
                        lastIndex = answer.applied();
                        next(endNanos, done);
                    })
                    .onFailure(done::completeExceptionally);
        }

        private void print(boolean last) {
            batchNanos.sort(null);
            System.out.printf(
                    "%4d commands per batch, %-6s: %,9.0f commands/s, p50 %,d us, p99 %,d us%n%s",
                    commands,
                    form,
                    perSecond,
                    batchNanos.get(batchNanos.size() / 2) / 1000,
                    batchNanos.get(batchNanos.size() * 99 / 100) / 1000,
                    last && form == Push.Form.STREAM ? "\n" : "");
        }

        private void end() throws Exception {
            CompletableFuture<Void> done = new CompletableFuture<>();
            vertx.runOnContext(go -> {
                push.detach();
                client.close().onComplete(closed -> done.complete(null));
            });
            done.get(10, TimeUnit.SECONDS);
        }
    }
}
