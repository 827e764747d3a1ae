package dev.outrigger.sdk.testkit;

import dev.outrigger.sdk.testkit.Observation.Mismatch;
import java.util.Optional;

/**
 * A replica differs from the first one.
 *
 * @param place of the first command after which they differ, as far as it is known; in the script, from 0
 * @param shownAt of the command after which it was seen
 * @param reason where the scenario could tell
 */
record Found(Scenario scenario, int place, int shownAt, Mismatch mismatch, Optional<Reason> reason) {
    static Found at(Scenario scenario, int place, Mismatch mismatch) {
        return new Found(scenario, place, place, mismatch, Optional.empty());
    }

    Found because(Reason why) {
        return new Found(scenario, place, shownAt, mismatch, Optional.of(why));
    }

    Found from(int earlier) {
        return new Found(scenario, earlier, shownAt, mismatch, reason);
    }

    /** Whether this tells more: of what shows earlier later differences may be the consequence. */
    boolean isBefore(Found other) {
        return place != other.place ? place < other.place : scenario.compareTo(other.scenario) < 0;
    }
}
