package dev.outrigger.deploy.endurance;

import dev.outrigger.deploy.Await;
import dev.outrigger.deploy.Child;
import dev.outrigger.deploy.Instance;
import dev.outrigger.deploy.LocalCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Hurts one instance as ordered, one process fault after the other, on a thread of its own that lives as long: the processes
 * that it starts die with it.
 */
final class Hurt implements AutoCloseable {
    private static final Duration HUNG = Duration.ofMillis(11_500);
    private static final Duration STOPPED_MAX = Duration.ofSeconds(30);
    private static final long DOWN_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int TORN_BYTES_MAX = 20_000;

    private final LocalCluster cluster;
    private final Instance instance;
    private final AppProxy proxy;
    private final Child intruder;
    private final Path journal;
    private final FaultCounts counts;
    private final Random random;
    private final ExecutorService thread;
    private final AtomicInteger ordered = new AtomicInteger();
    private volatile boolean healed;

    /**
     * @param proxy before its application
     * @param intruder another application on the same port, with a file of its own
     * @param journal the application's file
     */
    Hurt(
            LocalCluster cluster,
            Instance instance,
            AppProxy proxy,
            Child intruder,
            Path journal,
            FaultCounts counts,
            long seed) {
        this.cluster = cluster;
        this.instance = instance;
        this.proxy = proxy;
        this.intruder = intruder;
        this.journal = journal;
        this.counts = counts;
        this.random = new Random(seed);
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread named = new Thread(task, "hurt-" + instance);
            named.setDaemon(true);
            return named;
        });
    }

    String name() {
        return instance.name();
    }

    /** Has it happen soon; the count says when it has. */
    void order(Fault fault) {
        Progress.say(instance + ": " + fault);
        if (fault.compareTo(Fault.SLOW) >= 0) {
            proxy.arm(fault);
            return;
        }
        ordered.incrementAndGet();
        thread.execute(() -> {
            try {
                if (!healed) {
                    inflict(fault);
                }
            } catch (RuntimeException | Error e) {
                Progress.say(instance + ": " + fault + " failed: " + e);
            } finally {
                ordered.decrementAndGet();
            }
        });
    }

    /** Whether something that was ordered has still to happen, or to end. */
    boolean isBusy() {
        return ordered.get() > 0 || proxy.waiting() > 0;
    }

    /** Nothing is hurt from now on, and everything runs. */
    void heal() {
        healed = true;
        proxy.heal();
        Await.until(instance + " is left alone", STOPPED_MAX, () -> ordered.get() == 0);
    }

    @Override
    public void close() {
        proxy.close();
        thread.shutdownNow();
    }

    private void inflict(Fault fault) {
        switch (fault) {
            case APP_KILLED_DURABLE, APP_KILLED_EMPTY -> restartApp(() -> {});
            case APP_TORN -> restartApp(this::tear);
            case APP_REPLACED_BY_EMPTY -> restartApp(this::loseJournal);
            case APP_SECOND_ON_PORT -> intrude();
            case APP_HUNG -> hang();
            case AGENT_KILLED -> restart(instance.agent());
            case INSTANCE_KILLED -> restartBoth();
            case LEADERSHIP_TRANSFERRED -> request(fault, this::transfer);
            case SNAPSHOT_TAKEN -> request(fault, () -> isDone(instance, "/v1/snapshots", ""));
            default -> throw new IllegalArgumentException("not for a process: " + fault);
        }
        if (fault != Fault.LEADERSHIP_TRANSFERRED && fault != Fault.SNAPSHOT_TAKEN) {
            counts.add(fault);
        }
    }

    // ---- processes ----

    private void restartApp(Runnable meanwhile) {
        instance.app().kill();
        meanwhile.run();
        stayDown();
        instance.app().start();
    }

    private void restart(Child process) {
        process.kill();
        stayDown();
        process.start();
    }

    private void restartBoth() {
        instance.agent().kill();
        restart(instance.app());
        instance.agent().start();
    }

    private void stayDown() {
        LockSupport.parkNanos(random.nextLong(DOWN_NANOS_MAX));
    }

    private void hang() {
        instance.app().freeze();
        LockSupport.parkNanos(HUNG.toNanos());
        instance.app().thaw();
    }

    private void intrude() {
        intruder.start();
        if (intruder.exitCode() == 0) {
            throw new IllegalStateException("a second application could listen on the port of the first");
        }
    }

    private void tear() {
        try (FileChannel file = FileChannel.open(journal, StandardOpenOption.WRITE)) {
            file.truncate(Math.max(0, file.size() - random.nextInt(TORN_BYTES_MAX)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void loseJournal() {
        try {
            Files.deleteIfExists(journal);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- requests ----

    /** Asked until it is done, since the agents may be busy with another fault. */
    private void request(Fault fault, BooleanSupplier asking) {
        Await.until(fault + " at " + instance, STOPPED_MAX, () -> healed || asking.getAsBoolean());
        if (!healed) {
            counts.add(fault);
        }
    }

    /** To this one, or away from it when it leads. */
    private boolean transfer() {
        Instance leader = cluster.leader();
        return isDone(leader, "/v1/leader", leader.equals(instance) ? "{}" : "{\"to\":\"" + instance + "\"}");
    }

    private static boolean isDone(Instance asked, String path, String body) {
        HttpRequest request = asked.request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return asked.send(request).statusCode() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }
}
