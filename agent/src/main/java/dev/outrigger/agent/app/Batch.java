package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Entry;
import java.util.List;

/**
 * A stretch of the log that the application gets at once.
 *
 * @param rulings on every entry of it, by rising index; at least one
 */
record Batch(List<Ruling> rulings, List<Entry> commands) {
    static Batch of(List<Ruling> rulings) {
        return new Batch(
                rulings,
                rulings.stream()
                        .filter(Ruling::isDelivered)
                        .map(Ruling::command)
                        .toList());
    }

    /** Whether nothing of it is for the application. */
    boolean isEmpty() {
        return commands.isEmpty();
    }

    /** Last index of the stretch, at or after the last command's. */
    long lastIndex() {
        return rulings.get(rulings.size() - 1).index();
    }

    long firstCommand() {
        return commands.get(0).index();
    }

    Entry lastCommand() {
        return commands.get(commands.size() - 1);
    }
}
