package dev.outrigger.sdk;

import com.sun.management.OperatingSystemMXBean;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Submits 128-byte commands to an agent, or to a stand-in that answers after a fixed time, and prints commands per second
 * and latencies. Not a test: run {@code agent PORT DELAY_MICROS} in one process and
 * {@code client http://127.0.0.1:PORT SECONDS SENDERS IN_FLIGHT...} in another.
 */
final class SubmitThroughput {
    private static final int COMMAND_BYTES = 128;
    private static final int SAMPLES_MAX = 1 << 22;

    public static void main(String[] args) throws Exception {
        if (args[0].equals("agent")) {
            serve(Integer.parseInt(args[1]), Long.parseLong(args[2]) * 1_000);
            return;
        }
        OutriggerOptions options = OutriggerOptions.defaults()
                .withAgent(URI.create(args[1]))
                .withSenders(Integer.parseInt(args[3]))
                .withoutSessions();
        long seconds = Long.parseLong(args[2]);
        for (String inFlight : Arrays.copyOfRange(args, 4, args.length)) {
            try (Outrigger outrigger = Outrigger.connect(options)) {
                new Load(outrigger, Integer.parseInt(inFlight))
                        .run(2)
                        .run(seconds)
                        .print();
            }
        }
    }

    /** Keeps a number of commands in flight: each answer submits the next command. */
    private static final class Load {
        private final Outrigger outrigger;
        private final int inFlight;
        private final long[] latencies = new long[SAMPLES_MAX];
        private final AtomicInteger samples = new AtomicInteger();
        private final AtomicLong failed = new AtomicLong();
        private volatile long endNanos;
        private double perSecond;
        private double cpuMicros;

        private Load(Outrigger outrigger, int inFlight) {
            this.outrigger = outrigger;
            this.inFlight = inFlight;
        }

        private Load run(long seconds) {
            samples.set(0);
            long cpuStart = cpuNanos();
            long start = System.nanoTime();
            endNanos = start + Duration.ofSeconds(seconds).toNanos();
            CompletableFuture<?>[] chains = new CompletableFuture<?>[inFlight];
            Arrays.setAll(chains, i -> {
                CompletableFuture<Void> done = new CompletableFuture<>();
                next(done);
                return done;
            });
            CompletableFuture.allOf(chains).join();
            perSecond = samples.get() * 1e9 / (System.nanoTime() - start);
            cpuMicros = (cpuNanos() - cpuStart) / 1e3 / samples.get();
            return this;
        }

        private static long cpuNanos() {
            return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                    .getProcessCpuTime();
        }

        private void next(CompletableFuture<Void> done) {
            long submitted = System.nanoTime();
            outrigger.submit(new byte[COMMAND_BYTES]).whenComplete((result, failure) -> {
                long now = System.nanoTime();
                latencies[samples.getAndIncrement() & (SAMPLES_MAX - 1)] = now - submitted;
                if (failure != null) {
                    failed.incrementAndGet();
                }
                if (now < endNanos) {
                    next(done);
                } else {
                    done.complete(null);
                }
            });
        }

        private void print() {
            long[] sorted = Arrays.copyOf(latencies, Math.min(samples.get(), SAMPLES_MAX));
            Arrays.sort(sorted);
            System.out.printf(
                    "%4d in flight: %,9.0f commands/s, p50 %,d us, p99 %,d us, %.1f us of processor time each, failed %d%n",
                    inFlight,
                    perSecond,
                    sorted[sorted.length / 2] / 1_000,
                    sorted[(int) (sorted.length * 0.99)] / 1_000,
                    cpuMicros,
                    failed.get());
        }
    }

    private static void serve(int port, long delayNanos) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.createContext("/", exchange -> {
            byte[] answer = answer(exchange.getRequestBody().readAllBytes());
            if (delayNanos > 0) {
                LockSupport.parkNanos(delayNanos);
            }
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
    }

    private static byte[] answer(byte[] request) {
        String result = "{\"index\":1234567,\"term\":5,\"code\":0,\"data\":\"b2s=\"}";
        StringBuilder answer = new StringBuilder("{\"results\":[");
        int commands = 0;
        for (byte one : request) {
            if (one == '{' && commands++ > 0) {
                answer.append(commands > 2 ? "," : "").append(result);
            }
        }
        return answer.append("]}").toString().getBytes(StandardCharsets.US_ASCII);
    }

    private SubmitThroughput() {}
}
