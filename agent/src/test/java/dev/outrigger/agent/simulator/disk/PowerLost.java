package dev.outrigger.agent.simulator.disk;

/** The process ended inside an operation on its disk. Not to be handled by the process: it is gone. */
public final class PowerLost extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PowerLost(String operation) {
        super("the process ended during " + operation, null, false, false);
    }
}
