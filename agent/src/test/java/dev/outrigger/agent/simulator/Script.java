package dev.outrigger.agent.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What was injected into one life, from number 1 on: which fault or action of an operator, when, and what was drawn for it.
 * A reduced life follows the script of the full one, so that an injection stays what it was when others are left out.
 */
final class Script {
    /** For draws that belong to no injection. */
    static final int ELSEWHERE = 0;

    private final List<Injection> injections = new ArrayList<>();
    private final Dice operators;
    private final Dice faults;
    private final @Nullable Script model;

    /**
     * One of them.
     *
     * @param kind what
     * @param atMicros virtual time
     */
    record Injection(FaultKind kind, long atMicros) {}

    Script(SplittableRandom operators, SplittableRandom faults, @Nullable Script model) {
        this.model = model;
        this.operators = new Dice(operators, model == null ? null : model.operators);
        this.faults = new Dice(faults, model == null ? null : model.faults);
    }

    @Nullable
    Script model() {
        return model;
    }

    Dice operators() {
        return operators;
    }

    Dice faults() {
        return faults;
    }

    /** The number of a new one. */
    int add(FaultKind kind, long atMicros) {
        injections.add(new Injection(kind, atMicros));
        return injections.size();
    }

    /** How many there are; the first has number 1. */
    int size() {
        return injections.size();
    }

    Injection get(int number) {
        return injections.get(number - 1);
    }

    /** What is drawn from now on is for this injection. */
    void turnTo(int number) {
        operators.turnTo(number);
        faults.turnTo(number);
    }
}
