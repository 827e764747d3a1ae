package dev.outrigger.agent.peer;

/** The other side has taken the connection, but did not say who it is. */
final class GreetingTimeoutException extends Exception {
    private static final long serialVersionUID = 1L;

    GreetingTimeoutException(int millis) {
        super("no greeting within " + millis + " ms");
    }
}
