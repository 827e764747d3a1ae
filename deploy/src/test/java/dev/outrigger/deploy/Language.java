package dev.outrigger.deploy;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The languages that the example {@code kv} is written in. */
enum Language {
    JAVA("java"),
    PYTHON("python3"),
    JAVASCRIPT("node");

    private final String program;

    Language(String program) {
        this.program = program;
    }

    String program() {
        return program;
    }

    /** Java always is: this is run by it. */
    boolean isInstalled() {
        return this == JAVA
                || Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    /** The example kv, not yet started. */
    Child kv(Path repository, Path log, int port) {
        return switch (this) {
            case JAVA ->
                new Child(
                        log,
                        Child.java(List.of(
                                "-jar",
                                repository
                                        .resolve("sdk-java/examples/target/outrigger-examples.jar")
                                        .toString(),
                                "kv",
                                "--port",
                                "" + port)));
            case PYTHON -> script(repository, "kv.py", log, port);
            case JAVASCRIPT -> script(repository, "kv.mjs", log, port);
        };
    }

    private Child script(Path repository, String file, Path log, int port) {
        String path = repository.resolve("deploy/examples").resolve(file).toString();
        return new Child(log, List.of(program, path, "--port", "" + port));
    }
}
