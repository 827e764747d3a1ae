package dev.outrigger.deploy.endurance;

import dev.outrigger.deploy.Await;
import dev.outrigger.deploy.Instance;
import dev.outrigger.deploy.load.Latencies;
import dev.outrigger.sdk.OutcomeUnknownException;
import dev.outrigger.sdk.Outrigger;
import dev.outrigger.sdk.OutriggerOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One client for each agent, with so many commands in flight; remembers which were acknowledged. Until closed. */
final class Clients implements AutoCloseable {
    private static final Duration END_MAX = Duration.ofSeconds(60);
    private static final long AFTER_FAILURE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** No two clients of one run number their commands under the same id. */
    private static final AtomicLong NEXT_ID = new AtomicLong();

    private final List<Client> clients = new ArrayList<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();
    private final AtomicLong notExecuted = new AtomicLong();
    private final AtomicLong commandsMax;
    private volatile Latencies latencies = new Latencies();
    private volatile boolean stopped;

    /** @param commandsMax submit no more than this in all */
    Clients(List<Instance> instances, int inFlight, int commandBytes, long commandsMax) {
        this.commandsMax = new AtomicLong(commandsMax);
        for (Instance instance : instances) {
            clients.add(new Client(NEXT_ID.getAndIncrement(), instance, inFlight, commandBytes));
        }
        clients.forEach(client -> client.thread.start());
    }

    long acknowledged() {
        return acknowledged.get();
    }

    long unknown() {
        return unknown.get();
    }

    long notExecuted() {
        return notExecuted.get();
    }

    /** What was recorded since the last call. */
    Latencies takeLatencies() {
        Latencies taken = latencies;
        latencies = new Latencies();
        return taken;
    }

    /** How many acknowledged commands an application does not have; fails when it has one twice. */
    long missingAt(Instance instance) {
        long missing = 0;
        for (Client client : clients) {
            BitSet there = Tally.clientAt(instance, client.id);
            BitSet lost;
            synchronized (client.done) {
                lost = (BitSet) client.done.clone();
            }
            lost.andNot(there);
            missing += lost.cardinality();
        }
        return missing;
    }

    /** Returns when every command has its answer. */
    void awaitEnd(Duration limit) {
        Await.until(
                "all commands are answered",
                limit,
                () -> clients.stream().noneMatch(client -> client.thread.isAlive()));
    }

    @Override
    public void close() {
        stopped = true;
        awaitEnd(END_MAX);
    }

    private final class Client {
        private final long id;
        private final Instance instance;
        private final int inFlight;
        private final Semaphore room;
        private final int commandBytes;
        private final BitSet done = new BitSet();
        private final Thread thread;
        private volatile boolean failing;

        Client(long id, Instance instance, int inFlight, int commandBytes) {
            this.id = id;
            this.instance = instance;
            this.inFlight = inFlight;
            this.room = new Semaphore(inFlight);
            this.commandBytes = commandBytes;
            this.thread = new Thread(this::run, "client-" + instance);
        }

        private void run() {
            OutriggerOptions options =
                    OutriggerOptions.defaults().withAgent(instance.place().apiUri());
            try (Outrigger outrigger = Outrigger.connect(options)) {
                for (int sequence = 0; !stopped && commandsMax.getAndDecrement() > 0; sequence++) {
                    if (failing) {
                        failing = false;
                        LockSupport.parkNanos(AFTER_FAILURE_NANOS);
                    }
                    room.acquireUninterruptibly();
                    submit(outrigger, sequence);
                }
                room.acquireUninterruptibly(inFlight);
            }
        }

        private void submit(Outrigger outrigger, int sequence) {
            byte[] command = new byte[commandBytes];
            ByteBuffer.wrap(command).putLong(id).putLong(sequence);
            long submittedNanos = System.nanoTime();
            outrigger.submit(command).whenComplete((result, failure) -> {
                answered(sequence, failure, System.nanoTime() - submittedNanos);
                room.release();
            });
        }

        private void answered(int sequence, @Nullable Throwable failure, long tookNanos) {
            if (failure == null) {
                synchronized (done) {
                    done.set(sequence);
                }
                latencies.record(tookNanos);
                acknowledged.incrementAndGet();
            } else {
                failing = true;
                (failure instanceof OutcomeUnknownException ? unknown : notExecuted).incrementAndGet();
            }
        }
    }
}
