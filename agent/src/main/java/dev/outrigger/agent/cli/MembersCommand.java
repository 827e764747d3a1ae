package dev.outrigger.agent.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Who belongs to the cluster, and changing that. */
@Command(name = "members", description = "Lists the members of the cluster, or changes them: see its own commands.")
final class MembersCommand {
    private MembersCommand() {}

    static CommandLine commandLine(Main.Console console) {
        return new CommandLine(new MembersCommand())
                .addSubcommand(new ListMembers(console))
                .addSubcommand(new Add(console))
                .addSubcommand(new Remove(console))
                .addSubcommand(new Replace(console));
    }

    /** What all of them do with an answer: print the members in it, or the problem. */
    private abstract static class Action implements Callable<Integer> {
        private final Main.Console console;

        @Mixin
        final Api api;

        Action(Main.Console console) {
            this.console = console;
            this.api = new Api(console);
        }

        final int print(HttpResponse<byte[]> response) {
            if (response.statusCode() != 200) {
                return api.report(Api.problem(response));
            }
            JsonArray members =
                    new JsonObject(new String(response.body(), StandardCharsets.UTF_8)).getJsonArray("members");
            if (api.printsJson()) {
                console.out().println(new JsonObject().put("members", members).encode());
                return ExitCode.DONE;
            }
            for (int i = 0; i < members.size(); i++) {
                JsonObject member = members.getJsonObject(i);
                console.out()
                        .printf(
                                "%-16s %-24s %s%n",
                                member.getString("name"), member.getString("peer"), member.getString("role"));
            }
            return ExitCode.DONE;
        }
    }

    /** Prints the members as the agent knows them. */
    @Command(name = "list", description = "Prints name, peer address and role of every member.")
    private static final class ListMembers extends Action {
        private static final Duration TIMEOUT = Duration.ofSeconds(10);

        ListMembers(Main.Console console) {
            super(console);
        }

        @Override
        public Integer call() {
            return print(api.send(api.request("/v1/status", TIMEOUT).GET().build(), ExitCode.FAILED));
        }
    }

    /** A change, which waits for its end and prints the members then. */
    private abstract static class Change extends Action {
        @Mixin
        final Wait wait = new Wait();

        @Parameters(index = "0", paramLabel = "NAME", description = "the member")
        String name = "";

        Change(Main.Console console) {
            super(console);
        }

        abstract HttpRequest.Builder request();

        @Override
        public Integer call() {
            return print(api.send(wait.ask(request()), ExitCode.OUTCOME_UNKNOWN));
        }
    }

    /** The agent of the new member must be up, with this agent on its list. */
    @Command(name = "add", description = "Adds a member, whose agent must be up with this one on its list.")
    private static final class Add extends Change {
        @Parameters(index = "1", paramLabel = "HOST:PORT", description = "where the other members reach it")
        private String peer = "";

        @Option(names = "--learner", description = "only receive the log, never vote")
        private boolean learner;

        Add(Main.Console console) {
            super(console);
        }

        @Override
        HttpRequest.Builder request() {
            JsonObject member =
                    new JsonObject().put("name", name).put("peer", peer).put("role", role());
            return api.post("/v1/members", member.encode().getBytes(StandardCharsets.UTF_8), wait.timeout());
        }

        private String role() {
            return learner ? "learner" : "voter";
        }
    }

    @Command(name = "remove", description = "Removes a member; stop its agent afterwards.")
    private static final class Remove extends Change {
        Remove(Main.Console console) {
            super(console);
        }

        @Override
        HttpRequest.Builder request() {
            return api.request("/v1/members/" + name, wait.timeout()).DELETE();
        }
    }

    @Command(name = "replace", description = "Gives a member whose disk is gone the empty one that its agent has now.")
    private static final class Replace extends Change {
        Replace(Main.Console console) {
            super(console);
        }

        @Override
        HttpRequest.Builder request() {
            return api.post("/v1/members/" + name + "/replace", new byte[0], wait.timeout());
        }
    }
}
