package dev.outrigger.deploy.endurance;

import java.time.LocalTime;
import java.time.temporal.ChronoUnit;

/** Says on standard error what goes on. */
final class Progress {
    private Progress() {}

    static void say(String what) {
        System.err.println(LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + " " + what);
    }
}
