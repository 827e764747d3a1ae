package dev.outrigger.examples.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.examples.LoneAgent;
import dev.outrigger.sdk.AppOptions;
import dev.outrigger.sdk.AppServer;
import dev.outrigger.sdk.Outrigger;
import dev.outrigger.sdk.OutriggerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The sample in the README is this package's source, and it does what it says. */
@Timeout(60)
class ReadmeTest {
    private static final Path SOURCE = Path.of("src/test/java/dev/outrigger/examples/readme/Counter.java");

    @Test
    void showsTheSourceThatIsCompiledHere() throws Exception {
        Matcher sample = Pattern.compile("(?s)```java\n(.*?)```").matcher(Files.readString(Path.of("../README.md")));
        assertTrue(sample.find(), "the README has a sample");
        assertEquals(Files.readString(SOURCE).split("// README\n", 2)[1], sample.group(1));
    }

    @Test
    void theSampleRuns() throws Exception {
        Counter counter = new Counter();
        try (LoneAgent agent = new LoneAgent();
                AppServer server =
                        AppServer.start(counter, AppOptions.defaults().withPort(0));
                Outrigger outrigger =
                        Outrigger.connect(OutriggerOptions.defaults().withAgent(agent.uri()))) {
            agent.serve(server.port());
            assertEquals("index 1 made it 1, now it is 1", counter.addOneAndRead(server, outrigger));
        }
    }
}
