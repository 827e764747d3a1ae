package dev.outrigger.agent.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.Problem;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The binary form of a batch: the same rules as in JSON. */
class BatchFramesTest {
    private static final String FRAMES = "application/vnd.outrigger.frames";
    /** Two commands, {@code hi} and nothing. */
    private static final byte[] TWO =
            hex("00000012" + "0401" + "00000002" + "00" + "00000002" + "6869" + "00" + "00000000");

    private final ApiFixture api = new ApiFixture();

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void answersAsDocumented() throws IOException {
        HttpResponse<byte[]> response = send(TWO, "Accept", FRAMES);

        assertEquals(200, response.statusCode());
        assertEquals(FRAMES, response.headers().firstValue("content-type").orElse(""));
        assertArrayEquals(
                hex("00000036" + "0501" + "00000002" //
                        + "00" + "000000000000002a" + "0000000000000003" + "0000" + "00000002" + "6869" //
                        + "00" + "000000000000002b" + "0000000000000003" + "0000" + "00000000"),
                response.body());
    }

    @Test
    void answersInJsonToWhoDoesNotAskForFrames() throws IOException {
        HttpResponse<byte[]> response = send(TWO, "Accept", "application/json, */*");
        assertEquals(
                "application/json",
                response.headers().firstValue("content-type").orElse(""));
        JsonObject answer = Buffer.buffer(response.body()).toJsonObject();
        assertEquals(2, answer.getJsonArray("results").size());

        byte[] json = "{\"commands\":[{\"data\":\"\"}]}".getBytes(StandardCharsets.UTF_8);
        HttpResponse<byte[]> framed = api.post(
                "/v1/commands/batch",
                json,
                "Content-Type",
                "application/json",
                "Accept",
                "application/json;q=0.5, Application/Vnd.Outrigger.Frames;q=1");
        assertEquals(FRAMES, framed.headers().firstValue("content-type").orElse(""));
    }

    @Test
    void oneBadCommandDoesNotSpoilTheOthers() throws IOException {
        Buffer commands = Buffer.buffer()
                .appendBytes(hex("00" + "00000001" + "61"))
                .appendBytes(hex("01" + "0001" + "73" + "00000001" + "62"))
                .appendBytes(hex("02" + "0000000000000009" + "00000001" + "63"))
                .appendBytes(hex("03" + "0001" + "73" + "0000000000000009" + "00000001" + "64"))
                .appendByte((byte) 0)
                .appendInt(ApiFixture.COMMAND_BYTES_MAX + 1)
                .appendBytes(new byte[ApiFixture.COMMAND_BYTES_MAX + 1])
                .appendBytes(hex("00" + "00000001" + "65"));
        Buffer answer = Buffer.buffer(send(frame(6, commands), "Accept", FRAMES).body());

        assertEquals(6, answer.getInt(6));
        int at = 10;
        String found = "";
        for (int i = 0; i < 6; i++) {
            boolean isProblem = answer.getByte(at) == 1;
            int dataAt = at + (isProblem ? 1 : 19);
            byte[] data = answer.getBytes(dataAt + 4, dataAt + 4 + answer.getInt(dataAt));
            found += isProblem ? " " + Buffer.buffer(data).toJsonObject().getString("code") : " " + (char) data[0];
            at = dataAt + 4 + data.length;
        }
        assertEquals(" a MALFORMED MALFORMED d TOO_LARGE e", found);
        assertEquals(answer.length(), at);
        assertEquals(3, api.node.submitted.size());
    }

    @Test
    void eachCommandHasItsOwnAnswer() throws IOException {
        Problem gone = Problem.of(Problem.Code.DEADLINE, Problem.Outcome.UNKNOWN, "The deadline passed.");
        api.node.onSubmit = commands -> Future.succeededFuture(List.of(
                new Answer.Ok<>(
                        new Answer.Applied(7, 2, 65535, dev.outrigger.agent.core.message.Payload.of(new byte[] {1}))),
                new Answer.Failed<>(gone)));
        Buffer answer = Buffer.buffer(send(TWO, "Accept", FRAMES).body());
        assertEquals(65535, answer.getUnsignedShort(27));
        assertEquals(1, answer.getByte(34));
        JsonObject problem = answer.getBuffer(39, answer.length()).toJsonObject();
        ProblemCheck.check(problem, 504, "unknown");
        assertEquals(
                1,
                api.meters
                        .counter("outrigger.http.refused", "listener", "api", "code", "DEADLINE")
                        .count());
    }

    @Test
    void anEmptyBatchAsksNobody() throws IOException {
        assertArrayEquals(
                hex("00000006" + "0501" + "00000000"),
                send(frame(0, Buffer.buffer()), "Accept", FRAMES).body());
        assertEquals(List.of(), api.node.waits);
    }

    @Test
    void whatIsNotExactlyOneBatchIsMalformed() throws IOException {
        for (int cut = 0; cut < TWO.length; cut++) {
            problem(Arrays.copyOf(TWO, cut), 400, "MALFORMED");
            byte[] shorter = Arrays.copyOf(TWO, cut);
            if (cut >= 4) {
                problem(Buffer.buffer(shorter).setInt(0, cut - 4).getBytes(), 400, "MALFORMED");
            }
        }
        problem(Arrays.copyOf(TWO, TWO.length + 1), 400, "MALFORMED");
        problem(
                Buffer.buffer(TWO)
                        .appendByte((byte) 0)
                        .setInt(0, TWO.length - 3)
                        .getBytes(),
                400,
                "MALFORMED");
        for (int at : new int[] {0, 4, 5, 6, 10, 11, 17, 18}) {
            byte[] broken = TWO.clone();
            broken[at] = (byte) 0x84;
            problem(broken, 400, "MALFORMED");
        }
        problem(frame(1, Buffer.buffer(hex("02" + "8000000000000000" + "00000000"))), 400, "MALFORMED");
        problem(frame(1, Buffer.buffer(hex("01" + "0001" + "ff" + "00000000"))), 400, "MALFORMED");
        assertEquals(List.of(), api.node.submitted);
    }

    @Test
    void chanceFindsNothingThatIsNotAnswered() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            byte[] body = TWO.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                body[4 + random.nextInt(body.length - 4)] = (byte) random.nextInt();
            }
            int status = send(body).statusCode();
            assertTrue(status == 200 || status == 400, status + ", seed " + seed);
        }
    }

    @Test
    void thereIsABoundOnTheCommands() throws IOException {
        Buffer commands = Buffer.buffer();
        for (int i = 0; i < 10_000; i++) {
            commands.appendBytes(new byte[5]);
        }
        assertEquals(200, send(frame(10_000, commands)).statusCode());
        problem(frame(10_001, commands.appendBytes(new byte[5])), 413, "TOO_LARGE");
        assertFalse(api.node.submitted.size() > 10_000);
    }

    private static byte[] frame(int count, Buffer commands) {
        return Buffer.buffer()
                .appendInt(6 + commands.length())
                .appendBytes(hex("0401"))
                .appendInt(count)
                .appendBuffer(commands)
                .getBytes();
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private void problem(byte[] body, int status, String code) throws IOException {
        HttpResponse<byte[]> response = send(body, "Accept", FRAMES);
        assertEquals(status, response.statusCode(), HexFormat.of().formatHex(body, 0, Math.min(60, body.length)));
        JsonObject problem = Buffer.buffer(response.body()).toJsonObject();
        ProblemCheck.check(problem, status, "none");
        assertEquals(code, problem.getString("code"));
    }

    private HttpResponse<byte[]> send(byte[] body, String... headers) throws IOException {
        String[] all = new String[headers.length + 2];
        all[0] = "Content-Type";
        all[1] = FRAMES;
        System.arraycopy(headers, 0, all, 2, headers.length);
        return api.post("/v1/commands/batch", body, all);
    }
}
