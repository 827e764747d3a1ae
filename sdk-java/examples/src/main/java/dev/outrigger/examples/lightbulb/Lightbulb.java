package dev.outrigger.examples.lightbulb;

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
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * On or off. Commands: {@code {"op":"set","on":true}} and {@code {"op":"toggle"}}; queries: {@code {"op":"get"}} and
 * {@code {"op":"digest"}}. Tells {@link LivePicture} about every change.
 */
public final class Lightbulb implements StateMachine {
    /** A command that makes no sense. */
    static final int MALFORMED = 2;

    private static final String FORMAT = "lightbulb/1";

    private final LivePicture picture;
    private boolean on;
    private long index;

    public Lightbulb(LivePicture picture) {
        this.picture = picture;
    }

    @Override
    public Result apply(Context context, byte[] command) {
        index = context.index();
        Result result = apply(command);
        picture.bulb(on, index);
        return result;
    }

    private Result apply(byte[] command) {
        try {
            Fields fields = Fields.parse(command);
            boolean before = on;
            on = switch (fields.text("op")) {
                case "set" -> fields.flag("on");
                case "toggle" -> !on;
                default -> throw new MalformedCommandException("\"op\" must be set or toggle");
            };
            return Result.ok(JsonText.object(json -> {
                json.writeBooleanField("on", on);
                json.writeBooleanField("changed", on != before);
            }));
        } catch (MalformedCommandException e) {
            return Result.refused(MALFORMED, error(e));
        }
    }

    @Override
    public byte[] query(byte[] query) {
        try {
            return switch (Fields.parse(query).text("op")) {
                case "get" ->
                    JsonText.object(json -> {
                        json.writeNumberField("index", index);
                        json.writeBooleanField("on", on);
                    });
                case "digest" ->
                    JsonText.object(json -> {
                        json.writeNumberField("index", index);
                        json.writeStringField(
                                "sha256",
                                new StateDigest().add(on ? "on" : "off").hex());
                    });
                default -> throw new MalformedCommandException("\"op\" must be get or digest");
            };
        } catch (MalformedCommandException e) {
            return error(e);
        }
    }

    @Override
    public Optional<StateWriter> snapshot() {
        byte[] now = (on ? "on" : "off").getBytes(StandardCharsets.UTF_8);
        return Optional.of(out -> out.write(now));
    }

    @Override
    public String snapshotFormat() {
        return FORMAT;
    }

    @Override
    public void restore(InputStream state, String format, Position position) throws IOException {
        if (!format.equals(FORMAT)) {
            throw new UnsupportedSnapshotException("only " + FORMAT + " is read");
        }
        String text = new String(state.readNBytes(4), StandardCharsets.UTF_8);
        on = switch (text) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new IOException("neither on nor off");
        };
        index = position.index();
        picture.bulb(on, index);
    }

    static byte[] set(boolean on) {
        return ("{\"op\":\"set\",\"on\":" + on + "}").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] error(MalformedCommandException e) {
        return JsonText.object(json -> json.writeStringField("error", e.getMessage()));
    }

    @Override
    public String appName() {
        return "lightbulb";
    }
}
