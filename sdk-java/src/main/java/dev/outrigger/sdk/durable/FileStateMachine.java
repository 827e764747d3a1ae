package dev.outrigger.sdk.durable;

import dev.outrigger.sdk.Context;
import dev.outrigger.sdk.Position;
import dev.outrigger.sdk.Result;
import dev.outrigger.sdk.StateMachine;
import dev.outrigger.sdk.StateWriter;
import dev.outrigger.sdk.UnsupportedSnapshotException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Spares a small state in memory its replay after a restart: writes state and position to one file from time to time, and
 * starts from there; the agent delivers what came after. Around any state machine with {@link StateMachine#snapshot} and
 * {@link StateMachine#restore}, whose format the file is written in.
 *
 * <p>A new file takes the old one's place in one step, so a crash at any moment leaves one of the two. The file is a
 * shortcut and never the only copy: a damaged one, or one in a format that is no longer read, is passed over with a
 * warning, and one that could not be written is written with a later delivery; commands go on meanwhile.
 *
 * <p>Writing takes as long as the state is large and the disk slow, and commands wait for it. Methods are called as those
 * of any state machine; {@link #close} where no command is being applied.
 */
public final class FileStateMachine implements StateMachine, AutoCloseable {
    private static final Logger LOG = System.getLogger(FileStateMachine.class.getName());

    private final StateMachine machine;
    private final Path path;
    private final StateFile file;
    private final FileOptions options;
    private volatile Position position = Position.NONE;
    private int unwrittenCommands;
    private long writtenNanos = System.nanoTime();

    private FileStateMachine(StateMachine machine, Path path, FileOptions options) {
        this.machine = machine;
        this.path = path;
        this.file = new StateFile(path);
        this.options = options;
    }

    /** {@link #open(StateMachine, Path, FileOptions)} with the default options. */
    public static FileStateMachine open(StateMachine machine, Path file) {
        return open(machine, file, FileOptions.defaults());
    }

    /**
     * Brings the state to what the file holds, when there is one.
     *
     * @param machine in the state that it starts in
     * @param file its directory must exist; {@code .new} is added for the one that is being written
     * @throws IllegalArgumentException when the state machine gives no snapshots
     */
    public static FileStateMachine open(StateMachine machine, Path file, FileOptions options) {
        if (machine.snapshot().isEmpty()) {
            throw new IllegalArgumentException(machine.appName() + " gives no snapshots to be written to a file");
        }
        FileStateMachine durable = new FileStateMachine(machine, file, options);
        durable.load();
        return durable;
    }

    private void load() {
        Optional<StateFile.Content> found;
        try {
            found = file.read();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "Starting with an empty state, which the agent fills again: " + e.getMessage(), e);
            return;
        }
        if (found.isPresent()) {
            load(found.get());
        }
    }

    private void load(StateFile.Content content) {
        try {
            machine.restore(new ByteArrayInputStream(content.state()), content.format(), content.position());
            position = content.position();
        } catch (UnsupportedSnapshotException e) {
            LOG.log(Level.WARNING, "Starting with an empty state, which the agent fills again: " + e.getMessage(), e);
        } catch (IOException e) {
            // Half a state is none, and there is only this one state machine.
            throw new UncheckedIOException(
                    "the state in " + path + " could not be read; without the file the agent fills an empty state", e);
        }
    }

    @Override
    public Result apply(Context context, byte[] command) {
        Result result = machine.apply(context, command);
        position = context.position();
        unwrittenCommands++;
        return result;
    }

    @Override
    public void flush() {
        machine.flush();
        boolean old = System.nanoTime() - writtenNanos >= options.age().toNanos();
        if (unwrittenCommands > 0 && (old || unwrittenCommands >= options.commands())) {
            write();
        }
    }

    private void write() {
        writtenNanos = System.nanoTime();
        try {
            file.write(position, machine.snapshotFormat(), machine.snapshot().orElseThrow());
            unwrittenCommands = 0;
        } catch (IOException | RuntimeException e) {
            unwrittenCommands = 1;
            LOG.log(
                    Level.WARNING,
                    "The state could not be written to " + path + "; a later delivery tries again, and a restart"
                            + " replays more until then",
                    e);
        }
    }

    /** Where the state in memory stands; after a restart, where the file does. */
    @Override
    public Optional<Position> applied() {
        return Optional.of(position);
    }

    @Override
    public byte[] query(byte[] query) {
        return machine.query(query);
    }

    @Override
    public Optional<StateWriter> snapshot() {
        return machine.snapshot();
    }

    @Override
    public String snapshotFormat() {
        return machine.snapshotFormat();
    }

    @Override
    public void restore(InputStream state, String format, Position restored) throws IOException {
        Position before = position;
        position = Position.NONE;
        try {
            machine.restore(state, format, restored);
        } catch (UnsupportedSnapshotException e) {
            position = before;
            throw e;
        }
        position = new Position(restored.cluster().or(before::cluster), restored.index(), restored.term());
        write();
    }

    @Override
    public String appName() {
        return machine.appName();
    }

    @Override
    public String version() {
        return machine.version();
    }

    /** Writes the file if anything has changed, so that the next start replays nothing. */
    @Override
    public void close() {
        if (unwrittenCommands > 0 && position.index() > 0) {
            write();
        }
    }
}
