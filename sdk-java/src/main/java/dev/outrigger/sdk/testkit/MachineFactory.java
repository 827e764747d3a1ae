package dev.outrigger.sdk.testkit;

import dev.outrigger.sdk.StateMachine;
import java.io.Serializable;

/**
 * Makes a state machine in its first state, whose state is in memory. {@code MyMachine::new} will do. Serializable, so that
 * a second JVM can make one too; a lambda is by itself when all that it captures is.
 */
@FunctionalInterface
public interface MachineFactory extends Serializable {
    StateMachine create() throws Exception;
}
