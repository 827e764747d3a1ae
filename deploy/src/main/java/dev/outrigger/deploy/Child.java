package dev.outrigger.deploy;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One process, which can be started again after its end. What it prints is appended to a log file. Where the system
 * can, it dies with the thread that started it, even when that dies by kill -9: so start it on a thread that lives as long
 * as it is needed.
 */
public final class Child {
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
    private static final long EXIT_MAX_SECONDS = 60;

    private final List<String> command;
    private final Path log;
    private @Nullable Process process;

    /** @param command the program and its arguments */
    public Child(Path log, List<String> command) {
        this.log = log;
        this.command = Stream.concat(tether(), command.stream()).toList();
    }

    /** The command line of a Java program, of the Java that runs here: {@code java} and these arguments. */
    public static List<String> java(List<String> arguments) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return Stream.concat(Stream.of(java), arguments.stream()).toList();
    }

    /** The class path where these classes came from; that of this process may be one that only its starter understands. */
    public static String classPath(Class<?>... classes) {
        return Stream.of(classes)
                .map(each -> each.getProtectionDomain().getCodeSource())
                .map(CodeSource::getLocation)
                .map(location -> Path.of(location.getPath()).toString())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Stream<String> tether() {
        return Files.isExecutable(SETPRIV) ? Stream.of(SETPRIV.toString(), "--pdeathsig", "KILL") : Stream.of();
    }

    public void start() {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("OUTRIGGER_"));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** kill -9; returns when the process is gone. */
    public void kill() {
        sendKill();
        exitCode();
    }

    void sendKill() {
        started().destroyForcibly();
    }

    /** Stops it without a trace for others but its silence, as a process that hangs; {@link #thaw} lets it go on. */
    public void freeze() {
        signal("STOP");
    }

    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while signalling " + this, e);
        }
    }

    /** SIGTERM; returns the exit code. */
    public int terminate() {
        started().destroy();
        return exitCode();
    }

    /** Waits for the end of the process. */
    public int exitCode() {
        try {
            if (!started().waitFor(EXIT_MAX_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(this + " still runs after " + EXIT_MAX_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + this, e);
        }
        return started().exitValue();
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    public long pid() {
        return started().pid();
    }

    /** All that it printed since its first start. */
    public String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process started() {
        if (process == null) {
            throw new IllegalStateException(this + " was never started");
        }
        return process;
    }

    @Override
    public String toString() {
        return log.toString();
    }
}
