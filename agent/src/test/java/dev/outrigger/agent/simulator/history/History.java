package dev.outrigger.agent.simulator.history;

import java.util.ArrayList;
import java.util.List;

/**
 * Gathers the operations of all clients of one simulation. Each call is one event, numbered in the order of the calls. One
 * thread. A client that retries an operation under the same session number goes on with the same operation; one that
 * retries without a session invokes another.
 */
public final class History {
    private final List<Operation> operations = new ArrayList<>();
    private long event;

    /** Answers the operation's number, from 0. Until told otherwise its outcome is unknown. */
    public int invoke(int client, String key, Call call) {
        int number = operations.size();
        operations.add(new Operation(number, client, key, call, event++, Long.MAX_VALUE, Outcome.UNKNOWN, null));
        return number;
    }

    public void ok(int operation, Result result) {
        Operation open = open(operation);
        replace(new Operation(
                operation, open.client(), open.key(), open.call(), open.invoked(), event++, Outcome.OK, result));
    }

    public void none(int operation) {
        end(operation, Outcome.NONE);
    }

    /** The client gave up: the operation may still be executed later. */
    public void unknown(int operation) {
        end(operation, Outcome.UNKNOWN);
    }

    /** All operations so far, by number. */
    public List<Operation> operations() {
        return List.copyOf(operations);
    }

    private void end(int operation, Outcome outcome) {
        Operation open = open(operation);
        replace(new Operation(
                operation, open.client(), open.key(), open.call(), open.invoked(), event++, outcome, null));
    }

    private Operation open(int operation) {
        Operation open = operations.get(operation);
        if (open.returned() != Long.MAX_VALUE) {
            throw new IllegalStateException("returned twice: " + open);
        }
        return open;
    }

    private void replace(Operation operation) {
        operations.set(operation.number(), operation);
    }
}
