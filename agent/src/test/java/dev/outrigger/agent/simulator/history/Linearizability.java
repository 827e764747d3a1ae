package dev.outrigger.agent.simulator.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Is there an order of the operations on each register that keeps real time and explains all results? Registers are
 * independent, so each is searched by itself (Herlihy and Wing 1990, "locality"). Operations on lists are passed over: see
 * {@link AppendOnce}.
 */
public final class Linearizability {
    /** Operations looked at in one register's search: some tenths of a second at worst. */
    private static final long STEPS_MAX = 20_000_000;

    private Linearizability() {}

    public static Finding check(List<Operation> operations) {
        return check(operations, STEPS_MAX);
    }

    /**
     * A register that is shown to be illegal outranks one whose search was given up.
     *
     * @param stepsMax bound on the search of each register, in operations looked at
     */
    public static Finding check(List<Operation> operations, long stepsMax) {
        Finding worst = Finding.LEGAL;
        for (Map.Entry<String, List<Operation>> register : byKey(operations).entrySet()) {
            Finding finding = new RegisterSearch(register.getKey(), register.getValue(), stepsMax).run();
            if (finding.conclusion() == Finding.Conclusion.ILLEGAL) {
                return finding;
            }
            worst = worst.legal() ? finding : worst;
        }
        return worst;
    }

    private static Map<String, List<Operation>> byKey(List<Operation> operations) {
        Map<String, List<Operation>> registers = new TreeMap<>();
        for (Operation operation : operations) {
            if (operation.onRegister() && operation.outcome() != Outcome.NONE) {
                registers
                        .computeIfAbsent(operation.key(), key -> new ArrayList<>())
                        .add(operation);
            }
        }
        return registers;
    }
}
