package dev.outrigger.deploy;

import dev.outrigger.sdk.AppOptions;
import dev.outrigger.sdk.AppServer;
import dev.outrigger.sdk.Context;
import dev.outrigger.sdk.Position;
import dev.outrigger.sdk.Result;
import dev.outrigger.sdk.StateMachine;
import dev.outrigger.sdk.StateWriter;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Counts commands, and answers the command {@code time} with the agreed time. As long as a certain file is there it takes
 * its own clock instead: the mistake that divergence detection is for.
 */
final class UnsteadyApp implements StateMachine {
    static final String TIME = "time";

    private final Path flag;
    private long count;

    private UnsteadyApp(Path flag) {
        this.flag = flag;
    }

    /** Arguments: port, file. Serves until killed. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        AppServer.start(
                new UnsteadyApp(Path.of(arguments[1])), AppOptions.defaults().withPort(Integer.parseInt(arguments[0])));
        Thread.currentThread().join();
    }

    static List<String> command(int port, Path flag) {
        return Child.java(List.of(
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Child.classPath(UnsteadyApp.class, AppServer.class),
                UnsteadyApp.class.getName(),
                "" + port,
                flag.toAbsolutePath().toString()));
    }

    @Override
    public Result apply(Context context, byte[] command) {
        count++;
        boolean asksForTime = TIME.equals(new String(command, StandardCharsets.US_ASCII));
        return Result.ok(bytes(asksForTime ? time(context) : count));
    }

    private long time(Context context) {
        return Files.exists(flag) ? System.nanoTime() : context.timeMillis();
    }

    @Override
    public byte[] query(byte[] query) {
        return bytes(count);
    }

    @Override
    public Optional<StateWriter> snapshot() {
        long now = count;
        return Optional.of(out -> new DataOutputStream(out).writeLong(now));
    }

    @Override
    public void restore(InputStream state, String format, Position position) throws IOException {
        count = new DataInputStream(state).readLong();
    }

    private static byte[] bytes(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }
}
