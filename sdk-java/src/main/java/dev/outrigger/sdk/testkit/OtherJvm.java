package dev.outrigger.sdk.testkit;

import dev.outrigger.sdk.LoggedCommand;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TimeZone;
import java.util.concurrent.TimeUnit;

/**
 * Runs a replica in a JVM of its own, where identity hashes and the order of {@code Set.of} and {@code Map.of} are other
 * ones; if wanted, with another time zone and locale too.
 */
final class OtherJvm {
    private static final int ATTEMPTS = 8;
    private static final int SAME_ORDER = 3;
    private static final int SECONDS_MAX = 120;

    private OtherJvm() {}

    /** Why there is no other JVM. */
    static final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1L;

        private UnavailableException(String message) {
            super(message);
        }
    }

    /** What a replica there has shown after each of the first {@code limit} commands. */
    static List<Observation> run(Lab lab, Script script, int limit, boolean otherEnvironment)
            throws UnavailableException {
        Path directory = Lab.newDirectory();
        try {
            Path task = directory.resolve("task");
            Path result = directory.resolve("result");
            Path output = directory.resolve("output");
            for (int attempt = 1; ; attempt++) {
                writeTask(task, lab.factory(), script, limit, attempt < ATTEMPTS);
                int exit = start(List.of(task.toString(), result.toString()), output, otherEnvironment);
                if (exit == 0) {
                    return read(result);
                }
                if (exit != SAME_ORDER) {
                    String said = Files.readString(output);
                    throw new UnavailableException(
                            said.isBlank()
                                    ? "it ended with exit code " + exit
                                    : said.strip().lines().findFirst().orElse(""));
                }
            }
        } catch (NotSerializableException e) {
            throw new UnavailableException("the factory captures what cannot be serialized: " + e.getMessage());
        } catch (IOException e) {
            throw new UnavailableException(e.toString());
        } finally {
            Restarts.delete(directory);
        }
    }

    private static int start(List<String> arguments, Path output, boolean otherEnvironment) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        if (otherEnvironment) {
            boolean east = TimeZone.getDefault().getRawOffset() > 0;
            command.add("-Duser.timezone=" + (east ? "Pacific/Honolulu" : "Pacific/Auckland"));
            boolean turkish = Locale.getDefault().getLanguage().equals("tr");
            command.add("-Duser.language=" + (turkish ? "en" : "tr"));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), OtherJvm.class.getName()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            process.getOutputStream().close();
            if (process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                return process.exitValue();
            }
            throw new IOException("it was not done in " + SECONDS_MAX + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while it ran", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void writeTask(Path task, Serializable factory, Script script, int limit, boolean mayGiveUp)
            throws IOException {
        try (ObjectOutputStream out = new ObjectOutputStream(new BufferedOutputStream(Files.newOutputStream(task)))) {
            out.writeUTF(mayGiveUp ? hashOrder() : "");
            out.writeObject(factory);
            out.writeInt(script.stride());
            out.writeInt(script.denseFrom());
            out.writeInt(limit);
            out.writeInt(script.size());
            for (LoggedCommand one : script.commands()) {
                out.writeLong(one.index());
                out.writeLong(one.term());
                out.writeLong(one.timeMillis());
                writeBytes(one.data(), out);
            }
            out.writeInt(script.queries().size());
            for (byte[] query : script.queries()) {
                writeBytes(query, out);
            }
        }
    }

    private static void writeBytes(byte[] bytes, ObjectOutputStream out) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] readBytes(ObjectInputStream in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }

    private static String hashOrder() {
        return Set.of("a", "b").iterator().next();
    }

    private static List<Observation> read(Path result) throws IOException {
        List<Observation> seen = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(result)))) {
            int size = in.readInt();
            for (int i = 0; i < size; i++) {
                seen.add(Observation.readFrom(in));
            }
        }
        return seen;
    }

    /** The other JVM: file with the task, file for the result. */
    public static void main(String[] args) throws Exception {
        List<Observation> seen = new ArrayList<>();
        try (ObjectInputStream in =
                new ObjectInputStream(new BufferedInputStream(Files.newInputStream(Path.of(args[0]))))) {
            if (in.readUTF().equals(hashOrder())) {
                System.exit(SAME_ORDER);
            }
            Lab lab = Lab.of((Serializable) in.readObject());
            int stride = in.readInt();
            int denseFrom = in.readInt();
            int limit = in.readInt();
            List<LoggedCommand> commands = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                commands.add(new LoggedCommand(in.readLong(), in.readLong(), in.readLong(), readBytes(in)));
            }
            List<byte[]> queries = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                queries.add(readBytes(in));
            }
            try (Replica replica = lab.start(new Script(commands, queries, stride, denseFrom))) {
                boolean failed = false;
                while (replica.applied() < limit && !failed) {
                    for (Replica.Step step : replica.deliver(1, false)) {
                        seen.add(step.observation());
                        failed = step.observation().failed();
                    }
                }
            }
        }
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(Path.of(args[1]))))) {
            out.writeInt(seen.size());
            for (Observation one : seen) {
                one.writeTo(out);
            }
        }
        // State machines may have started threads.
        System.exit(0);
    }
}
