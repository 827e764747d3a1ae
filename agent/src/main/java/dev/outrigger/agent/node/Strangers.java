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

    private final LongSupplier nanoTime;
    private final Map<MemberId, Met> met = new LinkedHashMap<>();

    /** @param nanoTime monotonic, such as {@link System#nanoTime()} */
    Strangers(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void remember(Hello hello) {
        met.remove(hello.node());
        met.put(hello.node(), new Met(hello, nanoTime.getAsLong()));
        if (met.size() > KEPT_MAX) {
            met.remove(met.keySet().iterator().next());
        }
    }

    /** The greeting of the agent of this name, if one has knocked lately. */
    Optional<Hello> find(MemberId name) {
        return Optional.ofNullable(met.get(name))
                .filter(one -> nanoTime.getAsLong() - one.nanos() < KEPT_NANOS)
                .map(Met::hello);
    }

    private record Met(Hello hello, long nanos) {}
}
