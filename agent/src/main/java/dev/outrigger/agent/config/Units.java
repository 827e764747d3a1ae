package dev.outrigger.agent.config;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with a unit, as users write them. */
final class Units {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})(KiB|MiB|GiB)?");

    private Units() {}

    /** {@code 250ms}, {@code 5s} or {@code 2m}. */
    static Duration duration(Given given) {
        Matcher matcher = DURATION.matcher(given.text());
        if (!matcher.matches()) {
            throw given.refused("is not a duration; write it like 250ms, 5s or 2m");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            default -> Duration.ofMinutes(amount);
        };
    }

    /** {@code 512KiB}, {@code 1MiB}, or plain bytes. */
    static long bytes(Given given) {
        Matcher matcher = SIZE.matcher(given.text());
        if (!matcher.matches()) {
            throw given.refused("is not a size; write it like 512KiB, 1MiB or 1048576 (bytes)");
        }
        long amount = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2);
        if (unit == null) {
            return amount;
        }
        return switch (unit) {
            case "KiB" -> amount << 10;
            case "MiB" -> amount << 20;
            default -> amount << 30;
        };
    }

    /** A whole number in decimal digits. */
    static OptionalLong number(String text) {
        return text.matches("\\d{1,12}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }
}
