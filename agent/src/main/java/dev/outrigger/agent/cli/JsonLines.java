package dev.outrigger.agent.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads a file with a JSON object on each line, one after another. Every failure is an {@link ApiException} that names file
 * and line: such a file is an argument, and a wrong one is wrong use.
 */
final class JsonLines<T> implements AutoCloseable {
    private final Path file;
    private final BufferedReader in;
    private final Function<JsonObject, T> reading;
    private int number;

    /** A line does not have what it should. */
    static final class MalformedLineException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private MalformedLineException(String message) {
            super(message);
        }
    }

    JsonLines(Path file, Function<JsonObject, T> reading) {
        this.file = file;
        this.reading = reading;
        try {
            in = Files.newBufferedReader(file);
        } catch (IOException e) {
            throw new ApiException(ExitCode.USAGE, "cannot read " + file + ": " + e, e);
        }
    }

    /** The next one, empty at the end. */
    Optional<T> next() {
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                number++;
                if (!line.isBlank()) {
                    return Optional.of(reading.apply(new JsonObject(line)));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new ApiException(ExitCode.USAGE, "cannot read " + file + ": " + e, e);
        } catch (DecodeException | MalformedLineException e) {
            throw new ApiException(ExitCode.USAGE, where() + ": " + e.getMessage(), e);
        }
    }

    /** File and line of what was read last. */
    String where() {
        return file + " line " + number;
    }

    static long number(JsonObject line, String name, long min) {
        if (line.getValue(name) instanceof Number value
                && value.doubleValue() == value.longValue()
                && value.longValue() >= min) {
            return value.longValue();
        }
        throw new MalformedLineException(
                "\"" + name + "\" must be a number from " + min + " on, not " + line.getValue(name));
    }

    /** As everyone writes it, so that it can be compared. */
    static String base64(JsonObject line, String name) {
        if (line.getValue(name) instanceof String text) {
            try {
                return Base64.getEncoder().encodeToString(Base64.getDecoder().decode(text));
            } catch (IllegalArgumentException e) {
                // Said below.
            }
        }
        throw new MalformedLineException("\"" + name + "\" must be text in base64");
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw new ApiException(ExitCode.FAILED, "cannot close " + file + ": " + e, e);
        }
    }
}
