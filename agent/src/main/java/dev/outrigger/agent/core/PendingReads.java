package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.MemberId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads that wait until a majority has confirmed that this leader still leads (Diss. §6.4). Each read belongs to a round
 * that starts after it came, so an answer of an earlier round never confirms it.
 */
final class PendingReads {
    private final int readsMax;
    private final List<Read> arrived = new ArrayList<>();
    private final Deque<Round> rounds = new ArrayDeque<>();
    private int size;

    PendingReads(int readsMax) {
        this.readsMax = readsMax;
    }

    /** False when the limit is reached. */
    boolean add(MemberId reader, long readId) {
        if (size >= readsMax) {
            return false;
        }
        arrived.add(new Read(reader, readId));
        size++;
        return true;
    }

    int size() {
        return size;
    }

    boolean hasArrived() {
        return !arrived.isEmpty();
    }

    /** Puts what has arrived into round {@code number}, to be served at {@code readIndex} once that is confirmed. */
    void startRound(long number, long readIndex) {
        rounds.add(new Round(number, readIndex, List.copyOf(arrived)));
        arrived.clear();
    }

    /** Hands out the rounds up to {@code number}, oldest first. */
    void confirmed(long number, Consumer<Round> serve) {
        while (!rounds.isEmpty() && rounds.getFirst().number() <= number) {
            Round round = rounds.removeFirst();
            size -= round.reads().size();
            serve.accept(round);
        }
    }

    /** Takes out everything that was not confirmed. */
    List<Read> takeAll() {
        List<Read> all = new ArrayList<>();
        rounds.forEach(round -> all.addAll(round.reads()));
        all.addAll(arrived);
        rounds.clear();
        arrived.clear();
        size = 0;
        return all;
    }

    record Read(MemberId reader, long readId) {}

    record Round(long number, long readIndex, List<Read> reads) {}
}
