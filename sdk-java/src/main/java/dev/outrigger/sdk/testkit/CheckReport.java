package dev.outrigger.sdk.testkit;

import java.util.List;
import java.util.Optional;

/**
 * What a check has found.
 *
 * @param seed repeats the check: the same commands, deliveries, times, restarts
 * @param commands how many there were
 * @param difference empty when no replica differed
 * @param notes what could not be tried, and why
 */
public record CheckReport(long seed, int commands, Optional<Difference> difference, List<String> notes) {
    /** All of it for people, the line that repeats it included. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(difference.map(Difference::toString).orElse("No replica differed in " + commands + " commands\n"));
        notes.forEach(note -> text.append("  %-14s %s%n".formatted("note", note)));
        return text.append("  %-14s .seed(%d), or -D%s=%d%n"
                        .formatted("to repeat", seed, StateMachineCheck.SEED_PROPERTY, seed))
                .toString();
    }
}
