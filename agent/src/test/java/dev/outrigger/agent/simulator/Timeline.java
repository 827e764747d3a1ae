package dev.outrigger.agent.simulator;

import java.util.PriorityQueue;

/**
 * Virtual time and everything that is still to happen, on one thread. Actions at the same moment happen in the order in
 * which they were put in. An action cannot be taken back: it has to see for itself whether it still makes sense.
 */
public final class Timeline {
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long nowMicros;
    private long sequence;

    /** Microseconds since the beginning. */
    public long nowMicros() {
        return nowMicros;
    }

    /** How many actions have happened. */
    public long happened() {
        return sequence - events.size();
    }

    public void after(long micros, Runnable action) {
        events.add(new Event(nowMicros + Math.max(0, micros), sequence++, action));
    }

    /** Lets the next action happen, and time pass until then; false when there is none before {@code untilMicros}. */
    public boolean step(long untilMicros) {
        Event next = events.peek();
        if (next == null || next.atMicros > untilMicros) {
            nowMicros = Math.max(nowMicros, untilMicros);
            return false;
        }
        events.remove();
        nowMicros = next.atMicros;
        next.action.run();
        return true;
    }

    private record Event(long atMicros, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return atMicros != other.atMicros
                    ? Long.compare(atMicros, other.atMicros)
                    : Long.compare(number, other.number);
        }
    }
}
