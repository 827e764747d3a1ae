package dev.outrigger.agent.http;

/** A listener could not be opened. The message is one line for the user and names the setting. */
public final class ListenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ListenException(ListenAddress address, Throwable cause) {
        super(
                "cannot listen on " + address + " (" + address.setting() + "): " + cause.getMessage()
                        + "; is another agent running here?",
                cause);
    }
}
