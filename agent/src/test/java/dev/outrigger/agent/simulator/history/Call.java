package dev.outrigger.agent.simulator.history;

import org.jspecify.annotations.Nullable;

/** What a client asks for. Registers and lists have separate keys; a register that holds nothing has the value null. */
public sealed interface Call {
    Call GET = new Get();
    Call READ_ALL = new ReadAll();

    /** Writes a register; answers the {@link Result.Value} it held before. Null removes the value. */
    record Put(@Nullable String value) implements Call {
        @Override
        public String toString() {
            return "put(" + value + ")";
        }
    }

    /** Writes {@code value} if the register holds {@code expected}; answers {@link Result#SWAPPED} or what it holds instead. */
    record Cas(@Nullable String expected, @Nullable String value) implements Call {
        @Override
        public String toString() {
            return "cas(" + expected + ", " + value + ")";
        }
    }

    /** Reads a register, linearizably; a read that may be stale does not belong in a history. */
    record Get() implements Call {
        @Override
        public String toString() {
            return "get";
        }
    }

    /** Appends to a list; answers its new {@link Result.Length}. No two appends to one list have the same value. */
    record Append(String value) implements Call {
        @Override
        public String toString() {
            return "append(" + value + ")";
        }
    }

    /** Reads a whole list, linearizably. */
    record ReadAll() implements Call {
        @Override
        public String toString() {
            return "read all";
        }
    }
}
