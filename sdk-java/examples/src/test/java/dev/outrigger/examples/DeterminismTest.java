package dev.outrigger.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.examples.kv.KeyValueStore;
import dev.outrigger.examples.lightbulb.Lightbulb;
import dev.outrigger.examples.lightbulb.LivePicture;
import dev.outrigger.sdk.durable.FileOptions;
import dev.outrigger.sdk.durable.FileStateMachine;
import dev.outrigger.sdk.testkit.StateMachineCheck;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The examples through the test kit, as any application would be. */
class DeterminismTest {
    private static byte[] kvCommand(RandomGenerator random) {
        String key = "k" + random.nextInt(20);
        String value = "v" + random.nextInt(1_000);
        String command = switch (random.nextInt(6)) {
            case 0 -> "{'op':'delete','key':'%s'}";
            case 1 -> "{'op':'append','key':'%s','value':'%s'}";
            case 2 -> "{'op':'cas','key':'%s','expect':null,'value':'%s'}";
            case 3 -> "{'op':'dance','key':'%s'}";
            default -> "{'op':'put','key':'%s','value':'%s'}";
        };
        return command.formatted(key, value).replace('\'', '"').getBytes(UTF_8);
    }

    @Test
    void kvIsTheSameEverywhere() {
        assertEquals(
                List.of(),
                StateMachineCheck.of(KeyValueStore::new)
                        .commands(500, DeterminismTest::kvCommand)
                        .queries("{\"op\":\"digest\"}", "{\"op\":\"get\",\"key\":\"k7\"}")
                        .run()
                        .notes());
    }

    @Test
    void kvInAFileSurvivesCrashes() {
        FileOptions often = new FileOptions(7, Duration.ofHours(1));
        StateMachineCheck.ofDurable(
                        directory -> FileStateMachine.open(new KeyValueStore(), directory.resolve("kv"), often))
                .commands(80, DeterminismTest::kvCommand)
                .queries("{\"op\":\"digest\"}")
                .rounds(2)
                .later(Duration.ofMillis(50))
                .inThisJvmOnly()
                .run();
    }

    @Test
    void lightbulbIsTheSameEverywhere() {
        StateMachineCheck.of(() -> new Lightbulb(new LivePicture()))
                .commands(
                        "{\"op\":\"set\",\"on\":true}",
                        "{\"op\":\"toggle\"}",
                        "{\"op\":\"dim\"}",
                        "{\"op\":\"toggle\"}")
                .queries("{\"op\":\"get\"}", "{\"op\":\"digest\"}")
                .run();
    }
}
