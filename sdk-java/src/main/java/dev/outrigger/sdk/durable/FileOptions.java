package dev.outrigger.sdk.durable;

import java.time.Duration;

/**
 * When a {@link FileStateMachine} writes its file: with the first delivery that ends when either is reached.
 *
 * @param commands so many commands since it was last written, 1000 by default; 1 for every delivery
 * @param age so long since it was last written, 5 seconds by default
 */
public record FileOptions(int commands, Duration age) {
    public FileOptions {
        if (commands < 1 || age.isNegative()) {
            throw new IllegalArgumentException("commands is at least 1 and age not negative");
        }
    }

    public static FileOptions defaults() {
        return new FileOptions(1_000, Duration.ofSeconds(5));
    }

    public FileOptions withCommands(int commands) {
        return new FileOptions(commands, age);
    }

    public FileOptions withAge(Duration age) {
        return new FileOptions(commands, age);
    }
}
