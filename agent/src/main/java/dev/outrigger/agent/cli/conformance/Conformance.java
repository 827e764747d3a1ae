package dev.outrigger.agent.cli.conformance;

import dev.outrigger.agent.cli.conformance.Verdict.Outcome;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Tries an application against the app protocol, as the agent beside it would call it. Changes its state, and takes epochs
 * above those of any agent: for an instance that no agent uses. Blocks; for one thread.
 *
 * @param app where the application serves, without {@code /outrigger/v1}
 * @param twin a second instance of it, to compare with
 * @param token sent with every call, where there is one
 * @param commandBytesMax the largest command that is delivered
 */
public record Conformance(
        URI app, Optional<URI> twin, Optional<String> token, CommandSupply commands, int commandBytesMax) {
    /** Nothing answers at all: there is no verdict. */
    public static final class NoApplication extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoApplication(URI app) {
            super("no application answers at " + app);
        }
    }

    /**
     * Runs every check.
     *
     * @param told gets each verdict as soon as there is one
     * @throws NoApplication when nothing listens there
     */
    public List<Verdict> run(Consumer<Verdict> told) {
        Subject subject = new Subject(
                new App(app, token),
                twin.map(uri -> new App(uri, token)),
                commands,
                commandBytesMax,
                System.currentTimeMillis());
        List<Verdict> verdicts = new ArrayList<>();
        Consumer<Verdict> tell = verdict -> {
            verdicts.add(verdict);
            told.accept(verdict);
        };
        requireApplication(subject);
        Verdict info = InfoChecks.info().on(subject);
        tell.accept(info);
        if (info.outcome() == Outcome.PASS) {
            checks().forEach(check -> tell.accept(afresh(check).on(subject)));
        } else {
            checks().forEach(check -> tell.accept(unaskable(check).on(subject)));
        }
        return verdicts;
    }

    private void requireApplication(Subject subject) {
        try {
            subject.app().get("info");
        } catch (App.Unreachable e) {
            throw new NoApplication(app);
        } catch (Deviation e) {
            // Something is there; the first check tells what is wrong with it.
        }
    }

    private static List<Check> checks() {
        List<Check> checks = new ArrayList<>();
        checks.addAll(DeliveryChecks.all());
        checks.addAll(MalformedChecks.all());
        checks.addAll(QueryChecks.all());
        checks.addAll(SnapshotChecks.all());
        checks.addAll(ReplayChecks.all());
        checks.addAll(InfoChecks.role());
        return checks;
    }

    /** One failure must not make the next check fail: it starts where the application says it stands. */
    private static Check afresh(Check check) {
        return new Check(check.name(), check.section(), check.expected(), check.why(), subject -> {
            subject.ask();
            return check.trial().run(subject);
        });
    }

    private static Check unaskable(Check check) {
        return new Check(check.name(), check.section(), check.expected(), check.why(), subject -> {
            throw new NotOffered("info does not tell where the application stands");
        });
    }
}
