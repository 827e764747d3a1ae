package dev.outrigger.agent.simulator.mutant;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The sources of the module {@code agent}: its directory {@code src}.
 *
 * @param root that directory
 */
record SourceTree(Path root) {
    /** Where it is, if not where the build is run. */
    private static final String PROPERTY = "agent.sources";

    /**
     * Looks at the system property {@code agent.sources}, and else in the module that is being built or in the current
     * directory.
     */
    static SourceTree ofModule() {
        String told = System.getProperty(PROPERTY);
        String current = System.getProperty("user.dir", "");
        Stream<Path> places = told != null
                ? Stream.of(Path.of(told))
                : Stream.of(
                        Path.of(System.getProperty("basedir", current), "src"),
                        Path.of(current, "src"),
                        Path.of(current, "agent", "src"));
        return places.filter(place -> Files.isDirectory(place.resolve("main/java/dev/outrigger/agent")))
                .findFirst()
                .map(SourceTree::new)
                .orElseThrow(() -> new IllegalStateException(
                        "no sources of the agent from " + current + "; set the system property " + PROPERTY));
    }

    /** @param file relative to {@code src}, with slashes */
    String read(String file) {
        try {
            return Files.readString(root.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + root.resolve(file), e);
        }
    }

    /** The files right in a directory whose names end so, by name, relative to {@code src}. */
    List<String> list(String directory, String end) {
        try (Stream<Path> files = Files.list(root.resolve(directory))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(end))
                    .sorted()
                    .map(name -> directory + "/" + name)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + root.resolve(directory), e);
        }
    }
}
