package dev.outrigger.sdk.testkit;

import dev.outrigger.sdk.LoggedCommand;

/**
 * The first command after which a replica differs from the first one.
 *
 * @param number of the command, from 1, in the order in which they were given
 * @param command the command after which they differ
 * @param reason the likely one
 * @param replica what is other with the replica that differs
 * @param shownBy what shows it: its result, the snapshot, the answer to a query, an exception
 * @param shownNumber number of the command after which it shows; higher than {@code number} when the difference is hidden
 *     at first
 * @param shownCommand that command
 * @param expected what the first replica shows, as text, shortened around the place where the two differ
 * @param actual what the other one shows
 * @param fields fields that differ, as far as they could be looked into, or empty; a hint
 */
public record Difference(
        int number,
        LoggedCommand command,
        Reason reason,
        String replica,
        String shownBy,
        int shownNumber,
        LoggedCommand shownCommand,
        String expected,
        String actual,
        String fields) {
    /** The command as text when it is, else in hexadecimal. */
    public String commandText() {
        return Text.of(command.data());
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append("Replicas differ after ").append(name(number, command)).append('\n');
        line(text, "seen in", shownBy + (shownNumber == number ? "" : ", after " + name(shownNumber, shownCommand)));
        line(text, "first replica", expected);
        line(text, "other replica", actual + "  (" + replica + ")");
        line(text, "likely reason", reason + ": " + reason.advice());
        if (!fields.isEmpty()) {
            line(text, "fields", fields);
        }
        return text.toString();
    }

    private static String name(int number, LoggedCommand command) {
        return "command " + number + " (index " + command.index() + ", term " + command.term() + "): "
                + Text.of(command.data());
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append("  %-14s %s%n".formatted(name, value));
    }
}
