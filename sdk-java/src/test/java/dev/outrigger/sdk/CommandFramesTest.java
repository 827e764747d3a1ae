package dev.outrigger.sdk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands in binary, on their way to the agent and back. */
@Timeout(60)
class CommandFramesTest {
    /** One result and one problem. */
    private static byte[] outcomes() {
        return new FrameWriter(Frames.OUTCOMES, 64)
                .u32(2)
                .u8(0)
                .number(42)
                .number(3)
                .u16(0)
                .bytes("hi".getBytes(UTF_8))
                .u8(1)
                .bytes(FakeAgent.problem(503, "NO_LEADER", "none", "").getBytes(UTF_8))
                .toBytes();
    }

    private static List<String> decode(byte[] answer, int commands) {
        List<String> outcomes = new ArrayList<>();
        CommandFrames.decode(answer, commands, new CommandFrames.Outcomes() {
            @Override
            public void result(long index, long term, int code, byte[] data) {
                outcomes.add(index + "/" + term + "/" + code + "/" + new String(data, UTF_8));
            }

            @Override
            public void problem(Problem problem) {
                outcomes.add(problem.status() + " " + problem.code());
            }
        });
        return outcomes;
    }

    @Test
    void writesAndReadsTheDocumentedBytes() {
        assertArrayEquals(
                HexFormat.of().parseHex("0000001f04010000000200000000026869030002733100000000000000090000000178"),
                CommandFrames.encode(List.of(
                        CommandFrames.Command.of("hi".getBytes(UTF_8)),
                        new CommandFrames.Command("x".getBytes(UTF_8), "s1", 9))));
        byte[] answer = HexFormat.of()
                .parseHex("0000001f" + "0501" + "00000001" + "00" + "000000000000002a" + "0000000000000003" + "0000"
                        + "00000002" + "6869");
        assertEquals(List.of("42/3/0/hi"), decode(answer, 1));
        assertEquals(List.of("42/3/0/hi", "503 NO_LEADER"), decode(outcomes(), 2));
    }

    @Test
    void tellsFramesFromJson() {
        assertTrue(CommandFrames.isFrame(outcomes()));
        assertFalse(CommandFrames.isFrame("{\"results\":[]}".getBytes(UTF_8)));
        assertFalse(CommandFrames.isFrame(new byte[0]));
        assertFalse(CommandFrames.isFrame(Arrays.copyOf(outcomes(), 30)));
    }

    @Test
    void takesNothingThatIsNotExactlyOneOutcomeForEachCommand() {
        byte[] right = outcomes();
        assertThrows(MalformedFrameException.class, () -> decode(right, 1));
        assertThrows(MalformedFrameException.class, () -> decode(right, 3));
        for (int cut = 0; cut < right.length; cut++) {
            byte[] shorter = Arrays.copyOf(right, cut);
            assertThrows(MalformedFrameException.class, () -> decode(shorter, 2));
            if (cut > 4) {
                shorter[3] = (byte) (cut - 4);
                shorter[2] = (byte) ((cut - 4) >> 8);
                assertThrows(MalformedFrameException.class, () -> decode(shorter, 2));
            }
        }
        byte[] longer = Arrays.copyOf(right, right.length + 1);
        assertThrows(MalformedFrameException.class, () -> decode(longer, 2));
        longer[3]++;
        assertThrows(MalformedFrameException.class, () -> decode(longer, 2));
        for (int at : new int[] {4, 5, 6, 10, 11, 19, 29}) {
            byte[] broken = right.clone();
            broken[at] = (byte) 0x82;
            assertThrows(MalformedFrameException.class, () -> decode(broken, 2), "at " + at);
        }
    }

    @Test
    void chanceBytesAreReadOrRefused() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = outcomes();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                decode(bytes, 2);
            } catch (MalformedFrameException | MalformedJsonException expected) {
                // Nothing else may come out.
            } catch (RuntimeException unexpected) {
                throw new AssertionError("seed " + seed, unexpected);
            }
        }
    }

    private static FakeAgent.Response framed(byte[] frame) {
        return new FakeAgent.Response(200, new String(frame, ISO_8859_1));
    }

    @Test
    void sendsFramesToAnAgentThatTakesThem() {
        try (FakeAgent agent = new FakeAgent()
                        .speaksFrames()
                        .script(request -> framed(new FrameWriter(Frames.OUTCOMES, 64)
                                .u32(1)
                                .u8(0)
                                .number(42)
                                .number(3)
                                .u16(7)
                                .bytes("not so".getBytes(UTF_8))
                                .toBytes()));
                Outrigger outrigger =
                        Outrigger.connect(OutriggerOptions.defaults().withAgent(agent.uri()))) {
            CompletableFuture<CommandResult> answer = outrigger.submit("hi".getBytes(UTF_8));
            Throwable cause =
                    assertThrows(CompletionException.class, answer::join).getCause();
            assertEquals(7, assertInstanceOf(RefusedException.class, cause).code());
            FakeAgent.Request request = agent.requests.get(0);
            assertArrayEquals(
                    CommandFrames.encode(List.of(new CommandFrames.Command("hi".getBytes(UTF_8), "s1", 1))),
                    request.body());
            assertEquals(Frames.MEDIA_TYPE, request.headers().getFirst("Accept"));
        }
    }

    @Test
    void takesABrokenFrameForALostAnswer() {
        byte[] right = outcomes();
        for (byte[] broken : List.of(right, Arrays.copyOf(right, 20), new byte[0])) {
            try (FakeAgent agent = new FakeAgent().speaksFrames().script(request -> framed(broken));
                    Outrigger outrigger = Outrigger.connect(
                            OutriggerOptions.defaults().withAgent(agent.uri()).withoutSessions())) {
                CompletableFuture<CommandResult> answer = outrigger.submit("hi".getBytes(UTF_8));
                Throwable cause =
                        assertThrows(CompletionException.class, answer::join).getCause();
                assertInstanceOf(OutcomeUnknownException.class, cause);
                assertEquals(1, agent.requests.size());
            }
        }
    }

    @Test
    void goesBackToJsonForAnAgentThatIsTooOldForFrames() {
        try (FakeAgent agent = new FakeAgent();
                Outrigger outrigger =
                        Outrigger.connect(OutriggerOptions.defaults().withAgent(agent.uri()))) {
            assertEquals(
                    "hi",
                    new String(outrigger.submit("hi".getBytes(UTF_8)).join().data(), UTF_8));
            assertEquals(
                    "{\"commands\":[{\"data\":\"aGk=\",\"session\":\"s1\",\"sequence\":1}]}",
                    agent.requests.get(0).text());
        }
    }
}
