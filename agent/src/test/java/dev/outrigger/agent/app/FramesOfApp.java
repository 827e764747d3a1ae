package dev.outrigger.agent.app;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HexFormat;

/** The application's side of the binary form, written from the documentation alone. */
final class FramesOfApp {
    private FramesOfApp() {}

    /** The same in JSON. */
    static JsonObject readBatch(byte[] frame) {
        ByteBuffer in = ByteBuffer.wrap(frame);
        check(in.getInt() == in.remaining(), "length");
        check(in.get() == 1, "kind");
        check(in.get() == 1, "version");
        JsonObject batch = new JsonObject().put("epoch", in.getLong()).put("prevIndex", in.getLong());
        batch.put("replay", in.get() == 1);
        JsonArray commands = new JsonArray();
        for (int count = in.getInt(); count > 0; count--) {
            JsonObject command = new JsonObject()
                    .put("index", in.getLong())
                    .put("term", in.getLong())
                    .put("time", in.getLong());
            byte[] data = new byte[in.getInt()];
            in.get(data);
            commands.add(command.put("data", Base64.getEncoder().encodeToString(data)));
        }
        check(!in.hasRemaining(), "end");
        return batch.put("commands", commands);
    }

    static Buffer results(JsonObject answer) {
        Buffer out = Buffer.buffer().appendByte((byte) 2).appendByte((byte) 1);
        byte[] stateHash = HexFormat.of().parseHex(answer.getString("stateHash", ""));
        out.appendLong(answer.getLong("applied")).appendInt(stateHash.length).appendBytes(stateHash);
        JsonArray results = answer.getJsonArray("results");
        out.appendInt(results.size());
        for (int i = 0; i < results.size(); i++) {
            JsonObject result = results.getJsonObject(i);
            byte[] data = Base64.getDecoder().decode(result.getString("data", ""));
            out.appendUnsignedShort(result.getInteger("code"))
                    .appendInt(data.length)
                    .appendBytes(data);
        }
        return framed(out);
    }

    static Buffer refusal(int status, String text) {
        byte[] bytes = Buffer.buffer(text).getBytes();
        return framed(Buffer.buffer()
                .appendByte((byte) 3)
                .appendByte((byte) 1)
                .appendUnsignedShort(status)
                .appendInt(bytes.length)
                .appendBytes(bytes));
    }

    static Buffer framed(Buffer content) {
        return Buffer.buffer().appendInt(content.length()).appendBuffer(content);
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(what);
        }
    }
}
