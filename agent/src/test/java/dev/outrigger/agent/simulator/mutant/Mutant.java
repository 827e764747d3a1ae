package dev.outrigger.agent.simulator.mutant;

import java.util.Map;
import java.util.TreeMap;

/**
 * A bug to put in, as a text:
 *
 * <pre>
 * # What comes after a number sign outside of blocks is for the reader.
 * title: commit entries of an older term by counting
 * file: main/java/dev/outrigger/agent/core/Leader.java
 * --- find
 *         if (log.termAt(index) == term) {
 * --- replace
 *         if (index &gt; 0) {
 * --- end
 * </pre>
 *
 * <p>{@code file} is relative to {@code agent/src} and goes for all blocks up to the next {@code file}. What is to be
 * found is compared as it stands, over several lines if need be, and must be there exactly once, so that a mutant which
 * the code has outgrown is noticed and not forgotten.
 *
 * @param title what is wrong with it, in one line
 * @param sources texts of the edited files, by path relative to {@code agent/src}; empty for no bug at all
 */
public record Mutant(String title, Map<String, String> sources) {
    /** No bug: what the others are compared with. */
    public static final Mutant NONE = new Mutant("none", Map.of());

    private static final String DIRECTORY = "test/resources/mutants";

    public Mutant {
        sources = Map.copyOf(sources);
    }

    /** All of {@code src/test/resources/mutants}, by name of the file, its subdirectories left out. */
    public static Map<String, Mutant> all() {
        Map<String, Mutant> all = new TreeMap<>();
        for (String path : SourceTree.ofModule().list(DIRECTORY, ".txt")) {
            all.put(path.substring(DIRECTORY.length() + 1, path.length() - ".txt".length()), load(path));
        }
        return all;
    }

    /**
     * Reads one and edits the sources with it, as they are on disk now.
     *
     * @param path of the text, relative to {@code agent/src}
     * @throws IllegalArgumentException when the text is malformed, or does not find what it looks for exactly once
     */
    public static Mutant load(String path) {
        SourceTree tree = SourceTree.ofModule();
        return parse(path, tree.read(path), tree);
    }

    static Mutant parse(String name, String text, SourceTree tree) {
        MutantText mutant = MutantText.parse(name, text);
        Map<String, String> sources = new TreeMap<>();
        for (MutantText.Edit edit : mutant.edits()) {
            String source = sources.computeIfAbsent(edit.file(), tree::read);
            sources.put(edit.file(), apply(edit, source, name));
        }
        return new Mutant(mutant.title(), sources);
    }

    private static String apply(MutantText.Edit edit, String source, String name) {
        int at = source.indexOf(edit.find());
        if (at < 0) {
            throw new IllegalArgumentException(name + ": not in " + edit.file() + ":\n" + edit.find());
        }
        if (source.indexOf(edit.find(), at + 1) >= 0) {
            throw new IllegalArgumentException(name + ": more than once in " + edit.file() + ":\n" + edit.find());
        }
        return source.substring(0, at)
                + edit.replace()
                + source.substring(at + edit.find().length());
    }

    static String className(String path) {
        return path.replaceFirst("^(main|test)/java/", "")
                .replaceFirst("\\.java$", "")
                .replace('/', '.');
    }
}
