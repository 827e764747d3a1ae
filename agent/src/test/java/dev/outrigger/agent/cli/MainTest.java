package dev.outrigger.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.outrigger.agent.config.Setting;
import dev.outrigger.agent.config.Settings;
import dev.outrigger.agent.storage.StorageException;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
    private HttpServer server;
    private String request = "";
    private String requestBody = "";
    private int status = 200;
    private String body = "";
    private boolean breaks;
    private final Map<String, String> headers = new TreeMap<>();
    private final Map<String, String> environment = new TreeMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<Settings> started = new ArrayList<>();
    private byte[] stdin = new byte[0];

    MainTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void serve() {
        server.createContext("/", this::answer);
        server.start();
        environment.put("OUTRIGGER_API", "127.0.0.1:" + server.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void submitPrintsTheResult() {
        answers(200, "{\"length\":1}", 0);
        assertEquals(0, run("submit", "hello", "--wait", "2"));
        assertEquals("POST /v1/commands wait=2.0", request);
        assertEquals("hello", requestBody);
        assertEquals("{\"length\":1}\n", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void submitReadsStandardInputAsBytes() {
        stdin = "from stdin".getBytes(StandardCharsets.UTF_8);
        answers(200, "ok", 0);
        assertEquals(0, run("submit", "-"));
        assertEquals("from stdin", requestBody);
    }

    @Test
    void submitPrintsJsonWithIndexTermAndCode() {
        answers(422, "no", 7);
        assertEquals(1, run("submit", "x", "--json"));
        JsonObject printed = new JsonObject(out.toString(StandardCharsets.UTF_8));
        assertEquals(41, printed.getLong("index"));
        assertEquals(3, printed.getLong("term"));
        assertEquals(7, printed.getInteger("code"));
        assertEquals("bm8=", printed.getString("data"));
    }

    @ParameterizedTest
    @CsvSource({
        "503,NO_LEADER,none,1",
        "504,DEADLINE,unknown,3",
        "429,OVERLOADED,none,1",
        "503,APP_UNAVAILABLE,applied,3"
    })
    void submitTellsTheOutcomeByItsExitCode(int status, String code, String outcome, int exit) {
        this.status = status;
        body = new JsonObject()
                .put("code", code)
                .put("detail", "why")
                .put("outcome", outcome)
                .encode();
        assertEquals(exit, run("submit", "x"));
        assertEquals("outrigger: " + code + ": why (outcome " + outcome + ")\n", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aConnectionThatBreaksAfterSendingLeavesTheOutcomeUnknown() {
        breaks = true;
        assertEquals(3, run("submit", "x"));
        assertOneLine();
    }

    @Test
    void anAgentThatIsNotThereHasChangedNothing() {
        server.stop(0);
        assertEquals(1, run("submit", "x"));
        assertOneLine();
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("nothing was sent"));
    }

    @Test
    void queryPassesConsistencyAndIndexOn() {
        body = "answer";
        assertEquals(0, run("query", "q", "--consistency", "local", "--min-index", "9"));
        assertEquals("POST /v1/queries?consistency=local&minIndex=9 -", request);
        assertEquals("answer\n", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aQueryThatFailsChangesNothingWhateverBecameOfIt() {
        status = 504;
        body = "{\"code\":\"DEADLINE\",\"detail\":\"why\",\"outcome\":\"unknown\"}";
        assertEquals(1, run("query", "q"));
    }

    @Test
    void statusPrintsTheDocumentOrATable() {
        body = "{\"cluster\":{\"name\":\"t\",\"id\":null},\"node\":{\"name\":\"a\"},\"role\":\"forming\",\"term\":0,"
                + "\"leader\":null,\"log\":{\"last\":0,\"commit\":0,\"applied\":0},\"app\":{\"state\":\"waiting\","
                + "\"version\":null},\"members\":[],\"diagnosis\":[{\"code\":\"WAITING_BOOTSTRAP\",\"severity\":"
                + "\"warning\",\"message\":\"m.\",\"next\":\"n\"}]}";
        assertEquals(0, run("status", "--json"));
        assertEquals(body + "\n", out.toString(StandardCharsets.UTF_8));
        out.reset();
        assertEquals(0, run("status"));
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("warning  WAITING_BOOTSTRAP: m. Next: n"));
    }

    @Test
    void membersAreListedAsTheStatusHasThem() {
        body = "{\"members\":[{\"name\":\"a\",\"peer\":\"h:1\",\"role\":\"voter\"}]}";
        assertEquals(0, run("members", "list"));
        assertEquals("GET /v1/status -", request);
        assertEquals(
                "a voter",
                out.toString(StandardCharsets.UTF_8)
                        .replaceAll("\\s+h:1\\s+", " ")
                        .strip());
        out.reset();
        assertEquals(0, run("members", "list", "--json"));
        assertEquals(body + "\n", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void membersAreAddedRemovedAndReplaced() {
        body = "{\"index\":9,\"members\":[{\"name\":\"d\",\"peer\":\"h:1\",\"role\":\"voter\"}]}";
        assertEquals(0, run("members", "add", "d", "h:1", "--wait", "2"));
        assertEquals("POST /v1/members wait=2.0", request);
        assertEquals("{\"name\":\"d\",\"peer\":\"h:1\",\"role\":\"voter\"}", requestBody);
        assertEquals(0, run("members", "add", "d", "h:1", "--learner"));
        assertEquals("{\"name\":\"d\",\"peer\":\"h:1\",\"role\":\"learner\"}", requestBody);
        assertEquals(0, run("members", "remove", "d"));
        assertEquals("DELETE /v1/members/d wait=30.0", request);
        assertEquals(0, run("members", "replace", "d"));
        assertEquals("POST /v1/members/d/replace wait=30.0", request);
    }

    @Test
    void transferPrintsWhoLeads() {
        body = "{\"leader\":\"b\",\"term\":6}";
        assertEquals(0, run("transfer", "--to", "b"));
        assertEquals("POST /v1/leader wait=30.0", request);
        assertEquals("{\"to\":\"b\"}", requestBody);
        assertEquals("leader b in term 6\n", out.toString(StandardCharsets.UTF_8));
        out.reset();
        assertEquals(0, run("transfer", "--json"));
        assertEquals("{}", requestBody);
        assertEquals(body + "\n", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void skipAndResyncPrintWhatCameOfIt() {
        body = "{\"index\":42}";
        assertEquals(0, run("skip", "42", "--reason", "a \"bad\" one"));
        assertEquals("POST /v1/skip wait=30.0", request);
        assertEquals("{\"index\":42,\"reason\":\"a \\\"bad\\\" one\"}", requestBody);
        assertEquals("the command at index 42 is passed over\n", out.toString(StandardCharsets.UTF_8));
        out.reset();
        assertEquals(0, run("resync"));
        assertEquals("POST /v1/resync wait=30.0", request);
        assertEquals("the application is trusted again, from index 42 on\n", out.toString(StandardCharsets.UTF_8));
        out.reset();
        assertEquals(0, run("resync", "--json"));
        assertEquals(body + "\n", out.toString(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({"409,MEMBERSHIP_PENDING,none,1", "504,DEADLINE,unknown,3", "504,DEADLINE,applied,3"})
    void operatorsAreToldTheOutcomeByTheExitCode(int status, String code, String outcome, int exit) {
        this.status = status;
        body = new JsonObject()
                .put("code", code)
                .put("detail", "why")
                .put("outcome", outcome)
                .encode();
        assertEquals(exit, run("members", "remove", "d"));
        assertEquals(exit, run("transfer"));
        assertEquals(exit, run("skip", "42", "--reason", "x"));
        assertEquals(exit, run("resync"));
    }

    @Test
    void versionPrintsTheVersion() {
        assertEquals(0, run("version"));
        assertTrue(out.toString(StandardCharsets.UTF_8).startsWith("outrigger "));
        out.reset();
        assertEquals(0, run("version", "--json"));
        assertEquals("development", new JsonObject(out.toString(StandardCharsets.UTF_8)).getString("version"));
    }

    @ParameterizedTest
    @CsvSource({
        "bogus",
        "submit x y",
        "submit --wait never x",
        "submit --wait 0 x",
        "query --consistency sometimes x",
        "members",
        "members add d",
        "members remove",
        "members remove d --wait never",
        "transfer --wait 0",
        "skip 42",
        "skip x --reason y",
        "skip --reason y",
        "resync now",
        "agent --bogus 1",
        "agent --cluster",
        "status --api"
    })
    void wrongUseIsOneLineAndExitCode2(String words) {
        assertEquals(2, run(words.split(" ")));
        assertOneLine();
        assertTrue(started.isEmpty());
    }

    @Test
    void theAgentStartsWithFlagsOverVariables() {
        environment.clear();
        environment.put("OUTRIGGER_CLUSTER", "from-environment");
        environment.put("OUTRIGGER_NODE", "a");
        run("agent", "--cluster", "from-flag", "--members", "a=h:1");
        assertEquals("from-flag", started.get(0).cluster());
        assertEquals("a", started.get(0).node());
    }

    @Test
    void anUnknownSettingStopsTheStartWithOneLine() {
        environment.put("OUTRIGGER_BOGUS", "1");
        assertEquals(2, run("agent", "--cluster", "t", "--node", "a", "--members", "a=h:1"));
        assertOneLine();
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("OUTRIGGER_BOGUS"));
        assertTrue(started.isEmpty());
    }

    @Test
    void aStartThatFailsIsOneLineAndExitCode1() {
        environment.clear();
        Main.AgentRunner failing = settings -> {
            throw new StorageException("the directory is in use");
        };
        String[] args = {"agent", "--cluster", "t", "--node", "a", "--members", "a=h:1"};
        assertEquals(1, Main.run(args, console(), failing));
        assertEquals("outrigger: the directory is in use\n", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void everySettingIsAFlagInTheHelp() {
        assertEquals(0, run("help", "agent"));
        String help = out.toString(StandardCharsets.UTF_8);
        Arrays.stream(Setting.values())
                .forEach(setting -> assertTrue(help.contains(setting.flag() + "="), setting.flag()));
    }

    private int run(String... args) {
        return Main.run(args, console(), started::add);
    }

    private Main.Console console() {
        return new Main.Console(
                new ByteArrayInputStream(stdin), new PrintStream(out, true), new PrintStream(err, true), environment);
    }

    private void answers(int status, String body, int code) {
        this.status = status;
        this.body = body;
        headers.put("Outrigger-Index", "41");
        headers.put("Outrigger-Term", "3");
        headers.put("Outrigger-Code", Integer.toString(code));
    }

    private void answer(HttpExchange exchange) throws IOException {
        requestBody = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String prefer = exchange.getRequestHeaders().getFirst("Prefer");
        request = exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + (prefer == null ? "-" : prefer);
        if (breaks) {
            exchange.close();
            return;
        }
        headers.forEach((name, value) -> exchange.getResponseHeaders().add(name, value));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void assertOneLine() {
        String text = err.toString(StandardCharsets.UTF_8);
        assertFalse(text.isBlank());
        assertEquals(text.length() - 1, text.indexOf('\n'), text);
    }
}
