package dev.outrigger.agent.cli.conformance;

import dev.outrigger.agent.cli.conformance.Verdict.Outcome;

/**
 * One thing that the protocol asks of an application.
 *
 * @param trial tries it and tells what came; throws {@link Deviation} when that is wrong
 */
record Check(String name, String section, String expected, String why, Trial trial) {
    interface Trial {
        String run(Subject subject);
    }

    Verdict on(Subject subject) {
        try {
            return verdict(Outcome.PASS, trial.run(subject));
        } catch (NotOffered e) {
            return verdict(Outcome.SKIP, e.getMessage());
        } catch (Deviation e) {
            return verdict(Outcome.FAIL, e.getMessage());
        }
    }

    private Verdict verdict(Outcome outcome, String came) {
        return new Verdict(outcome, name, expected, came, why, section);
    }
}
