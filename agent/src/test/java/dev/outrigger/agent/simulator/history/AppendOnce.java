package dev.outrigger.agent.simulator.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Did each append take effect exactly as often as the client was told, in an order that keeps real time? With the final
 * list at hand no search is needed: the list is the order of the appends, and a read belongs right behind the last value it
 * saw. Operations on registers are passed over.
 */
public final class AppendOnce {
    private AppendOnce() {}

    /**
     * Judges all lists; never inconclusive.
     *
     * @param operations of all clients
     * @param lists what a state machine that has applied everything holds, by key, first value first; a missing key is an
     *     empty list
     * @throws IllegalArgumentException when two appends to one list have the same value
     */
    public static Finding check(List<Operation> operations, Map<String, List<String>> lists) {
        Map<String, List<Operation>> byKey = new TreeMap<>();
        lists.keySet().forEach(key -> byKey.put(key, new ArrayList<>()));
        for (Operation operation : operations) {
            if (!operation.onRegister()) {
                byKey.computeIfAbsent(operation.key(), key -> new ArrayList<>()).add(operation);
            }
        }
        for (Map.Entry<String, List<Operation>> one : byKey.entrySet()) {
            List<String> list = lists.getOrDefault(one.getKey(), List.of());
            String wrong = new ListAudit(list).run(one.getValue());
            if (!wrong.isEmpty()) {
                return Finding.illegal("key " + one.getKey() + ": " + wrong);
            }
        }
        return Finding.LEGAL;
    }
}
