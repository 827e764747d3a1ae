package dev.outrigger.sdk;

import com.sun.net.httpserver.Headers;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A snapshot from the agent, without its bytes.
 *
 * @param epoch boot number of the agent, where it says so
 * @param position where the state stands once it is restored
 * @param format what the writer called it; empty when it did not
 */
record RestoreRequest(OptionalLong epoch, Position position, String format) {
    /** @throws IllegalArgumentException naming the header that is missing or wrong */
    static RestoreRequest of(Headers headers) {
        Optional<String> cluster = Optional.ofNullable(headers.getFirst("Outrigger-Cluster"));
        String format = headers.getFirst("Outrigger-Format");
        return new RestoreRequest(
                headers.containsKey("Outrigger-Epoch")
                        ? OptionalLong.of(number(headers, "Outrigger-Epoch", 0))
                        : OptionalLong.empty(),
                new Position(cluster, number(headers, "Outrigger-Index", 1), number(headers, "Outrigger-Term", 1)),
                format == null ? "" : format);
    }

    private static long number(Headers headers, String name, long min) {
        String text = headers.getFirst(name);
        // 18 digits always fit a long.
        if (text == null || !text.matches("[0-9]{1,18}") || Long.parseLong(text) < min) {
            throw new IllegalArgumentException(name + " must be a number from " + min + " on");
        }
        return Long.parseLong(text);
    }
}
