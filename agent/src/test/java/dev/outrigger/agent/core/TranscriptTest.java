package dev.outrigger.agent.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Plays the transcripts in {@code src/test/resources/raft}: each tells one story, and what it expects is what a person
 * has read and agreed with. {@code mvn test -pl agent -Dtest=TranscriptTest -Dtranscripts.rewrite=true} writes down what
 * happens now; read the difference.
 */
class TranscriptTest {
    private static final Path TRANSCRIPTS = Path.of("src/test/resources/raft");

    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(TRANSCRIPTS)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".txt"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void happensAsWritten(String name) throws IOException {
        play(TRANSCRIPTS.resolve(name));
    }

    /** Plays one transcript; answers what happened, after it was compared or written down. */
    static String play(Path file) throws IOException {
        String expected = Files.readString(file);
        String happened = Transcript.replay(expected);
        if (Boolean.getBoolean("transcripts.rewrite")) {
            Files.writeString(file, happened);
        } else {
            assertEquals(expected, happened, file.toString());
        }
        return happened;
    }
}
