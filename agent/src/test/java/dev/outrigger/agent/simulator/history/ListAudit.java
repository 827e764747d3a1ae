package dev.outrigger.agent.simulator.history;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The operations on one list against the list as it is in the end. Each of them gets a rank: the append of the value at
 * position p, from 1, has rank 2p, and a read that saw n values has rank 2n + 1. An order by rank keeps real time if no
 * operation returned before one of lower rank was invoked; those of equal rank are reads of the same and fit any order.
 */
final class ListAudit {
    private final List<String> list;
    private final Map<String, Integer> positions = new HashMap<>();
    /** By rank, the operation invoked last. */
    private final @Nullable Operation[] lastInvoked;
    /** By rank, the operation that must have taken effect first. */
    private final @Nullable Operation[] firstEffective;

    private final Set<String> asked = new HashSet<>();

    ListAudit(List<String> list) {
        this.list = list;
        lastInvoked = new Operation[2 * list.size() + 2];
        firstEffective = new Operation[2 * list.size() + 2];
    }

    /** Answers what is wrong, or nothing. */
    String run(List<Operation> operations) {
        for (int position = 1; position <= list.size(); position++) {
            Integer before = positions.put(list.get(position - 1), position);
            if (before != null) {
                return list.get(position - 1) + " is in the list twice, at " + before + " and " + position;
            }
        }
        for (Operation operation : operations) {
            String wrong = place(operation);
            if (!wrong.isEmpty()) {
                return wrong + ": " + operation;
            }
        }
        for (String value : list) {
            if (!asked.contains(value)) {
                return value + " is in the list at " + positions.get(value) + " and nobody appended it";
            }
        }
        return orderInTime();
    }

    private String place(Operation operation) {
        if (operation.call() instanceof Call.Append append) {
            return placeAppend(operation, append.value());
        }
        return operation.result() instanceof Result.Values values ? placeRead(operation, values.values()) : "";
    }

    private String placeAppend(Operation operation, String value) {
        if (!asked.add(value)) {
            throw new IllegalArgumentException("two appends have the same value: " + operation);
        }
        Integer position = positions.get(value);
        if (position == null) {
            return operation.outcome() == Outcome.OK ? "not in the list" : "";
        }
        if (operation.outcome() == Outcome.NONE) {
            return "in the list at " + position + ", though certainly not executed";
        }
        if (operation.result() instanceof Result.Length length && length.length() != position) {
            return "in the list at " + position;
        }
        rank(2 * position, operation);
        return "";
    }

    private String placeRead(Operation operation, List<String> values) {
        if (values.size() > list.size()) {
            return "more values than the list has in the end, " + list.size();
        }
        for (int i = 0; i < values.size(); i++) {
            if (!values.get(i).equals(list.get(i))) {
                return values.get(i) + " read at " + (i + 1) + ", where the list has " + list.get(i);
            }
        }
        rank(2 * values.size() + 1, operation);
        return "";
    }

    private void rank(int rank, Operation operation) {
        Operation last = lastInvoked[rank];
        if (last == null || operation.invoked() > last.invoked()) {
            lastInvoked[rank] = operation;
        }
        Operation first = firstEffective[rank];
        if (first == null || operation.latest() < first.latest()) {
            firstEffective[rank] = operation;
        }
    }

    private String orderInTime() {
        Operation lastBefore = null;
        for (int rank = 0; rank < lastInvoked.length; rank++) {
            Operation first = firstEffective[rank];
            if (first != null && lastBefore != null && first.latest() < lastBefore.invoked()) {
                return "order against time: the list has\n    " + lastBefore + "\n  before\n    " + first;
            }
            Operation last = lastInvoked[rank];
            if (last != null && (lastBefore == null || last.invoked() > lastBefore.invoked())) {
                lastBefore = last;
            }
        }
        return "";
    }
}
