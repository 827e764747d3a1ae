package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.wire.Hello;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Agents of this cluster's name that knock without being members: how the disk of a member to be is known. The latest
 * greeting of each name counts, for as long as it may be that the agent still runs. On the event loop.
 */
final class Strangers {
    /** Agents that wait to be let in, at one time; the one that has been silent longest is forgotten for another. */
    private static final int KEPT_MAX = 16;

    /** An agent that was refused comes again every second or so. */
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** One that has been silent for longer was away, and begins to knock anew. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final LongSupplier nanoTime;
    private final Map<MemberId, Met> met = new LinkedHashMap<>();

    /** @param nanoTime monotonic, such as {@link System#nanoTime()} */
    Strangers(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void remember(Hello hello) {
        long now = nanoTime.getAsLong();
        long first = Optional.ofNullable(met.remove(hello.node()))
                .filter(before -> now - before.lastNanos() < PAUSE_NANOS)
                .filter(before -> before.hello().storageId().equals(hello.storageId()))
                .map(Met::firstNanos)
                .orElse(now);
        met.put(hello.node(), new Met(hello, first, now));
        if (met.size() > KEPT_MAX) {
            met.remove(met.keySet().iterator().next());
        }
    }

    /** The greeting of the agent of this name, if one has knocked lately. */
    Optional<Hello> find(MemberId name) {
        return knocking(name).map(Met::hello);
    }

    /** The same, with how long it has knocked. */
    Optional<Met> knocking(MemberId name) {
        return Optional.ofNullable(met.get(name)).filter(one -> nanoTime.getAsLong() - one.lastNanos() < KEPT_NANOS);
    }

    /**
     * @param hello the latest greeting
     * @param firstNanos when the same agent on the same disk began to knock
     * @param lastNanos when it knocked last
     */
    record Met(Hello hello, long firstNanos, long lastNanos) {}
}
