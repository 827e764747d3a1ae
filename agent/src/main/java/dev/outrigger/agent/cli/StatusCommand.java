package dev.outrigger.agent.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints how the agent and its cluster are. */
@Command(name = "status", description = "Prints how the agent and its cluster are.")
final class StatusCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Main.Console console;

    @Mixin
    private final Api api;

    StatusCommand(Main.Console console) {
        this.console = console;
        this.api = new Api(console);
    }

    @Override
    public Integer call() {
        HttpResponse<byte[]> response =
                api.send(api.request("/v1/status", TIMEOUT).GET().build(), ExitCode.FAILED);
        if (response.statusCode() != 200) {
            api.report(Api.problem(response));
            return ExitCode.FAILED;
        }
        String document = new String(response.body(), StandardCharsets.UTF_8);
        if (api.printsJson()) {
            console.out().println(document);
        } else {
            print(new JsonObject(document));
        }
        return ExitCode.DONE;
    }

    private void print(JsonObject status) {
        JsonObject cluster = status.getJsonObject("cluster");
        JsonObject node = status.getJsonObject("node");
        JsonObject log = status.getJsonObject("log");
        JsonObject app = status.getJsonObject("app");
        line("cluster", "%s (%s)", cluster.getString("name"), orDash(cluster.getValue("id")));
        line("node", "%s, %s in term %s", node.getString("name"), status.getString("role"), status.getValue("term"));
        line("leader", "%s", orDash(status.getValue("leader")));
        line(
                "log",
                "%s to %s, commit %s, applied %s",
                log.getValue("first"),
                log.getValue("last"),
                log.getValue("commit"),
                log.getValue("applied"));
        JsonObject snapshot = status.getJsonObject("snapshot");
        line("snapshot", "%s", snapshot == null ? "-" : "up to " + snapshot.getValue("index"));
        line("app", "%s, version %s", app.getString("state"), orDash(app.getValue("version")));
        JsonArray members = status.getJsonArray("members");
        for (int i = 0; i < members.size(); i++) {
            JsonObject member = members.getJsonObject(i);
            line(
                    "member",
                    "%s at %s, %s, match %s%s",
                    member.getString("name"),
                    member.getString("peer"),
                    member.getString("role"),
                    orDash(member.getValue("match")),
                    lastContact(member));
        }
        JsonArray diagnosis = status.getJsonArray("diagnosis");
        for (int i = 0; i < diagnosis.size(); i++) {
            JsonObject finding = diagnosis.getJsonObject(i);
            line(
                    finding.getString("severity"),
                    "%s: %s Next: %s",
                    finding.getString("code"),
                    finding.getString("message"),
                    finding.getString("next"));
        }
    }

    private static String lastContact(JsonObject member) {
        Object millis = member.getValue("lastContactMs");
        return millis == null ? "" : ", last contact " + millis + " ms ago";
    }

    private void line(String name, String format, Object... values) {
        console.out().printf("%-8s %s%n", name, format.formatted(values));
    }

    private static Object orDash(@Nullable Object value) {
        return value == null ? "-" : value;
    }
}
