package dev.outrigger.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.cli.conformance.FaultyApp;
import dev.outrigger.agent.cli.conformance.FaultyApp.Fault;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConformanceCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "conformance";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        Main.Console console = new Main.Console(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of());
        return Main.run(all, console, settings -> {});
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aGoodApplicationExitsWithZeroAndOneLineACheck(@TempDir Path directory) throws Exception {
        Path commands = directory.resolve("commands");
        Files.writeString(commands, "one\n\ntwo\n");
        try (FaultyApp app = new FaultyApp(Fault.NONE);
                FaultyApp twin = new FaultyApp(Fault.NONE)) {
            assertEquals(
                    0,
                    run(
                            "--app=" + app.uri(),
                            "--twin=" + twin.uri(),
                            "--commands=" + commands,
                            "--query=state",
                            "--max-command=2048"),
                    this::printed);
        }
        assertTrue(printed().lines().limit(28).allMatch(line -> line.startsWith("PASS ")), printed());
        assertTrue(printed().endsWith("28 passed, 0 failed, 0 skipped\n"), printed());
    }

    @Test
    void aFaultExitsWithOneAndNamesTheCheckInJsonToo() throws Exception {
        try (FaultyApp app = new FaultyApp(Fault.ROLE_FAILS)) {
            assertEquals(1, run("--app=" + app.uri(), "--json"));
        }
        JsonObject report = new JsonObject(printed());
        assertEquals(1, report.getInteger("failed"));
        JsonObject role = report.getJsonArray("checks")
                .getJsonObject(report.getJsonArray("checks").size() - 1);
        assertEquals("role", role.getString("name"));
        assertEquals("FAIL", role.getString("verdict"));
        assertEquals("status 500", role.getString("came"));
    }

    @Test
    void whereNothingListensItExitsWithOneLine() throws Exception {
        URI gone;
        try (FaultyApp app = new FaultyApp(Fault.NONE)) {
            gone = app.uri();
        }
        assertEquals(1, run("--app=" + gone));
        assertEquals("outrigger: no application answers at " + gone + "\n", err.toString(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--app=127.0.0.1:7410",
                "--app=https://127.0.0.1:7410",
                "--app=http://127.0.0.1:1 --twin=nowhere",
                "--app=http://127.0.0.1:1 --kv --command=x",
                "--app=http://127.0.0.1:1 --commands=/no/such/file",
                "--app=http://127.0.0.1:1 --token-file=/no/such/file",
                "--app=http://127.0.0.1:1 --max-command=0"
            })
    void wrongUseExitsWithTwoAndOneLine(String arguments) {
        assertEquals(2, run(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1)));
        assertEquals(1, err.toString(StandardCharsets.UTF_8).lines().count(), err::toString);
    }
}
