package dev.outrigger.sdk.testkit;

import dev.outrigger.sdk.StateMachine;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes replicas, each in its first state. */
final class Lab {
    private final @Nullable MachineFactory inMemory;
    private final @Nullable DurableFactory durable;

    private Lab(@Nullable MachineFactory inMemory, @Nullable DurableFactory durable) {
        this.inMemory = inMemory;
        this.durable = durable;
    }

    static Lab of(Serializable factory) {
        return factory instanceof DurableFactory durable
                ? new Lab(null, durable)
                : new Lab((MachineFactory) factory, null);
    }

    Serializable factory() {
        return durable != null ? durable : Objects.requireNonNull(inMemory);
    }

    boolean isDurable() {
        return durable != null;
    }

    Replica start(Script script) {
        if (durable == null) {
            StateMachine machine = make();
            return new Replica(machine, script, () -> close(machine));
        }
        Path directory = newDirectory();
        StateMachine machine = open(directory);
        return new Replica(machine, script, () -> {
            close(machine);
            delete(directory);
        });
    }

    /**
     * Opens a directory. The caller closes the replica before the next one is opened there, and deletes the directory.
     *
     * @param around put around the state machine
     */
    Replica open(Path directory, Script script, UnaryOperator<StateMachine> around) {
        StateMachine machine = open(directory);
        return new Replica(around.apply(machine), script, () -> close(machine));
    }

    private StateMachine make() {
        try {
            return Objects.requireNonNull(inMemory).create();
        } catch (Exception e) {
            throw new IllegalStateException("the factory made no state machine: " + e, e);
        }
    }

    private StateMachine open(Path directory) {
        try {
            return Objects.requireNonNull(durable).open(directory);
        } catch (Exception e) {
            throw new IllegalStateException("the factory opened no state machine in " + directory + ": " + e, e);
        }
    }

    static Path newDirectory() {
        try {
            return Files.createTempDirectory("outrigger-check");
        } catch (IOException e) {
            throw new IllegalStateException("there is no directory for a durable state machine: " + e, e);
        }
    }

    private static void close(StateMachine machine) throws Exception {
        if (machine instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        }
    }

    static void empty(Path directory) throws IOException {
        delete(directory);
        Files.createDirectory(directory);
    }
}
