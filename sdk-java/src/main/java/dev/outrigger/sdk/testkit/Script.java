package dev.outrigger.sdk.testkit;

import dev.outrigger.sdk.LoggedCommand;
import java.util.List;

/**
 * What every replica is given.
 *
 * @param queries asked where the state is looked at
 * @param stride the state is looked at after every so many commands, and after the last
 * @param denseFrom from this place on after every one
 */
record Script(List<LoggedCommand> commands, List<byte[]> queries, int stride, int denseFrom) {
    /** Looked at so often, a check of many commands with a large state still ends soon. */
    private static final int LOOKS_MAX = 2_000;

    static Script of(List<LoggedCommand> commands, List<byte[]> queries) {
        int stride = 1 + commands.size() / (LOOKS_MAX + 1);
        return new Script(List.copyOf(commands), List.copyOf(queries), stride, stride == 1 ? 0 : Integer.MAX_VALUE);
    }

    /** The same up to {@code end}, exclusive, looked at closely where it was not before that. */
    Script closer(int end) {
        return new Script(commands.subList(0, end), queries, stride, Math.max(0, end - stride));
    }

    int size() {
        return commands.size();
    }

    /** Whether the state is looked at after the command at {@code place}, from 0. */
    boolean looksAfter(int place) {
        return place >= denseFrom || (place + 1) % stride == 0 || place == size() - 1;
    }

    /** Index of the last of the first {@code count} commands, 0 for none. */
    long lastIndex(int count) {
        return count == 0 ? 0 : commands.get(count - 1).index();
    }

    /** How many commands there are up to {@code index}. */
    int countThrough(long index) {
        int low = 0;
        int high = size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (commands.get(middle).index() <= index) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
