package dev.outrigger.examples.lightbulb;

import dev.outrigger.sdk.Leadership;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What the page shows right now. Viewers wait for the next frame; one who is slow skips to the latest. Thread-safe. */
public final class LivePicture {
    private Frame frame =
            new Frame(0, false, 0, Optional.empty(), Optional.of("this instance has not heard from the cluster yet"));

    /**
     * @param number rises with every change
     * @param index the last command applied, 0 for none
     * @param leadership what the agent said last
     * @param doubt why this may be out of date; empty when it was lately confirmed to be current
     */
    record Frame(long number, boolean on, long index, Optional<Leadership> leadership, Optional<String> doubt) {
        String leaderInWords() {
            if (leadership.isEmpty()) {
                return "The agent has not said who leads.";
            }
            Leadership last = leadership.get();
            if (last.leads()) {
                return "The agent beside this instance leads in term " + last.term() + ".";
            }
            return last.leader().map(name -> name + " leads in term ").orElse("No leader is known in term ")
                    + last.term() + ".";
        }
    }

    synchronized Frame frame() {
        return frame;
    }

    /** The first frame after {@code number}, or the same one again when there is none in time. */
    synchronized Frame awaitAfter(long number, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        for (long left = atMost.toNanos(); frame.number() <= number && left > 0; left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return frame;
    }

    synchronized void bulb(boolean on, long index) {
        show(on, index, frame.leadership(), frame.doubt());
    }

    /** To be told about leadership. */
    public synchronized void leadership(Leadership leadership) {
        show(frame.on(), frame.index(), Optional.of(leadership), frame.doubt());
    }

    synchronized void doubt(Optional<String> doubt) {
        if (!doubt.equals(frame.doubt())) {
            show(frame.on(), frame.index(), frame.leadership(), doubt);
        }
    }

    private void show(boolean on, long index, Optional<Leadership> leadership, Optional<String> doubt) {
        frame = new Frame(frame.number() + 1, on, index, leadership, doubt);
        notifyAll();
    }
}
