package dev.outrigger.examples.json;

/**
 * A command or query makes no sense. The message becomes a result of the state machine, so it must be the same on every
 * instance: it never quotes a parser, whose words change with its version.
 */
public final class MalformedCommandException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedCommandException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
