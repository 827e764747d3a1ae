package dev.outrigger.agent.simulator.mutant;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Compiles edited sources against the classes that are there, from memory to memory. */
final class MemoryCompiler {
    /** No checks but the language's own: a mutant may be as careless as it likes. */
    private static final List<String> OPTIONS =
            List.of("-proc:none", "-nowarn", "-g", "-implicit:none", "--release", "17");

    private MemoryCompiler() {}

    /** Answers the classes by name, nested ones included. */
    static Map<String, byte[]> compile(Mutant mutant) {
        if (mutant.sources().isEmpty()) {
            return Map.of();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("mutants need a JDK; this Java has no compiler");
        }
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(said, null, null);
                Classes classes = new Classes(files)) {
            List<Source> sources = mutant.sources().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(file -> new Source(file.getKey(), file.getValue()))
                    .toList();
            boolean compiled = compiler.getTask(null, classes, said, options(), null, sources)
                    .call();
            if (!compiled) {
                throw new IllegalArgumentException(mutant.title() + ": does not compile\n"
                        + said.getDiagnostics().stream().map(Object::toString).collect(Collectors.joining("\n")));
            }
            return classes.bytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the compiler's files", e);
        }
    }

    private static List<String> options() {
        List<String> options = new ArrayList<>(OPTIONS);
        options.add("-classpath");
        options.add(System.getProperty("java.class.path", ""));
        return options;
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String path, String text) {
            super(URI.create("memory:///" + Mutant.className(path).replace('.', '/') + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class Output extends SimpleJavaFileObject {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Output(String className) {
            super(URI.create("memory:///" + className.replace('.', '/') + ".class"), Kind.CLASS);
        }

        @Override
        public OutputStream openOutputStream() {
            return bytes;
        }
    }

    private static final class Classes extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, Output> outputs = new HashMap<>();

        Classes(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, @Nullable FileObject sibling) {
            return outputs.computeIfAbsent(className, Output::new);
        }

        Map<String, byte[]> bytes() {
            return outputs.entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, one -> one.getValue().bytes.toByteArray()));
        }
    }
}
