package dev.outrigger.agent.cli.conformance;

/** There is nothing to check: the application does not offer it, or more would have to be known. */
final class NotOffered extends Deviation {
    private static final long serialVersionUID = 1L;

    NotOffered(String reason) {
        super(reason);
    }
}
