package dev.outrigger.sdk;

import com.sun.net.httpserver.HttpExchange;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;

/** {@code GET} and {@code PUT snapshot}, both streamed. */
final class SnapshotEndpoint {
    private static final Logger LOG = System.getLogger(SnapshotEndpoint.class.getName());
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int CHUNKED = 0;

    private final StateMachine machine;
    private final Applier applier;

    SnapshotEndpoint(StateMachine machine, Applier applier) {
        this.machine = machine;
        this.applier = applier;
    }

    void handle(HttpExchange exchange) throws IOException {
        switch (exchange.getRequestMethod()) {
            case "GET" -> give(exchange);
            case "PUT" -> take(exchange);
            default -> AppEndpoint.notAllowed(exchange, "GET, PUT").send(exchange);
        }
    }

    private void give(HttpExchange exchange) throws IOException {
        Optional<Capture> capture = applier.capture();
        if (capture.isEmpty()) {
            HttpReply.problem(
                            501,
                            "NOT_IMPLEMENTED",
                            "There are no snapshots",
                            "the state machine does not implement snapshot()")
                    .send(exchange);
            return;
        }
        Position position = capture.get().position();
        if (position.index() == 0) {
            AppEndpoint.conflict(position, "nothing is applied here").send(exchange);
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
        exchange.getResponseHeaders().set("Outrigger-Index", Long.toString(position.index()));
        exchange.getResponseHeaders().set("Outrigger-Term", Long.toString(position.term()));
        exchange.getResponseHeaders().set("Outrigger-Format", machine.snapshotFormat());
        exchange.sendResponseHeaders(200, CHUNKED);
        try {
            OutputStream out = new BufferedOutputStream(exchange.getResponseBody(), BUFFER_BYTES);
            capture.get().state().writeTo(new OpenOutput(out));
            out.flush();
        } catch (Throwable e) {
            LOG.log(Level.WARNING, "A snapshot could not be given to the agent, which takes another one later", e);
            // The server closes the connection of a handler that throws. Closing the exchange would write the last
            // chunk,
            // and half a state would pass for a whole one.
            throw new IOException("the snapshot could not be written", e);
        }
        exchange.close();
    }

    private void take(HttpExchange exchange) throws IOException {
        WholeBody body = WholeBody.of(exchange);
        RestoreRequest request;
        try {
            request = RestoreRequest.of(exchange.getRequestHeaders());
        } catch (IllegalArgumentException e) {
            HttpReply.problem(400, "MALFORMED", "The request is malformed", String.valueOf(e.getMessage()))
                    .sendBeforeBody(exchange, body);
            return;
        }
        Restore restore = applier.restore(request, body);
        if (restore instanceof Restore.Done) {
            LOG.log(
                    Level.INFO,
                    "The state was restored from a snapshot at index "
                            + request.position().index());
            HttpReply.noContent().send(exchange);
        } else {
            refusal(exchange, request, restore).sendBeforeBody(exchange, body);
        }
    }

    private HttpReply refusal(HttpExchange exchange, RestoreRequest request, Restore restore) {
        if (restore instanceof Restore.Refused refused) {
            return AppEndpoint.conflict(refused.applied(), refused.why());
        }
        if (restore instanceof Restore.Unreadable unreadable) {
            exchange.getResponseHeaders().set("Outrigger-Format", machine.snapshotFormat());
            return HttpReply.problem(
                    422, "UNREADABLE_FORMAT", "The format of the snapshot cannot be read", unreadable.why());
        }
        Throwable cause = ((Restore.Failed) restore).cause();
        String detail = "the snapshot at index " + request.position().index() + " could not be restored: " + cause;
        LOG.log(Level.ERROR, detail + "; there is no state until the agent has given one", cause);
        return HttpReply.problem(500, "RESTORE_FAILED", "The application failed", detail);
    }
}
