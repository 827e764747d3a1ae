package dev.outrigger.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayCommandTest {
    @TempDir
    private Path work;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Sums app = new Sums();

    /** An application that adds numbers up, in the JSON of the protocol. */
    private static final class Sums {
        private final HttpServer server;
        private final List<JsonObject> deliveries = new ArrayList<>();
        private final List<String> headers = new ArrayList<>();
        private long applied;
        private long sum;
        /** From this index on it counts one too much. */
        private long wrongFrom = Long.MAX_VALUE;

        private long failsAt = Long.MAX_VALUE;
        private String info =
                "{\"protocol\":1,\"app\":\"sums\",\"version\":\"2\",\"applied\":{\"index\":%d,\"term\":0}}";
        private boolean oneResultTooFew;

        private Sums() {
            try {
                server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            server.createContext("/outrigger/v1/info", exchange -> answer(exchange, 200, info.formatted(applied)));
            server.createContext("/outrigger/v1/apply", this::apply);
            server.start();
        }

        private void apply(HttpExchange exchange) throws IOException {
            JsonObject delivery =
                    new JsonObject(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            deliveries.add(delivery);
            headers.add(exchange.getRequestHeaders().getFirst("Outrigger-Cluster") + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            JsonArray results = new JsonArray();
            for (Object one : delivery.getJsonArray("commands")) {
                JsonObject command = (JsonObject) one;
                applied = command.getLong("index");
                if (applied >= failsAt) {
                    answer(exchange, 500, "{\"code\":\"APPLY_FAILED\",\"detail\":\"failed at index " + applied + "\"}");
                    return;
                }
                sum += Long.parseLong(new String(command.getBinary("data"), StandardCharsets.UTF_8));
                sum += applied >= wrongFrom ? 1 : 0;
                results.add(new JsonObject().put("code", sum % 2).put("data", base64(Long.toString(sum))));
            }
            if (oneResultTooFew) {
                results.remove(0);
            }
            answer(
                    exchange,
                    200,
                    new JsonObject()
                            .put("applied", applied)
                            .put("results", results)
                            .encode());
        }

        private static void answer(HttpExchange exchange, int status, String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        }

        private void restart() {
            applied = 0;
            sum = 0;
            deliveries.clear();
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @BeforeEach
    void exportedLog() throws IOException {
        writeLog(IntStream.rangeClosed(1, 1_200)
                .mapToObj(i -> line(2 * i, Integer.toString(i % 7)))
                .toList());
    }

    private void writeLog(List<String> lines) throws IOException {
        Files.write(log(), lines);
    }

    private static String line(long index, String text) {
        return new JsonObject()
                .put("index", index)
                .put("term", 1)
                .put("time", 1_000 + index)
                .put("data", base64(text))
                .encode();
    }

    @AfterEach
    void stop() {
        app.server.stop(0);
    }

    private Path log() {
        return work.resolve("log");
    }

    private String results() {
        return work.resolve("results").toString();
    }

    private int run(String... args) {
        out.reset();
        err.reset();
        List<String> all = new ArrayList<>(List.of("replay", "--log", log().toString()));
        if (!List.of(args).contains("--app")) {
            all.addAll(List.of(
                    "--app", "http://127.0.0.1:" + app.server.getAddress().getPort()));
        }
        all.addAll(List.of(args));
        Main.Console console = new Main.Console(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of());
        return Main.run(all.toArray(new String[0]), console, settings -> {});
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private void assertError(int exit, int actual, String text) {
        String error = err.toString(StandardCharsets.UTF_8);
        assertEquals(exit, actual, error);
        assertTrue(error.contains(text), error);
        assertEquals(1, error.lines().count(), error);
    }

    @Test
    void deliversInBatchesAsAnAgentDoesAndKeepsTheResults() throws IOException {
        Path token = Files.writeString(work.resolve("token"), "secret\n");
        assertEquals(0, run("--results", results(), "--token-file", token.toString()), err::toString);
        assertEquals("1200 commands replayed\n", printed());
        List<Long> previous =
                app.deliveries.stream().map(one -> one.getLong("prevIndex")).toList();
        assertEquals(List.of(0L, 1_000L, 2_000L), previous);
        JsonObject first = app.deliveries.get(0);
        assertEquals(1, first.getLong("epoch"));
        assertTrue(first.getBoolean("replay"));
        assertEquals(
                new JsonObject(line(2, "1")), first.getJsonArray("commands").getJsonObject(0));
        assertEquals("replay Bearer secret", app.headers.get(0));
        List<String> kept = Files.readAllLines(Path.of(results()));
        assertEquals(1_200, kept.size());
        assertEquals("{\"index\":4,\"code\":1,\"data\":\"" + base64("3") + "\"}", kept.get(1));
    }

    @Test
    void theSameVersionGivesTheSameResults() {
        run("--results", results());
        app.restart();
        assertEquals(0, run("--expect", results()), err::toString);
        assertEquals("1200 commands replayed, all results as expected\n", printed());
    }

    @Test
    void theFirstResultThatDiffersIsNamed() {
        run("--results", results());
        app.restart();
        app.wrongFrom = 1_500;
        assertEquals(1, run("--expect", results()), err::toString);
        assertEquals(
                List.of(
                        "index 1500 is the first of 451 results of 1200 that differ",
                        "command   1",
                        "expected  code 0 2248",
                        "actual    code 1 2249"),
                printed().lines().toList());
        app.restart();
        assertEquals(1, run("--expect", results(), "--json"));
        JsonObject summary = new JsonObject(printed());
        assertEquals(451, summary.getLong("differing"));
        assertEquals(1_500, summary.getJsonObject("first").getLong("index"));
    }

    @Test
    void whatDifferedBeforeTheApplicationFailedIsNamedToo() {
        run("--results", results());
        app.restart();
        app.wrongFrom = 100;
        app.failsAt = 1_400;
        int exit = run("--expect", results(), "--results", results() + "2");
        assertError(
                1,
                exit,
                "apply was answered with status 500: {\"code\":\"APPLY_FAILED\",\"detail\":\"failed at index 1400\"}");
        assertTrue(printed().startsWith("index 100 is the first of "), printed());
        assertFalse(Files.exists(Path.of(results() + "2")));
    }

    @Test
    void anApplicationThatIsNotEmptyIsRefused() {
        app.applied = 3;
        assertError(1, run(), "sums 2 has applied index 3 already");
        assertEquals(List.of(), app.deliveries);
    }

    @Test
    void answersThatAreNotOfTheProtocolAreRefused() {
        app.oneResultTooFew = true;
        assertError(1, run(), "apply was given 500 commands through index 1000 and answered with other results");
        app.info = "{\"protocol\":2}";
        assertError(1, run(), "info is not of protocol 1: {\"protocol\":2}");
        app.info = "hello";
        assertError(1, run(), "info was answered with what is no JSON object: hello");
        app.server.stop(0);
        assertError(1, run(), "info of the application at http://127.0.0.1:");
    }

    @Test
    void aLogThatIsNoneIsWrongUse() throws IOException {
        writeLog(List.of(line(1, "1"), "", line(1, "1")));
        assertError(2, run(), log() + " line 3: index 1 comes after index 1");
        writeLog(List.of(line(1, "1"), "{\"index\":2,\"term\":1,\"time\":1,\"data\":\"?\"}"));
        assertError(2, run(), log() + " line 2: \"data\" must be text in base64");
        writeLog(List.of("{\"index\":1.5}"));
        assertError(2, run(), log() + " line 1: \"index\" must be a number from 1 on, not 1.5");
        writeLog(List.of("[]"));
        assertError(2, run(), log() + " line 1: ");
        Files.delete(log());
        assertError(2, run(), "cannot read " + log());
    }

    @Test
    void resultsOfAnotherLogAreWrongUse() throws IOException {
        run("--results", results());
        List<String> kept = Files.readAllLines(Path.of(results()));
        for (String[] change : new String[][] {
            {"ends before index 2400", String.join("\n", kept.subList(0, 1_199))},
            {"has index 4 where the log has index 2", String.join("\n", kept.subList(1, 1_200))},
            {"goes on with index 2402", String.join("\n", kept) + "\n{\"index\":2402,\"code\":0,\"data\":\"\"}"}
        }) {
            app.restart();
            Files.writeString(Path.of(results()), change[1]);
            assertError(2, run("--expect", results()), change[0]);
        }
    }

    @Test
    void wrongUseIsExitCode2() {
        assertEquals(2, run("--timeout", "0"));
        assertEquals(2, run("--app", "ftp://x"));
        assertEquals(2, run("--app", "localhost:7410"));
        assertEquals(2, run("--bogus"));
    }
}
