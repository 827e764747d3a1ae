package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Payload;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.parsetools.RecordParser;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A real application on a real port, which keeps the protocol unless a test tells it otherwise: for one call by {@link
 * #next}, for all by {@link #always}. Thread-safe.
 */
final class ScriptedApp implements AutoCloseable {
    /** How one call is treated. */
    interface Behaviour {
        void serve(ScriptedApp app, Call call);
    }

    /** One call as it came. */
    record Call(String name, MultiMap headers, Buffer body, HttpServerRequest http, Push.Form form) {
        /** The body, whatever form it has, as JSON. */
        JsonObject json() {
            return form == Push.Form.JSON ? body.toJsonObject() : FramesOfApp.readBatch(body.getBytes());
        }

        long prevIndex() {
            return json().getLong("prevIndex");
        }

        boolean replay() {
            return json().getBoolean("replay");
        }

        List<Long> indexes() {
            return json().getJsonArray("commands").stream()
                    .map(command -> ((JsonObject) command).getLong("index"))
                    .toList();
        }

        /** On a stream what is not 200 is a refusal, and 200 is the bytes as they are. */
        void answer(int status, String text) {
            if (form != Push.Form.STREAM) {
                http.response().setStatusCode(status).end(text);
            } else {
                write(status == 200 ? Buffer.buffer(text) : FramesOfApp.refusal(status, text));
            }
        }

        /** Answers 200, in the form of the call. */
        void results(JsonObject answer) {
            switch (form) {
                case JSON -> http.response().end(answer.toBuffer());
                case FRAMES -> http.response().end(FramesOfApp.results(answer));
                case STREAM -> write(FramesOfApp.results(answer));
            }
        }

        /** Answers 200 with these bytes. */
        void answer(Buffer bytes) {
            if (form == Push.Form.STREAM) {
                write(bytes);
            } else {
                http.response().end(bytes);
            }
        }

        /** Begins an answer that promises more than ever comes. */
        Future<Void> beginAnswer() {
            HttpServerResponse response = http.response();
            Buffer begun = form == Push.Form.JSON
                    ? Buffer.buffer("{\"applied\":2,\"results\":[{\"code")
                    : Buffer.buffer()
                            .appendInt(90)
                            .appendByte((byte) 2)
                            .appendByte((byte) 1)
                            .appendLong(2);
            if (form != Push.Form.STREAM) {
                response.putHeader("Content-Length", "100");
            }
            return response.write(begun);
        }

        private void write(Buffer bytes) {
            if (!http.response().closed()) {
                http.response().write(bytes);
            }
        }

        void breakOff() {
            http.connection().close();
        }
    }

    /** Keeps the protocol. */
    static final Behaviour NORMAL = ScriptedApp::serveNormally;
    /** Never answers. */
    static final Behaviour HANG = (app, call) -> {};

    static final Behaviour BREAK_OFF = (app, call) -> call.breakOff();

    static Behaviour status(int status, String text) {
        return (app, call) -> call.answer(status, text);
    }

    /** Applies the batch, then goes on as told instead of answering. */
    static Behaviour applyThen(Behaviour answer) {
        return (app, call) -> {
            app.execute(call);
            answer.serve(app, call);
        };
    }

    private final Vertx vertx;
    private HttpServer server;
    private volatile boolean closesConnections;
    private volatile Push.Form fastest = Push.Form.JSON;
    private final List<String> streamEnds = new CopyOnWriteArrayList<>();
    private volatile @Nullable Handler<HttpServerRequest> streamingSnapshots;
    private int port;
    private final Map<String, Deque<Behaviour>> next = new HashMap<>();
    private final Map<String, Behaviour> always = new HashMap<>();
    private final List<Call> calls = new ArrayList<>();

    private @Nullable String cluster;
    private long appliedIndex;
    private long appliedTerm;
    private long epoch;
    /** Every command executed and not lost since: its index. */
    private final List<Long> journal = new ArrayList<>();

    private final Map<Long, Long> terms = new HashMap<>();
    private final List<String> journalTexts = new ArrayList<>();

    ScriptedApp(Vertx vertx) {
        this(vertx, 0);
    }

    ScriptedApp(Vertx vertx, int port) {
        this.vertx = vertx;
        this.port = port;
        listen();
    }

    /** From now on it lists this form, and all plainer ones. */
    ScriptedApp speaks(Push.Form form) {
        fastest = form;
        return this;
    }

    Push.Form fastest() {
        return fastest;
    }

    /** From now on each answer ends its connection, as with simple servers. */
    ScriptedApp closesConnections() {
        closesConnections = true;
        return this;
    }

    /** Opens the port again after {@link #away}. Tries for a while: the kernel may not have let go of it yet. */
    void listen() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (true) {
            try {
                server = bind().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
                port = server.actualPort();
                return;
            } catch (Exception exception) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException(exception);
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private Future<HttpServer> bind() {
        return vertx.createHttpServer()
                .requestHandler(http -> {
                    Handler<HttpServerRequest> streaming = streamingSnapshots;
                    if (streaming != null && http.path().endsWith("/snapshot")) {
                        streaming.handle(http);
                    } else if (http.path().endsWith("/apply/stream")) {
                        serve(new Call("stream", http.headers(), Buffer.buffer(), http, Push.Form.STREAM));
                    } else {
                        serveWhole(http);
                    }
                })
                .listen(port, "127.0.0.1");
    }

    private void serveWhole(HttpServerRequest http) {
        http.body().onSuccess(body -> {
            if (closesConnections) {
                http.response().putHeader("Connection", "close");
            }
            String name = http.path().substring(http.path().lastIndexOf('/') + 1);
            serve(new Call(name, http.headers(), body, http, formOf(http)));
        });
    }

    private static Push.Form formOf(HttpServerRequest http) {
        return AppFrames.MEDIA_TYPE.equals(http.getHeader("Content-Type")) ? Push.Form.FRAMES : Push.Form.JSON;
    }

    /** Takes a stream, each frame of which is served as a call of apply. */
    void acceptStream(Call opening) {
        HttpServerRequest http = opening.http();
        http.response()
                .setChunked(true)
                .putHeader("Content-Type", AppFrames.MEDIA_TYPE)
                .writeHead();
        RecordParser[] parser = {null};
        boolean[] inFrame = {false};
        parser[0] = RecordParser.newFixed(4, piece -> {
            inFrame[0] = !inFrame[0];
            parser[0].fixedSizeMode(inFrame[0] ? piece.getInt(0) : 4);
            if (!inFrame[0]) {
                serve(new Call("apply", http.headers(), FramesOfApp.framed(piece), http, Push.Form.STREAM));
            }
        });
        http.handler(parser[0]);
        http.endHandler(end -> {
            streamEnds.add("ended");
            if (!http.response().closed()) {
                http.response().end();
            }
        });
        http.exceptionHandler(cause -> streamEnds.add("broken off"));
    }

    /** How the streams that have ended were ended by the agent. */
    List<String> streamEnds() {
        return List.copyOf(streamEnds);
    }

    /** Closes the port and every connection. */
    void away() {
        try {
            server.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (Exception exception) {
            throw new IllegalStateException(exception);
        }
    }

    @Override
    public void close() {
        away();
    }

    int port() {
        return port;
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    synchronized ScriptedApp next(String name, Behaviour... behaviours) {
        next.computeIfAbsent(name, n -> new ArrayDeque<>()).addAll(List.of(behaviours));
        return this;
    }

    synchronized ScriptedApp always(String name, Behaviour behaviour) {
        always.put(name, behaviour);
        return this;
    }

    private synchronized void serve(Call call) {
        calls.add(call);
        Deque<Behaviour> scripted = next.getOrDefault(call.name(), new ArrayDeque<>());
        Behaviour behaviour = scripted.isEmpty() ? always.getOrDefault(call.name(), NORMAL) : scripted.remove();
        behaviour.serve(this, call);
    }

    private void serveNormally(Call call) {
        switch (call.name()) {
            case "info" -> call.http().response().end(info().toBuffer());
            case "apply" -> serveApply(call);
            case "stream" -> acceptStream(call);
            case "query" -> call.answer(200, "answer to " + call.body());
            case "role" -> call.answer(204, "");
            case "snapshot" -> serveSnapshot(call);
            default -> call.answer(404, "");
        }
    }

    /** From now on snapshot calls go to {@code handler} as they come, before their bodies; null ends it. */
    ScriptedApp streamSnapshots(@Nullable Handler<HttpServerRequest> handler) {
        streamingSnapshots = handler;
        return this;
    }

    private synchronized void serveSnapshot(Call call) {
        if (call.http().method() == HttpMethod.PUT) {
            restore(call);
            call.answer(204, "");
        } else {
            call.http()
                    .response()
                    .putHeader("Outrigger-Index", "" + appliedIndex)
                    .putHeader("Outrigger-Term", "" + appliedTerm)
                    .putHeader("Outrigger-Format", "scripted/1")
                    .end(new JsonArray(List.copyOf(journal)).toBuffer());
        }
    }

    /** Takes over the state: the journal is the one that came. */
    void restore(Call call) {
        restoreFrom(call.headers(), call.body().toString());
    }

    synchronized void restoreFrom(MultiMap headers, String indexes) {
        journal.clear();
        new JsonArray(indexes).forEach(index -> journal.add(((Number) index).longValue()));
        cluster = headers.get("Outrigger-Cluster");
        appliedIndex = Long.parseLong(headers.get("Outrigger-Index"));
        appliedTerm = Long.parseLong(headers.get("Outrigger-Term"));
    }

    synchronized JsonObject info() {
        return new JsonObject()
                .put("protocol", 1)
                .put("app", "scripted")
                .put("version", "1.0")
                .put("cluster", cluster)
                .put("applied", new JsonObject().put("index", appliedIndex).put("term", appliedTerm))
                .put("encodings", encodings());
    }

    private JsonArray encodings() {
        JsonArray encodings = new JsonArray().add("json");
        for (Push.Form form : Push.Form.values()) {
            if (form != Push.Form.JSON && form.compareTo(fastest) <= 0) {
                encodings.add(form.name().toLowerCase(Locale.ROOT));
            }
        }
        return encodings;
    }

    private void serveApply(Call call) {
        JsonObject json = call.json();
        if (json.getLong("epoch") < epoch || call.prevIndex() > appliedIndex) {
            call.answer(409, new JsonObject().put("applied", appliedIndex).encode());
            return;
        }
        call.results(execute(call));
    }

    /** Applies what is new in the batch; the right answer to it. */
    synchronized JsonObject execute(Call call) {
        return execute(call, Integer.MAX_VALUE);
    }

    synchronized JsonObject execute(Call call, int commandsMax) {
        JsonObject json = call.json();
        epoch = Math.max(epoch, json.getLong("epoch"));
        JsonArray results = new JsonArray();
        for (Object each : json.getJsonArray("commands")) {
            JsonObject command = (JsonObject) each;
            if (results.size() < commandsMax) {
                String text = new String(Base64.getDecoder().decode(command.getString("data")), StandardCharsets.UTF_8);
                execute(command.getLong("index"), command.getLong("term"), text);
                cluster = call.headers().get("Outrigger-Cluster");
                results.add(new JsonObject()
                        .put("code", codeOf(command.getLong("index")))
                        .put(
                                "data",
                                Base64.getEncoder()
                                        .encodeToString(resultOf(text).array())));
            }
        }
        return new JsonObject().put("applied", appliedIndex).put("results", results);
    }

    private void execute(long index, long term, String text) {
        if (index > appliedIndex) {
            journal.add(index);
            journalTexts.add(text);
            terms.put(index, term);
            appliedIndex = index;
            appliedTerm = term;
        }
    }

    static int codeOf(long index) {
        return index % 5 == 0 ? 7 : 0;
    }

    static Payload resultOf(String text) {
        return Payload.of(("done: " + text).getBytes(StandardCharsets.UTF_8));
    }

    /** Loses every command after the first {@code kept} ones; 0 is an application that starts anew. */
    synchronized void restoreFirst(int kept) {
        journal.subList(kept, journal.size()).clear();
        journalTexts.subList(kept, journalTexts.size()).clear();
        appliedIndex = kept == 0 ? 0 : journal.get(kept - 1);
        appliedTerm = terms.getOrDefault(appliedIndex, 0L);
        cluster = kept == 0 ? null : cluster;
    }

    /** Claims a state that no agent here has delivered. */
    synchronized void claim(@Nullable String claimedCluster, long index, long term) {
        cluster = claimedCluster;
        appliedIndex = index;
        appliedTerm = term;
    }

    synchronized List<Long> journal() {
        return List.copyOf(journal);
    }

    synchronized List<String> journalTexts() {
        return List.copyOf(journalTexts);
    }

    synchronized List<Call> calls(String name) {
        return calls.stream().filter(call -> call.name().equals(name)).toList();
    }

    synchronized void forgetCalls() {
        calls.clear();
    }
}
