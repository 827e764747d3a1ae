package dev.outrigger.sdk;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.time.Duration;

/** Lets calls in until it is closed, and knows when the last one has its answer. Safe for many threads. */
final class Gate implements HttpHandler {
    private final HttpHandler inner;
    private int underWay;
    private boolean closed;

    Gate(HttpHandler inner) {
        this.inner = inner;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        if (!enter()) {
            HttpReply.problem(503, "SHUTTING_DOWN", "The application is stopping", "nothing was done")
                    .send(exchange);
            return;
        }
        try {
            inner.handle(exchange);
        } finally {
            leave();
        }
    }

    /** Lets nobody in any more and waits for those inside. Whether all of them have left. */
    synchronized boolean close(Duration atMost) throws InterruptedException {
        closed = true;
        long endNanos = System.nanoTime() + atMost.toNanos();
        for (long left = atMost.toNanos(); underWay > 0 && left > 0; left = endNanos - System.nanoTime()) {
            // Rounded up: waiting for 0 would be for ever.
            wait(left / 1_000_000 + 1);
        }
        return underWay == 0;
    }

    private synchronized boolean enter() {
        if (!closed) {
            underWay++;
        }
        return !closed;
    }

    private synchronized void leave() {
        underWay--;
        notifyAll();
    }
}
