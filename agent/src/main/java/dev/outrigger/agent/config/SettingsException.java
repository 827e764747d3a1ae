package dev.outrigger.agent.config;

/** A setting that cannot be used. The message is one line for the user: which setting, from where, what to write. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int MESSAGE_CHARS_MAX = 500;

    SettingsException(String message) {
        super(oneLine(message));
    }

    private static String oneLine(String message) {
        String line = message.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= MESSAGE_CHARS_MAX ? line : line.substring(0, MESSAGE_CHARS_MAX) + "...";
    }
}
