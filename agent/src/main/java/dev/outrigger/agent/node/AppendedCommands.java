package dev.outrigger.agent.node;

import dev.outrigger.agent.node.Submission.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Commands by the index that a leader gave them. Leaders of different terms may give the same index to several of our
 * commands; which of them stands there is known only once that index is applied.
 */
final class AppendedCommands {
    private final NavigableMap<Long, List<Command>> byIndex = new TreeMap<>();

    void add(Command command) {
        List<Command> others = byIndex.get(command.index());
        if (others == null) {
            byIndex.put(command.index(), List.of(command));
        } else {
            List<Command> all = new ArrayList<>(others);
            all.add(command);
            byIndex.put(command.index(), all);
        }
    }

    void remove(Command command) {
        byIndex.computeIfPresent(command.index(), (index, commands) -> {
            List<Command> others =
                    commands.stream().filter(other -> other != command).toList();
            return others.isEmpty() ? null : others;
        });
    }

    List<Command> take(long index) {
        List<Command> commands = byIndex.remove(index);
        return commands == null ? List.of() : commands;
    }

    List<Command> takeRange(long firstIndex, long lastIndex) {
        NavigableMap<Long, List<Command>> range = byIndex.subMap(firstIndex, true, lastIndex, true);
        if (range.isEmpty()) {
            return List.of();
        }
        List<Command> commands = range.values().stream().flatMap(List::stream).toList();
        range.clear();
        return commands;
    }
}
