package dev.outrigger.agent.simulator.history;

import java.util.Objects;

/**
 * An operation on a register as what it needs and what it leaves, with values as numbers. All operations that were
 * answered tell the value that they found; so both are known but for unanswered puts, which need nothing.
 *
 * @param operation for explanations
 * @param before value it found, {@link #ANY} or {@link #IMPOSSIBLE}
 * @param after value it left
 * @param optional whether it may as well never have been executed
 */
record Transition(Operation operation, int before, int after, boolean optional) {
    static final int ANY = -1;
    /** No value explains the result. */
    static final int IMPOSSIBLE = -2;

    static Transition of(Operation operation, ValueNumbers numbers) {
        Result result = operation.result();
        return result == null ? unanswered(operation, numbers) : answered(operation, result, numbers);
    }

    private static Transition unanswered(Operation operation, ValueNumbers numbers) {
        if (operation.call() instanceof Call.Put put) {
            return new Transition(operation, ANY, numbers.of(put.value()), true);
        }
        if (operation.call() instanceof Call.Cas cas) {
            // One that finds another value changes nothing, which is as good as never.
            return new Transition(operation, numbers.of(cas.expected()), numbers.of(cas.value()), true);
        }
        return new Transition(operation, ValueNumbers.ABSENT, ValueNumbers.ABSENT, true);
    }

    private static Transition answered(Operation operation, Result result, ValueNumbers numbers) {
        if (operation.call() instanceof Call.Cas cas) {
            if (result instanceof Result.Swapped) {
                return new Transition(operation, numbers.of(cas.expected()), numbers.of(cas.value()), false);
            }
            String found = ((Result.Value) result).value();
            int before = Objects.equals(found, cas.expected()) ? IMPOSSIBLE : numbers.of(found);
            return new Transition(operation, before, before, false);
        }
        int before = numbers.of(((Result.Value) result).value());
        int after = operation.call() instanceof Call.Put put ? numbers.of(put.value()) : before;
        return new Transition(operation, before, after, false);
    }

    boolean changesNothing() {
        return before == after;
    }
}
