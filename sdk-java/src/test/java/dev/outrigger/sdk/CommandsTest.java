package dev.outrigger.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** State machine and callers in types. */
@Timeout(60)
class CommandsTest {
    private static final Context CONTEXT = new Context(new Position(Optional.of("c"), 1, 1), 0, false);
    private static final Codec<Integer> NUMBERS =
            Codec.of(number -> number.toString().getBytes(UTF_8), bytes -> Integer.valueOf(new String(bytes, UTF_8)));

    /** Adds what is even. */
    private static final class Adder extends TypedStateMachine<Integer, String> {
        private int sum;

        Adder() {
            super(NUMBERS, Codec.text());
        }

        @Override
        protected Answer<String> apply(Context context, Integer command) {
            if (command % 2 != 0) {
                return Answer.refused(3, command + " is odd");
            }
            sum += command;
            return Answer.ok("sum " + sum);
        }
    }

    /** An agent whose application is the adder. */
    private static FakeAgent agent(Adder adder) {
        FakeAgent agent = new FakeAgent();
        return agent.script(request -> FakeAgent.results(request.commands().stream()
                .map(command -> applied(adder.apply(CONTEXT, command.getBytes(UTF_8))))
                .toArray(String[]::new)));
    }

    private static String applied(Result result) {
        JsonWriter out =
                new JsonWriter(64).object().name("index").value(9).name("term").value(2);
        out.name("code").value(result.code()).name("data").base64(result.data());
        return new String(out.endObject().toBytes(), UTF_8);
    }

    @Test
    void callersAndStateMachineSpeakInTypes() throws Exception {
        try (FakeAgent agent = agent(new Adder());
                Outrigger outrigger =
                        Outrigger.connect(OutriggerOptions.defaults().withAgent(agent.uri()))) {
            Commands<Integer, String> commands = outrigger.commands(NUMBERS, Codec.text());
            assertEquals(new Applied<>(9, 2, "sum 4"), commands.submit(4).get(30, TimeUnit.SECONDS));
            assertEquals(
                    "sum 10",
                    commands.submit(6, Duration.ofSeconds(20))
                            .get(30, TimeUnit.SECONDS)
                            .answer());
            RefusedException refused = refusal(commands, 5);
            assertEquals(3, refused.code());
            assertEquals("5 is odd", refused.answer(Codec.text()));
            ExecutionException unreadable = assertThrows(
                    ExecutionException.class,
                    () -> outrigger.commands(NUMBERS, NUMBERS).submit(2).get(30, TimeUnit.SECONDS));
            assertInstanceOf(NumberFormatException.class, unreadable.getCause());
        }
    }

    private static RefusedException refusal(Commands<Integer, String> commands, int command) {
        ExecutionException e = assertThrows(
                ExecutionException.class, () -> commands.submit(command).get(30, TimeUnit.SECONDS));
        return assertInstanceOf(RefusedException.class, e.getCause());
    }

    @Test
    void refusesACommandThatItCannotReadAndChangesNothing() {
        Adder adder = new Adder();
        assertEquals(
                Result.refused(TypedStateMachine.MALFORMED, new byte[0]), adder.apply(CONTEXT, "four".getBytes(UTF_8)));
        assertEquals(0, adder.sum);
        assertThrows(UnsupportedOperationException.class, () -> adder.query(new byte[0]));
    }

    @Test
    void codesOfAnswersAreWithinBounds() {
        assertThrows(IllegalArgumentException.class, () -> Answer.refused(0, ""));
        assertThrows(IllegalArgumentException.class, () -> Answer.refused(65_536, ""));
        assertEquals(65_535, Answer.refused(65_535, "").code());
    }

    @Test
    void textAndBytesAreBuiltIn() {
        assertEquals("grüße", Codec.text().decode("grüße".getBytes(UTF_8)));
        assertArrayEquals("grüße".getBytes(UTF_8), Codec.text().encode("grüße"));
        byte[] bytes = {1, 2};
        assertArrayEquals(bytes, Codec.bytes().decode(Codec.bytes().encode(bytes)));
    }
}
