package dev.outrigger.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LeaderWorkTest {
    private static final Duration PAUSE = Duration.ofMillis(1);

    private final Leaderships leaderships = new Leaderships();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    private void push(long epoch, String role, long term) {
        leaderships.accept(new RolePush(epoch, new Leadership(role, term, Optional.empty())));
    }

    private LeaderWork start(LeaderTask task) {
        LeaderWork work = new LeaderWork(task, PAUSE);
        leaderships.listen(work::accept);
        return work;
    }

    private String next() throws InterruptedException {
        return String.valueOf(events.poll(30, TimeUnit.SECONDS));
    }

    /** Works until it is interrupted. */
    private void workForEver(long term) throws InterruptedException {
        events.add("starts " + term);
        try {
            new CountDownLatch(1).await();
        } finally {
            events.add("ends " + term);
        }
    }

    @Test
    void listenersAlwaysHearThatALeadershipIsOverBeforeTheNext() {
        List<String> heard = new ArrayList<>();
        leaderships.listen(leadership -> heard.add(leadership.role() + " " + leadership.term()));
        push(1, "leader", 5);
        push(1, "leader", 5);
        push(1, "leader", 7);
        push(2, "leader", 8);
        push(2, "follower", 9);
        push(2, "leader", 10);
        leaderships.resign();
        push(2, "leader", 11);
        assertEquals(
                List.of(
                        "leader 5",
                        "unknown 5",
                        "leader 7",
                        "unknown 7",
                        "leader 8",
                        "follower 9",
                        "leader 10",
                        "unknown 10"),
                heard);
    }

    @Test
    void runsWhileItLeadsWithItsTerm() throws Exception {
        start(this::workForEver);
        push(1, "follower", 4);
        push(1, "leader", 5);
        assertEquals("starts 5", next());
        push(1, "follower", 6);
        assertEquals("ends 5", next());
        push(1, "leader", 7);
        assertEquals("starts 7", next());
        push(1, "leader", 8);
        assertEquals("ends 7", next());
        assertEquals("starts 8", next());
        leaderships.resign();
        assertEquals("ends 8", next());
        assertTrue(events.isEmpty());
    }

    @Test
    void waitsForTheWorkOfAnEarlierTermToEnd() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicInteger running = new AtomicInteger();
        start(term -> {
            events.add("starts " + term + " beside " + running.getAndIncrement());
            boolean ended = false;
            while (!ended) {
                try {
                    ended = mayEnd.await(30, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    events.add("ignores it");
                }
            }
            running.decrementAndGet();
        });
        push(1, "leader", 5);
        assertEquals("starts 5 beside 0", next());
        push(1, "leader", 6);
        assertEquals("ignores it", next());
        push(1, "leader", 7);
        mayEnd.countDown();
        assertEquals("starts 7 beside 0", next());
    }

    @Test
    void startsAgainAfterAFailureUntilItIsDone() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        start(term -> {
            events.add("run " + runs.incrementAndGet());
            if (runs.get() < 3) {
                throw new IllegalStateException("not yet");
            }
        });
        push(1, "leader", 5);
        assertEquals("run 1", next());
        assertEquals("run 2", next());
        assertEquals("run 3", next());
        push(1, "leader", 6);
        assertEquals("run 4", next());
    }

    @Test
    void startsNoMoreOnceClosed() throws Exception {
        LeaderWork work = start(this::workForEver);
        push(1, "leader", 5);
        assertEquals("starts 5", next());
        work.close();
        assertEquals("ends 5", next());
        push(1, "leader", 6);
        push(1, "follower", 6);
        assertTrue(events.isEmpty());
    }
}
