package dev.outrigger.examples.kv;

import dev.outrigger.examples.json.Fields;
import dev.outrigger.examples.json.JsonText;
import dev.outrigger.examples.json.MalformedCommandException;
import dev.outrigger.examples.json.StateDigest;
import dev.outrigger.sdk.Context;
import dev.outrigger.sdk.Position;
import dev.outrigger.sdk.Result;
import dev.outrigger.sdk.StateMachine;
import dev.outrigger.sdk.StateWriter;
import dev.outrigger.sdk.UnsupportedSnapshotException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A map from text to text. Commands and queries are JSON objects with an {@code op}: {@code put}, {@code cas}, {@code
 * append}, {@code delete} change it, {@code get} and {@code digest} ask. The state is in memory and comes back by
 * snapshot and replay.
 */
public final class KeyValueStore implements StateMachine {
    /** A {@code cas} that found another value. */
    static final int NOT_SWAPPED = 1;
    /** A command that makes no sense. */
    static final int MALFORMED = 2;

    /** An {@code append} that would make a longer value is refused, so that no single key fills the memory. */
    static final int VALUE_CHARS_MAX = 16 << 20;

    // Sorted, so that the digest takes the same way through the same state everywhere; immutable, so that a snapshot is
    // written beside later commands.
    private SortedTexts values = SortedTexts.EMPTY;
    private long index;

    @Override
    public Result apply(Context context, byte[] command) {
        index = context.index();
        try {
            return apply(Fields.parse(command));
        } catch (MalformedCommandException e) {
            return Result.refused(MALFORMED, error(e));
        }
    }

    private Result apply(Fields command) throws MalformedCommandException {
        String op = command.text("op");
        return switch (op) {
            case "put" -> put(command.text("key"), command.text("value"));
            case "cas" -> swap(command.text("key"), command.textOrNull("expect"), command.text("value"));
            case "append" -> append(command.text("key"), command.text("value"));
            case "delete" -> delete(command.text("key"));
            default -> throw new MalformedCommandException("\"op\" must be put, cas, append or delete");
        };
    }

    private Result put(String key, String value) {
        Optional<String> previous = get(key);
        values = values.with(key, value);
        return Result.ok(text("previous", previous.orElse(null)));
    }

    private Result delete(String key) {
        Optional<String> previous = get(key);
        values = values.without(key);
        return Result.ok(text("previous", previous.orElse(null)));
    }

    private Result swap(String key, Optional<String> expected, String value) {
        Optional<String> actual = get(key);
        if (!actual.equals(expected)) {
            return Result.refused(NOT_SWAPPED, text("actual", actual.orElse(null)));
        }
        values = values.with(key, value);
        return Result.ok(JsonText.object(json -> json.writeBooleanField("swapped", true)));
    }

    private Result append(String key, String value) throws MalformedCommandException {
        String before = get(key).orElse("");
        if (before.length() + value.length() > VALUE_CHARS_MAX) {
            throw new MalformedCommandException("the value would be longer than " + VALUE_CHARS_MAX);
        }
        values = values.with(key, before + value);
        return Result.ok(JsonText.object(json -> json.writeNumberField("length", before.length() + value.length())));
    }

    /** The value of {@code key}; to be called where no command is being applied. */
    public Optional<String> get(String key) {
        return values.get(key);
    }

    @Override
    public byte[] query(byte[] query) {
        try {
            Fields fields = Fields.parse(query);
            return switch (fields.text("op")) {
                case "get" -> text("value", get(fields.text("key")).orElse(null));
                case "digest" -> digest();
                default -> throw new MalformedCommandException("\"op\" must be get or digest");
            };
        } catch (MalformedCommandException e) {
            return error(e);
        }
    }

    private byte[] digest() {
        StateDigest digest = new StateDigest();
        values.forEach((key, value) -> digest.add(key).add(value));
        return JsonText.object(json -> {
            json.writeNumberField("index", index);
            json.writeStringField("sha256", digest.hex());
        });
    }

    @Override
    public Optional<StateWriter> snapshot() {
        SortedTexts now = values;
        return Optional.of(out -> StateFile.write(now, out));
    }

    @Override
    public String snapshotFormat() {
        return StateFile.FORMAT;
    }

    @Override
    public void restore(InputStream state, String format, Position position) throws IOException {
        if (!format.equals(StateFile.FORMAT)) {
            throw new UnsupportedSnapshotException("only " + StateFile.FORMAT + " is read");
        }
        values = StateFile.read(state);
        index = position.index();
    }

    private static byte[] error(MalformedCommandException e) {
        return text("error", e.getMessage());
    }

    private static byte[] text(String name, @Nullable String value) {
        return JsonText.object(json -> json.writeStringField(name, value));
    }

    @Override
    public String appName() {
        return "kv";
    }
}
