package dev.outrigger.agent.simulator.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A history of one key that is legal by construction: operations are executed one after the other, each somewhere in an
 * interval that overlaps others, and some never return or are not executed.
 */
final class RandomHistory {
    private final SplittableRandom random;
    private final int size;
    private final int values;
    private final int overlap;
    final List<Operation> operations = new ArrayList<>();
    final List<String> list = new ArrayList<>();

    /**
     * @param values number of different values written to a register
     * @param overlap how many operations are under way at one time, about
     */
    RandomHistory(SplittableRandom random, int size, int values, int overlap) {
        this.random = random;
        this.size = size;
        this.values = values;
        this.overlap = overlap;
    }

    RandomHistory ofRegister() {
        EveryOrder.Register register = new EveryOrder.Register();
        for (int i = 0; i < size; i++) {
            Call call = registerCall();
            Outcome outcome = outcome();
            boolean executed = isExecuted(outcome);
            Result result = executed ? register.play(call) : null;
            add(i, call, outcome, result);
        }
        operations.sort(Comparator.comparingLong(Operation::invoked));
        return this;
    }

    RandomHistory ofList() {
        for (int i = 0; i < size; i++) {
            boolean append = random.nextInt(3) > 0;
            Outcome outcome = outcome();
            boolean executed = isExecuted(outcome);
            if (append) {
                if (executed) {
                    list.add("v" + i);
                }
                add(i, new Call.Append("v" + i), outcome, new Result.Length(list.size()));
            } else {
                add(i, Call.READ_ALL, outcome, new Result.Values(List.copyOf(list)));
            }
        }
        operations.sort(Comparator.comparingLong(Operation::invoked));
        return this;
    }

    String value() {
        return "v" + random.nextInt(values);
    }

    private Call registerCall() {
        return switch (random.nextInt(4)) {
            case 0 -> Call.GET;
            case 1 -> new Call.Cas(nullOrValue(), value());
            case 2 -> new Call.Put(nullOrValue());
            default -> new Call.Put(value());
        };
    }

    private @Nullable String nullOrValue() {
        return random.nextInt(5) == 0 ? null : value();
    }

    private Outcome outcome() {
        return switch (random.nextInt(10)) {
            case 0 -> Outcome.NONE;
            case 1 -> Outcome.UNKNOWN;
            default -> Outcome.OK;
        };
    }

    private boolean isExecuted(Outcome outcome) {
        return outcome == Outcome.OK || outcome == Outcome.UNKNOWN && random.nextBoolean();
    }

    private void add(int number, Call call, Outcome outcome, @Nullable Result result) {
        long at = number * 10L;
        long invoked = at - 1 - random.nextInt(5 * overlap);
        long returned = at + 1 + random.nextInt(5 * overlap);
        if (outcome == Outcome.UNKNOWN) {
            invoked -= random.nextInt(20 * overlap);
            returned = random.nextBoolean() ? Long.MAX_VALUE : invoked + 1;
        }
        operations.add(new Operation(
                number, number % 5, "k", call, invoked, returned, outcome, outcome == Outcome.OK ? result : null));
    }
}
