package dev.outrigger.agent.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.outrigger.agent.app.AppEvents.Result;
import dev.outrigger.agent.app.AppFailure.Cause;
import dev.outrigger.agent.core.message.Payload;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The bytes that the documentation shows, and all others. */
class AppFramesTest {
    private static final String ANSWER = "0000001c" + "02" + "01" + "000000000000002a" + "00000002" + "beef"
            + "00000001" + "0000" + "00000002" + "6f6b";

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    private static Payload payload(String text) {
        return Payload.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Buffer hex(String text) {
        return Buffer.buffer(HexFormat.of().parseHex(text));
    }

    private static AppAnswer read(Buffer frame, int commands) {
        return AppFrames.readAnswer(AppFrames.onlyFrame(frame), commands);
    }

    @Test
    void writesABatchAsDocumented() {
        AppBatch batch = new AppBatch(7, 41, false, List.of(new AppCommand(42, 3, 1_764_000_000_000L, payload("hi"))));
        assertEquals(
                "00000035" + "01" + "01" + "0000000000000007" + "0000000000000029" + "00" + "00000001"
                        + "000000000000002a" + "0000000000000003" + "0000019ab697e800" + "00000002" + "6869",
                HexFormat.of().formatHex(AppFrames.writeBatch(batch).getBytes()));
    }

    @Test
    void readsAnAnswerAsDocumented() {
        AppAnswer answer = read(hex(ANSWER), 1);
        assertEquals(42, answer.applied());
        assertEquals(List.of(new Result(0, payload("ok"))), answer.results());
        assertEquals(Optional.of(Payload.of(new byte[] {(byte) 0xbe, (byte) 0xef})), answer.stateHash());
    }

    @Test
    void readsARefusalAsDocumented() {
        AppReply reply = AppFrames.reply(hex("0301" + "0199" + "00000002" + "6e6f"));
        assertEquals(409, reply.status());
        assertEquals("no", reply.body().toString());
    }

    @Test
    void whatIsWrittenIsWhatWasMeant() {
        for (int round = 0; round < 200; round++) {
            List<AppCommand> commands = new ArrayList<>();
            for (int i = random.nextInt(40); i >= 0; i--) {
                byte[] data = new byte[random.nextInt(10) == 0 ? random.nextInt(100_000) : random.nextInt(40)];
                random.nextBytes(data);
                commands.add(new AppCommand(
                        random.nextLong() >>> 1, random.nextLong() >>> 1, random.nextLong() >>> 1, Payload.of(data)));
            }
            AppBatch batch =
                    new AppBatch(random.nextLong() >>> 1, random.nextLong() >>> 1, random.nextBoolean(), commands);
            JsonObject meant = AppJson.writeBatch(batch).toJsonObject();
            assertEquals(
                    meant, FramesOfApp.readBatch(AppFrames.writeBatch(batch).getBytes()), "seed " + seed);
        }
    }

    @Test
    void whatIsReadIsWhatWasMeant() {
        for (int round = 0; round < 200; round++) {
            JsonArray results = new JsonArray();
            for (int i = random.nextInt(40); i > 0; i--) {
                byte[] data = new byte[random.nextInt(200)];
                random.nextBytes(data);
                results.add(new JsonObject()
                        .put("code", random.nextInt(65536))
                        .put("data", Base64.getEncoder().encodeToString(data)));
            }
            byte[] hash = new byte[random.nextInt(65)];
            random.nextBytes(hash);
            JsonObject meant = new JsonObject()
                    .put("applied", random.nextLong() >>> 1)
                    .put("results", results)
                    .put("stateHash", HexFormat.of().formatHex(hash));
            assertEquals(
                    AppJson.readAnswer(meant.toBuffer(), results.size()),
                    read(FramesOfApp.results(meant), results.size()),
                    "seed " + seed);
        }
    }

    @Test
    void refusesEveryBeginningAndEveryExcess() {
        Buffer right = hex(ANSWER);
        for (int cut = 0; cut < right.length(); cut++) {
            assertMalformed(right.slice(0, cut).copy());
            if (cut >= 4) {
                assertMalformed(right.slice(0, cut).copy().setInt(0, cut - 4));
            }
        }
        assertMalformed(right.copy().appendByte((byte) 0));
        assertMalformed(right.copy().appendByte((byte) 0).setInt(0, right.length() - 3));
        assertMalformed(right.copy().setByte(4, (byte) 1));
        assertMalformed(right.copy().setByte(5, (byte) 2));
        assertMalformed(right.copy().setByte(6, (byte) 0x80));
        String longHash = "0201" + "000000000000002a" + "00000041" + "00".repeat(65) + "00000001" + "0000" + "00000000";
        assertMalformed(FramesOfApp.framed(hex(longHash)));
    }

    private static void assertMalformed(Buffer answer) {
        AppFailure failure = assertThrows(
                AppFailure.class, () -> read(answer, 1), () -> HexFormat.of().formatHex(answer.getBytes()));
        assertEquals(Cause.MALFORMED, failure.cause());
    }

    @Test
    void chanceBytesAreReadOrRefusedAndNothingElse() {
        byte[] right = hex(ANSWER).getBytes();
        for (int round = 0; round < 50_000; round++) {
            byte[] bytes = right.clone();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                bytes[4 + random.nextInt(bytes.length - 4)] = (byte) random.nextInt();
            }
            try {
                Buffer frame = AppFrames.onlyFrame(Buffer.buffer(bytes));
                AppFrames.readAnswer(AppFrames.reply(frame).bodyOf200(), 1);
            } catch (AppFailure expected) {
                // The only one allowed.
            } catch (RuntimeException unexpected) {
                throw new AssertionError("seed " + seed + ": " + HexFormat.of().formatHex(bytes), unexpected);
            }
        }
    }
}
