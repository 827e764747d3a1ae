package dev.outrigger.agent.simulator.mutant;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The text of a {@link Mutant}, taken apart. */
record MutantText(String title, List<Edit> edits) {
    /** One replacement in one file. */
    record Edit(String file, String find, String replace) {}

    static MutantText parse(String name, String text) {
        String title = "";
        String file = "";
        List<Edit> edits = new ArrayList<>();
        Iterator<String> lines = text.lines().iterator();
        while (lines.hasNext()) {
            String line = lines.next();
            if (line.startsWith("title: ")) {
                title = line.substring("title: ".length());
            } else if (line.startsWith("file: ")) {
                file = line.substring("file: ".length());
            } else if (line.equals("--- find")) {
                String find = block(lines, "--- replace", name);
                edits.add(edit(file, find, block(lines, "--- end", name), name));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                throw new IllegalArgumentException(name + ": what is this line for? " + line);
            }
        }
        if (title.isEmpty() || edits.isEmpty()) {
            throw new IllegalArgumentException(name + ": no title, or nothing to replace");
        }
        return new MutantText(title, List.copyOf(edits));
    }

    private static Edit edit(String file, String find, String replace, String name) {
        if (file.isEmpty() || find.isBlank() || find.equals(replace)) {
            throw new IllegalArgumentException(name + ": no file, nothing to find, or nothing changes:\n" + find);
        }
        return new Edit(file, find, replace);
    }

    private static String block(Iterator<String> lines, String end, String name) {
        List<String> block = new ArrayList<>();
        while (lines.hasNext()) {
            String line = lines.next();
            if (line.equals(end)) {
                return String.join("\n", block);
            }
            if (line.startsWith("--- ")) {
                break;
            }
            block.add(line);
        }
        throw new IllegalArgumentException(name + ": a block without its " + end);
    }
}
