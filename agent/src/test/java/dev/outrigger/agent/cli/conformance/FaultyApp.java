package dev.outrigger.agent.cli.conformance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A small application, a list of lengths, that keeps the protocol but for one fault. */
final class FaultyApp implements AutoCloseable {
    /** Each with the check that must find it. */
    enum Fault {
        NONE(""),
        NO_ENCODINGS("info"),
        INFO_IS_GARBAGE("info"),
        TERM_WITHOUT_INDEX("info"),
        FORGETS_A_RESULT("order"),
        APPLIED_IS_ONE_LESS("order"),
        INFO_STANDS_STILL("order"),
        CODE_TOO_HIGH("order"),
        DATA_IS_NO_BASE64("order"),
        COUNTS_BY_ITSELF("index-jumps"),
        TERM_STAYS("new-term"),
        EMPTY_BATCH_IS_AN_ERROR("empty-batch"),
        TAKES_GAPS("gap"),
        GAP_WITHOUT_APPLIED("gap"),
        APPLIES_TWICE("duplicates"),
        OTHER_RESULTS_AGAIN("duplicates"),
        OVERLAP_APPLIES_TWICE("overlap"),
        REPLAY_IS_REFUSED("replay"),
        TAKES_OLD_EPOCHS("old-epoch"),
        FIRST_EPOCH_ONLY("new-epoch"),
        REFUSES_UNKNOWN_FIELDS("unknown-fields"),
        FAILS_ON_NOTHING("senseless-commands"),
        FEW_COMMANDS("many-commands"),
        SMALL_BODIES("large-batch"),
        SMALL_COMMANDS("largest-command"),
        MALFORMED_IS_500("malformed-requests"),
        MALFORMED_IS_APPLIED("malformed-requests"),
        TAKES_ANY_BASE64("malformed-requests"),
        QUERY_CHANGES_STATE("query"),
        QUERY_MOVES_POSITION("query"),
        SENSELESS_QUERY_CHANGES_STATE("senseless-query"),
        QUERY_REFUSED_DURING_APPLY("query-during-apply"),
        SNAPSHOT_WITHOUT_FORMAT("snapshot"),
        SNAPSHOT_OF_ANOTHER_INDEX("snapshot"),
        SNAPSHOT_EMPTIES("snapshot-changes-nothing"),
        RESTORE_ANSWERS_200("restore"),
        RESTORE_KEEPS_POSITION("restore-ahead"),
        RESTORES_NOTHING("deterministic"),
        RESTORE_LOSES_ONE("restore"),
        TAKES_ANY_FORMAT("unknown-format"),
        TAKES_HALF_A_SNAPSHOT("restore-broken-off"),
        RESULTS_BY_THE_CLOCK("deterministic"),
        ROLE_FAILS("role");

        final String check;

        Fault(String check) {
            this.check = check;
        }
    }

    private static final String FORMAT = "lengths/1";
    private static final int LONG_BATCH_BYTES = 50_000;
    private static final int QUERY_BESIDE_MILLIS = 500;

    static {
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final Fault fault;
    private final boolean snapshots;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private List<Integer> state = new ArrayList<>();
    private long index;
    private long term;
    private long epoch;
    private long firstEpoch;
    private final Map<Long, Long> recent = new HashMap<>();
    private volatile boolean applying;

    FaultyApp(Fault fault) throws IOException {
        this(fault, true);
    }

    FaultyApp(Fault fault, boolean snapshots) throws IOException {
        this.fault = fault;
        this.snapshots = snapshots;
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(threads);
        server.createContext("/outrigger/v1/", this::handle);
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private boolean has(Fault one) {
        return fault == one;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            switch (exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath().substring(14)) {
                case "GET info" -> info(exchange);
                case "POST apply" -> apply(exchange);
                case "POST query" -> query(exchange);
                case "POST role" -> reply(exchange, has(Fault.ROLE_FAILS) ? 500 : 404, "");
                case "GET snapshot" -> give(exchange);
                case "PUT snapshot" -> take(exchange);
                default -> reply(exchange, 404, "");
            }
        }
    }

    private synchronized void info(HttpExchange exchange) throws IOException {
        if (has(Fault.INFO_IS_GARBAGE)) {
            reply(exchange, 200, "<html>");
            return;
        }
        boolean still = has(Fault.INFO_STANDS_STILL);
        JsonObject applied = new JsonObject()
                .put("index", still ? 0 : index)
                .put("term", still ? 0 : has(Fault.TERM_WITHOUT_INDEX) && index == 0 ? 1 : term);
        reply(
                exchange,
                200,
                new JsonObject()
                        .put("protocol", 1)
                        .putNull("cluster")
                        .put("applied", applied)
                        .put("encodings", has(Fault.NO_ENCODINGS) ? new JsonArray() : new JsonArray().add("json"))
                        .encode());
    }

    private void apply(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        applying = true;
        try {
            synchronized (this) {
                if (has(Fault.QUERY_REFUSED_DURING_APPLY) && body.length > LONG_BATCH_BYTES) {
                    wait(QUERY_BESIDE_MILLIS); // until a query was refused
                }
                applyOne(exchange, body);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            applying = false;
        }
    }

    private void applyOne(HttpExchange exchange, byte[] body) throws IOException {
        if (has(Fault.SMALL_BODIES) && body.length > 1_000_000) {
            reply(exchange, 413, "");
            return;
        }
        Batch batch;
        try {
            batch = parse(body);
        } catch (DecodeException | ClassCastException | IllegalArgumentException | NullPointerException e) {
            if (has(Fault.MALFORMED_IS_APPLIED)) {
                state.add(0);
            }
            reply(exchange, has(Fault.MALFORMED_IS_500) ? 500 : 400, "");
            return;
        }
        JsonObject conflict = new JsonObject()
                .put("applied", new JsonObject().put("index", index).put("term", term));
        boolean gap = batch.prev > index && !has(Fault.TAKES_GAPS);
        boolean old = batch.epoch < epoch && !has(Fault.TAKES_OLD_EPOCHS);
        boolean other = has(Fault.FIRST_EPOCH_ONLY) && firstEpoch > 0 && batch.epoch != firstEpoch;
        if (gap || old || other) {
            reply(exchange, 409, has(Fault.GAP_WITHOUT_APPLIED) ? "{}" : conflict.encode());
            return;
        }
        epoch = Math.max(epoch, batch.epoch);
        firstEpoch = firstEpoch == 0 ? batch.epoch : firstEpoch;
        if (has(Fault.EMPTY_BATCH_IS_AN_ERROR) && batch.commands.isEmpty()
                || has(Fault.REPLAY_IS_REFUSED) && batch.replay
                || has(Fault.FEW_COMMANDS) && batch.commands.size() > 1000) {
            reply(exchange, 400, "");
            return;
        }
        List<Long> results = new ArrayList<>();
        boolean whole = !batch.commands.isEmpty() && batch.commands.get(batch.commands.size() - 1).index <= index;
        boolean twice = has(Fault.APPLIES_TWICE) && whole || has(Fault.OVERLAP_APPLIES_TWICE) && !whole;
        for (Command command : batch.commands) {
            boolean known = command.index <= index && !twice;
            if (!known) {
                if (has(Fault.FAILS_ON_NOTHING) && command.data.length == 0
                        || has(Fault.SMALL_COMMANDS) && command.data.length > 1 << 19
                        || has(Fault.COUNTS_BY_ITSELF) && index > 0 && command.index != index + 1) {
                    reply(exchange, 500, "");
                    return;
                }
                state.add(command.data.length);
                index = Math.max(index, command.index);
                term = has(Fault.TERM_STAYS) && term > 0 ? term : command.term;
                recent.put(command.index, result());
            }
            results.add(known && has(Fault.OTHER_RESULTS_AGAIN) ? -1 : recent.getOrDefault(command.index, -2L));
        }
        reply(exchange, 200, results(results).encode());
    }

    private long result() {
        return has(Fault.RESULTS_BY_THE_CLOCK)
                ? System.nanoTime()
                : 1000L * state.size() + state.get(state.size() - 1);
    }

    private JsonObject results(List<Long> results) {
        JsonArray list = new JsonArray();
        for (long one : results) {
            String data = has(Fault.DATA_IS_NO_BASE64)
                    ? "!"
                    : Base64.getEncoder().encodeToString(Long.toString(one).getBytes(StandardCharsets.UTF_8));
            list.add(new JsonObject().put("code", has(Fault.CODE_TOO_HIGH) ? 65_536 : 0).put("data", data));
        }
        if (has(Fault.FORGETS_A_RESULT) && list.size() > 1) {
            list.remove(0);
        }
        return new JsonObject().put("applied", has(Fault.APPLIED_IS_ONE_LESS) ? index - 1 : index).put("results", list);
    }

    private record Command(long index, long term, byte[] data) {}

    private record Batch(long epoch, long prev, boolean replay, List<Command> commands) {}

    private Batch parse(byte[] body) {
        JsonObject json = new JsonObject(Buffer.buffer(body));
        if (has(Fault.REFUSES_UNKNOWN_FIELDS) && json.size() > 4) {
            throw new IllegalArgumentException();
        }
        long prev = json.getLong("prevIndex");
        long last = prev;
        List<Command> commands = new ArrayList<>();
        for (Object each : json.getJsonArray("commands")) {
            JsonObject command = (JsonObject) each;
            long at = command.getLong("index");
            if (at <= last) {
                throw new IllegalArgumentException();
            }
            last = at;
            String data = command.getString("data");
            byte[] bytes = has(Fault.TAKES_ANY_BASE64)
                    ? Base64.getMimeDecoder().decode(data)
                    : Base64.getDecoder().decode(data);
            commands.add(new Command(at, command.getLong("term"), bytes));
        }
        if (prev < 0) {
            throw new IllegalArgumentException();
        }
        return new Batch(json.getLong("epoch"), prev, json.getBoolean("replay"), commands);
    }

    private void query(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (has(Fault.QUERY_REFUSED_DURING_APPLY) && applying) {
            reply(exchange, 503, "");
            synchronized (this) {
                notifyAll();
            }
            return;
        }
        synchronized (this) {
            if (has(Fault.QUERY_CHANGES_STATE)
                    || has(Fault.SENSELESS_QUERY_CHANGES_STATE) && body.length == 4 && body[0] == 0) {
                state.add(1);
            }
            if (has(Fault.QUERY_MOVES_POSITION)) {
                index++;
            }
            reply(exchange, 200, state.hashCode() + " of " + state.size());
        }
    }

    private synchronized void give(HttpExchange exchange) throws IOException {
        if (!snapshots) {
            reply(exchange, 501, "");
            return;
        }
        if (!has(Fault.SNAPSHOT_WITHOUT_FORMAT)) {
            exchange.getResponseHeaders().set("Outrigger-Format", FORMAT);
        }
        long at = has(Fault.SNAPSHOT_OF_ANOTHER_INDEX) ? index - 1 : index;
        exchange.getResponseHeaders().set("Outrigger-Index", Long.toString(at));
        exchange.getResponseHeaders().set("Outrigger-Term", Long.toString(term));
        reply(exchange, 200, new JsonArray(state).encode());
        if (has(Fault.SNAPSHOT_EMPTIES)) {
            state.clear();
        }
    }

    private synchronized void take(HttpExchange exchange) throws IOException {
        String format = exchange.getRequestHeaders().getFirst("Outrigger-Format");
        if (!FORMAT.equals(format) && !has(Fault.TAKES_ANY_FORMAT)) {
            reply(exchange, 422, "");
            return;
        }
        byte[] body;
        try {
            body = exchange.getRequestBody().readAllBytes();
        } catch (IOException e) {
            body = new byte[0];
        }
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        boolean half = body.length < Integer.parseInt(length);
        if (half && !has(Fault.TAKES_HALF_A_SNAPSHOT)) {
            return;
        }
        if (!half && !has(Fault.RESTORES_NOTHING)) {
            List<Integer> restored = new ArrayList<>();
            new JsonArray(Buffer.buffer(body)).forEach(one -> restored.add((Integer) one));
            if (has(Fault.RESTORE_LOSES_ONE)) {
                restored.remove(0);
            }
            state = restored;
        }
        if (!has(Fault.RESTORE_KEEPS_POSITION)) {
            index = Long.parseLong(exchange.getRequestHeaders().getFirst("Outrigger-Index"));
            term = Long.parseLong(exchange.getRequestHeaders().getFirst("Outrigger-Term"));
        }
        recent.clear();
        reply(exchange, has(Fault.RESTORE_ANSWERS_200) ? 200 : 204, "");
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** Faults that a check of their own finds. */
    static List<Fault> faults() {
        return Arrays.stream(Fault.values()).filter(fault -> fault != Fault.NONE).toList();
    }
}
