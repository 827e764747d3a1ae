package dev.outrigger.agent.simulator.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of one register, numbered as they come. */
final class ValueNumbers {
    /** Number of the value null: nothing there. */
    static final int ABSENT = 0;

    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> values = new ArrayList<>();

    int of(@Nullable String value) {
        if (value == null) {
            return ABSENT;
        }
        Integer known = numbers.get(value);
        if (known != null) {
            return known;
        }
        values.add(value);
        numbers.put(value, values.size());
        return values.size();
    }

    int count() {
        return values.size() + 1;
    }

    @Nullable
    String value(int number) {
        return number == ABSENT ? null : values.get(number - 1);
    }
}
