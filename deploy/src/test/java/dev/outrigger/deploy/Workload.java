package dev.outrigger.deploy;

import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/** One client beside each instance, appending one marker after the other through its agent until closed. */
final class Workload implements AutoCloseable {
    static final String KEY = "journal";

    private static final Duration GO_ON_MAX = Duration.ofSeconds(60);
    private static final Duration END_MAX = Duration.ofSeconds(30);
    private static final int GO_ON_COMMANDS = 50;
    private static final long AFTER_FAILURE_NANOS = 10_000_000;

    private final Ledger ledger;
    private final List<Thread> clients;
    private volatile boolean stopped;

    /** @param run tells the markers of several workloads apart */
    Workload(Ledger ledger, int run, List<Instance> instances) {
        this.ledger = ledger;
        this.clients = instances.stream()
                .map(instance -> new Thread(() -> run(run, instance), "client-" + instance))
                .toList();
        clients.forEach(Thread::start);
    }

    /** Waits until each of these has acknowledged some more commands than it has now. */
    void awaitProgress(List<Instance> instances) {
        Map<Instance, Long> goals = new HashMap<>();
        instances.forEach(instance -> goals.put(instance, ledger.acknowledgedBy(instance.name()) + GO_ON_COMMANDS));
        goals.forEach((instance, goal) -> Await.until(
                "commands go on through " + instance, GO_ON_MAX, () -> ledger.acknowledgedBy(instance.name()) >= goal));
    }

    /** Returns when every client has its last answer. */
    @Override
    public void close() {
        stopped = true;
        Await.until("the clients end", END_MAX, () -> clients.stream().noneMatch(Thread::isAlive));
    }

    private void run(int run, Instance instance) {
        for (int n = 0; !stopped; n++) {
            append(instance, String.format("%s%02d%06d;", instance.name(), run, n));
        }
    }

    private void append(Instance instance, String marker) {
        HttpResponse<String> response;
        try {
            response = instance.submit(Kv.append(KEY, marker));
        } catch (UncheckedIOException e) {
            note(marker, e.getCause() instanceof ConnectException ? "none" : "unknown");
            return;
        }
        JsonNode answer = Json.parse(response.body());
        if (response.statusCode() == 200) {
            long index = Long.parseLong(
                    response.headers().firstValue("Outrigger-Index").orElseThrow());
            ledger.acknowledge(
                    instance.name(), marker, index, answer.get("length").intValue());
        } else {
            note(marker, answer.path("outcome").asString());
        }
    }

    private void note(String marker, String outcome) {
        if (outcome.equals("none")) {
            ledger.certainlyNotExecuted(marker);
        } else {
            ledger.outcomeUnknown(marker);
        }
        LockSupport.parkNanos(AFTER_FAILURE_NANOS);
    }
}
