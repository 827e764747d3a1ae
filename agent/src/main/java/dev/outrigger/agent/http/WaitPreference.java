package dev.outrigger.agent.http;

import dev.outrigger.agent.node.Problem;
import io.vertx.core.MultiMap;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long the caller will wait: {@code Prefer: wait=5}, in seconds (RFC 7240). What is too short or too long is brought
 * within bounds; what is no number is refused, since a deadline that silently means something else helps nobody.
 */
final class WaitPreference {
    static final Duration DEFAULT = Duration.ofSeconds(5);
    static final Duration MAX = Duration.ofMinutes(5);
    private static final Duration MIN = Duration.ofMillis(1);

    private static final Pattern SECONDS = Pattern.compile("\"?(\\d{1,9}(?:\\.\\d{1,9})?)\"?");

    private WaitPreference() {}

    static Duration of(MultiMap headers) {
        for (String header : headers.getAll("Prefer")) {
            for (String preference : header.split(",", -1)) {
                String text = preference.split(";", 2)[0].strip();
                if (text.toLowerCase(Locale.ROOT).matches("wait\\s*=.*")) {
                    return parse(text.substring(text.indexOf('=') + 1).strip());
                }
            }
        }
        return DEFAULT;
    }

    private static Duration parse(String text) {
        Matcher matcher = SECONDS.matcher(text);
        if (!matcher.matches()) {
            throw RefusedRequest.because(
                    Problem.Code.MALFORMED, "'Prefer: wait' takes seconds, such as wait=5 or wait=0.5.");
        }
        Duration wait = Duration.ofNanos(
                new BigDecimal(matcher.group(1)).movePointRight(9).longValue());
        if (wait.compareTo(MIN) < 0) {
            return MIN;
        }
        return wait.compareTo(MAX) > 0 ? MAX : wait;
    }
}
