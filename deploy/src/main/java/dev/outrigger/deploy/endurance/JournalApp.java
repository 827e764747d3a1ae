package dev.outrigger.deploy.endurance;

import dev.outrigger.deploy.Child;
import dev.outrigger.sdk.AppOptions;
import dev.outrigger.sdk.AppServer;
import dev.outrigger.sdk.Context;
import dev.outrigger.sdk.Position;
import dev.outrigger.sdk.Result;
import dev.outrigger.sdk.StateMachine;
import dev.outrigger.sdk.StateWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An application whose whole state is a file that others can read: a {@link Journal} of the commands. Answers each command
 * with its number among all commands, and refuses those whose body ends with an exclamation mark, which take a number too.
 */
final class JournalApp implements StateMachine {
    /** The code of a refusal. */
    static final int REFUSED = 7;

    /** Begins the line that says that a snapshot was restored. */
    static final String RESTORED = "restored ";

    private final Journal journal;
    private final Memory memory;

    /** What a start finds. */
    enum Memory {
        /** The journal, up to its last whole line. */
        DURABLE,
        /** Nothing: the journal is begun anew. */
        VOLATILE
    }

    JournalApp(Path file, Memory memory) throws IOException {
        this.journal = memory == Memory.DURABLE ? Journal.open(file) : Journal.begin(file);
        this.memory = memory;
    }

    /** Arguments: port, file, memory. Serves until killed; ends at once when the port is taken. The file must be its own. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        JournalApp app = new JournalApp(Path.of(arguments[1]), Memory.valueOf(arguments[2]));
        AppServer.start(app, AppOptions.defaults().withPort(Integer.parseInt(arguments[0])));
        Thread.currentThread().join();
    }

    /** The command line that starts one. */
    static List<String> command(int port, Path file, Memory memory) {
        return Child.java(List.of(
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Child.classPath(JournalApp.class, AppServer.class),
                JournalApp.class.getName(),
                "" + port,
                file.toAbsolutePath().toString(),
                memory.name()));
    }

    @Override
    public Result apply(Context context, byte[] command) {
        try {
            long number = journal.append(context.index(), context.term(), command);
            return answer(command, number);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Result answer(byte[] command, long number) {
        byte[] data = Long.toString(number).getBytes(StandardCharsets.US_ASCII);
        return isRefused(command) ? Result.refused(REFUSED, data) : Result.ok(data);
    }

    private static boolean isRefused(byte[] command) {
        return command.length > 0 && command[command.length - 1] == '!';
    }

    /** Whatever is asked: how many commands there are. */
    @Override
    public byte[] query(byte[] query) {
        return Long.toString(journal.lines()).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public Optional<Position> applied() {
        return memory == Memory.DURABLE ? Optional.of(journal.position()) : Optional.empty();
    }

    @Override
    public Optional<StateWriter> snapshot() {
        try {
            return Optional.of(journal.snapshot());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void restore(InputStream state, String format, Position position) throws IOException {
        journal.replace(state);
        Position reached = journal.position();
        if (reached.index() != position.index() || reached.term() != position.term()) {
            throw new IOException("a snapshot of index " + position.index() + " ends at index " + reached.index());
        }
        System.out.println(RESTORED + journal.lines() + " lines, up to index " + reached.index());
    }
}
