package dev.outrigger.agent.simulator.front;

import java.util.HashMap;
import java.util.Map;

/** What commands of sessions were answered with, anywhere: each has one result for ever. */
final class SessionAnswers {
    private final Map<Command, Long> digests = new HashMap<>();

    private record Command(long session, long sequence) {}

    /** Whether this is the first answer, or the same as that. */
    boolean same(long session, long sequence, long digest) {
        Long before = digests.putIfAbsent(new Command(session, sequence), digest);
        return before == null || before == digest;
    }
}
