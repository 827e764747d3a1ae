package dev.outrigger.agent.simulator.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The slow and obvious judge: plays every order of every choice of operations that holds all answered ones, on a register
 * and on a list. For one key and very short histories.
 */
final class EveryOrder {
    private final List<Operation> operations;
    private final boolean[] used;
    private final List<Operation> order = new ArrayList<>();
    private final @Nullable List<String> finalList;

    private EveryOrder(List<Operation> operations, @Nullable List<String> finalList) {
        this.operations = operations.stream()
                .filter(operation -> operation.outcome() != Outcome.NONE)
                .toList();
        this.finalList = finalList;
        used = new boolean[this.operations.size()];
    }

    static boolean registerIsLegal(List<Operation> operations) {
        return new EveryOrder(operations, null).someOrderIsLegal();
    }

    static boolean listIsLegal(List<Operation> operations, List<String> finalList) {
        return new EveryOrder(operations, finalList).someOrderIsLegal();
    }

    private boolean someOrderIsLegal() {
        if (isComplete() && keepsTime() && (finalList == null ? playsOnRegister() : playsOnList(finalList))) {
            return true;
        }
        for (int i = 0; i < used.length; i++) {
            if (used[i]) {
                continue;
            }
            used[i] = true;
            order.add(operations.get(i));
            boolean legal = someOrderIsLegal();
            order.remove(order.size() - 1);
            used[i] = false;
            if (legal) {
                return true;
            }
        }
        return false;
    }

    private boolean isComplete() {
        for (int i = 0; i < used.length; i++) {
            if (!used[i] && operations.get(i).outcome() == Outcome.OK) {
                return false;
            }
        }
        return true;
    }

    private boolean keepsTime() {
        for (int i = 0; i < order.size(); i++) {
            for (int j = i + 1; j < order.size(); j++) {
                Operation later = order.get(j);
                if (later.outcome() == Outcome.OK
                        && later.returned() < order.get(i).invoked()) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean playsOnRegister() {
        Register register = new Register();
        for (Operation operation : order) {
            Result result = register.play(operation.call());
            if (operation.outcome() == Outcome.OK && !result.equals(operation.result())) {
                return false;
            }
        }
        return true;
    }

    private boolean playsOnList(List<String> expected) {
        List<String> list = new ArrayList<>();
        for (Operation operation : order) {
            Result result;
            if (operation.call() instanceof Call.Append append) {
                list.add(append.value());
                result = new Result.Length(list.size());
            } else {
                result = new Result.Values(List.copyOf(list));
            }
            if (operation.outcome() == Outcome.OK && !result.equals(operation.result())) {
                return false;
            }
        }
        return list.equals(expected);
    }

    /** A register as anyone would write it. */
    static final class Register {
        private @Nullable String value;

        Result play(Call call) {
            String before = value;
            if (call instanceof Call.Put put) {
                value = put.value();
            } else if (call instanceof Call.Cas cas && Objects.equals(before, cas.expected())) {
                value = cas.value();
                return Result.SWAPPED;
            }
            return new Result.Value(before);
        }
    }
}
