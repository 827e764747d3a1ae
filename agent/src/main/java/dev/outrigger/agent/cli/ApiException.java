package dev.outrigger.agent.cli;

/** A call to the client API did not get an answer. The message is one line for the user. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    ApiException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    ApiException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
