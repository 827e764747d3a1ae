package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Entry;
import java.util.List;

/**
 * A stretch of the log that the application gets at once.
 *
 * @param commands the commands in it, by rising index; empty when the stretch holds none
 * @param lastIndex last index of the stretch, at or after the last command's
 */
record Batch(List<Entry> commands, long lastIndex) {
    boolean isEmpty() {
        return commands.isEmpty();
    }

    long firstCommand() {
        return commands.get(0).index();
    }

    Entry lastCommand() {
        return commands.get(commands.size() - 1);
    }
}
