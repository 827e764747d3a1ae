package dev.outrigger.agent.config;

/** A text that does not show itself in logs, pages or errors. */
public final class Secret {
    private final String text;

    Secret(String text) {
        this.text = text;
    }

    /** The text itself, for the one place that needs it. */
    public String reveal() {
        return text;
    }

    @Override
    public String toString() {
        return "(redacted)";
    }
}
