package dev.outrigger.agent.simulator.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a client was told. */
public sealed interface Result {
    Result SWAPPED = new Swapped();

    /** The register's value before the operation; null when it held nothing. */
    record Value(@Nullable String value) implements Result {
        @Override
        public String toString() {
            return String.valueOf(value);
        }
    }

    /** A compare-and-set that found what it expected. */
    record Swapped() implements Result {
        @Override
        public String toString() {
            return "swapped";
        }
    }

    /** @param length of the list with the appended value in it, from 1: the value's position */
    record Length(int length) implements Result {
        @Override
        public String toString() {
            return "length " + length;
        }
    }

    /** @param values the whole list, first value first; not copied */
    record Values(List<String> values) implements Result {
        @Override
        public String toString() {
            return values.toString();
        }
    }
}
