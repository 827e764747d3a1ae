package dev.outrigger.agent.cli;

import dev.outrigger.agent.storage.BackupDamage;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Puts a backup into a cluster that has applied nothing yet. */
@Command(name = "restore", description = "Puts a backup into a cluster that was formed anew; refused by any other.")
final class RestoreCommand implements Callable<Integer> {
    private final Main.Console console;

    @Mixin
    private final Api api;

    @Mixin
    private final Wait wait = new Wait();

    @Parameters(index = "0", paramLabel = "FILE", description = "a file that 'backup' has written")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    RestoreCommand(Main.Console console) {
        this.console = console;
        this.api = new Api(console);
    }

    @Override
    public Integer call() {
        BackupFile.Summary backup = check();
        HttpResponse<byte[]> response = upload();
        if (response.statusCode() != 200) {
            return api.report(Api.problem(response));
        }
        JsonObject restored = new JsonObject(new String(response.body(), StandardCharsets.UTF_8));
        console.out()
                .println(
                        api.printsJson()
                                ? restored.encode()
                                : "restored as index " + restored.getLong("index") + " what "
                                        + backup.head().clusterName() + " had at index "
                                        + backup.head().index());
        return ExitCode.DONE;
    }

    private BackupFile.Summary check() {
        try {
            return BackupFile.check(file);
        } catch (BackupDamage damage) {
            throw new ApiException(
                    ExitCode.FAILED, file + " is no whole backup, nothing was sent: " + damage.getMessage(), damage);
        } catch (IOException e) {
            throw new ApiException(ExitCode.FAILED, "cannot read " + file + ": " + e, e);
        }
    }

    /** Without a time of its own, since the agent ends what is silent and what waits too long. */
    private HttpResponse<byte[]> upload() {
        try {
            return api.send(
                    wait.prefer(api.request("/v1/snapshots/latest").PUT(BodyPublishers.ofFile(file)))
                            .header("Content-Type", "application/octet-stream")
                            .build(),
                    BodyHandlers.ofByteArray(),
                    ExitCode.OUTCOME_UNKNOWN);
        } catch (IOException e) {
            throw new ApiException(ExitCode.FAILED, "cannot read " + file + ": " + e, e);
        }
    }
}
