package dev.outrigger.deploy.endurance;

/** How many commands clients may submit so far, so that faults and commands are mixed to the end. Safe for many threads. */
final class Allowance {
    private long left;
    private long used;
    private boolean ended;

    synchronized void add(long commands) {
        left += commands;
        notifyAll();
    }

    /** No more is to come. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Waits for some, and takes as many as there are, at most {@code most}; 0 when there will be none. */
    synchronized int take(int most) throws InterruptedException {
        while (left == 0 && !ended) {
            wait();
        }
        int taken = (int) Math.min(most, left);
        left -= taken;
        used += taken;
        return taken;
    }

    synchronized boolean isUsedUp() {
        return left == 0;
    }

    synchronized long used() {
        return used;
    }
}
