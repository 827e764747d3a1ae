package dev.outrigger.agent.core;

/**
 * A bug: the core is in a state that Raft does not allow. Never caught to go on: the agent stops, since a stopped member
 * is safe and a wrong one is not.
 */
public final class InvariantViolation extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    public InvariantViolation(String message) {
        super(message);
    }
}
