package dev.outrigger.agent.cli;

import dev.outrigger.agent.storage.BackupDamage;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a backup to a file, which is there whole and durable, or not at all. */
@Command(
        name = "backup",
        description = "Takes a snapshot and writes it to a file, from which 'restore' makes a cluster.")
final class BackupCommand implements Callable<Integer> {
    private static final int BUFFER_BYTES = 256 << 10;

    private final Main.Console console;

    @Mixin
    private final Api api;

    @Mixin
    private final Wait wait = new Wait();

    @Parameters(index = "0", paramLabel = "FILE", description = "where to write it")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(names = "--force", description = "replace the file when there is one")
    private boolean force;

    BackupCommand(Main.Console console) {
        this.console = console;
        this.api = new Api(console);
    }

    @Override
    public Integer call() {
        if (!force && Files.exists(file)) {
            throw failed(file + " is there already; --force replaces it");
        }
        HttpResponse<byte[]> taken =
                api.send(wait.ask(api.post("/v1/snapshots", new byte[0], wait.timeout())), ExitCode.FAILED);
        if (taken.statusCode() != 200) {
            api.report(Api.problem(taken));
            return ExitCode.FAILED; // what may come of it yet is a snapshot, and that changes nothing
        }
        HttpResponse<InputStream> backup = api.send(
                api.request("/v1/snapshots/latest", wait.timeout()).GET().build(),
                BodyHandlers.ofInputStream(),
                ExitCode.FAILED);
        try (InputStream body = backup.body()) {
            if (backup.statusCode() != 200) {
                api.report(Api.problem(backup.statusCode(), body.readAllBytes()));
                return ExitCode.FAILED;
            }
            print(save(body, backup.headers().firstValueAsLong("Content-Length").orElse(-1)));
            return ExitCode.DONE;
        } catch (BackupDamage damage) {
            throw failed("what came is no whole backup: " + damage.getMessage(), damage);
        } catch (IOException | UncheckedIOException e) {
            throw failed("the backup was not written to " + file + ": " + e, e);
        }
    }

    private BackupFile.Summary save(InputStream body, long announcedBytes) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            BackupFile.Summary summary = write(body, draft);
            if (announcedBytes >= 0 && summary.bytes() != announcedBytes) {
                throw new IOException(summary.bytes() + " bytes came of " + announcedBytes);
            }
            move(draft);
            return summary;
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static BackupFile.Summary write(InputStream body, Path draft) throws IOException {
        BackupFile check = new BackupFile();
        try (FileChannel out = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
                check.push(ByteBuffer.wrap(buffer, 0, count));
                ByteBuffer rest = ByteBuffer.wrap(buffer, 0, count);
                while (rest.hasRemaining()) {
                    out.write(rest);
                }
            }
            out.force(true);
        }
        return check.end();
    }

    private void move(Path draft) throws IOException {
        if (!force && Files.exists(file)) {
            throw new IOException(file + " has come meanwhile");
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            try (FileChannel open = FileChannel.open(directory)) {
                open.force(true);
            }
        }
    }

    private void print(BackupFile.Summary summary) {
        console.out()
                .println(
                        api.printsJson()
                                ? new JsonObject()
                                        .put("file", file.toString())
                                        .put("index", summary.head().index())
                                        .put("term", summary.head().term())
                                        .put("bytes", summary.bytes())
                                        .encode()
                                : file + ": index " + summary.head().index() + " in term "
                                        + summary.head().term() + ", " + summary.bytes() + " bytes");
    }

    private static ApiException failed(String what) {
        return new ApiException(ExitCode.FAILED, what);
    }

    private static ApiException failed(String what, Exception cause) {
        return new ApiException(ExitCode.FAILED, what, cause);
    }
}
