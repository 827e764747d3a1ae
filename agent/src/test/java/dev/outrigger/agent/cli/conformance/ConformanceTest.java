package dev.outrigger.agent.cli.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.cli.conformance.FaultyApp.Fault;
import dev.outrigger.agent.cli.conformance.Verdict.Outcome;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConformanceTest {
    /** Results tell how many commands there were, and how long the last: they depend on nothing else. */
    private static final CommandSupply PURE =
            new CommandSupply(List.of(new byte[1], new byte[2], new byte[3]), new byte[0], true);

    private static List<Verdict> run(FaultyApp app, Optional<FaultyApp> twin, CommandSupply supply) {
        return new Conformance(app.uri(), twin.map(FaultyApp::uri), Optional.empty(), supply, 1 << 20).run(told -> {});
    }

    private static List<Verdict> with(List<Verdict> verdicts, Outcome outcome) {
        return verdicts.stream().filter(one -> one.outcome() == outcome).toList();
    }

    private static Set<String> names(List<Verdict> verdicts) {
        return verdicts.stream().map(Verdict::name).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void anApplicationThatKeepsTheProtocolPassesEveryCheck() throws Exception {
        try (FaultyApp app = new FaultyApp(Fault.NONE);
                FaultyApp twin = new FaultyApp(Fault.NONE)) {
            List<Verdict> verdicts = run(app, Optional.of(twin), PURE);
            assertEquals(List.of(), with(verdicts, Outcome.FAIL));
            assertEquals(List.of(), with(verdicts, Outcome.SKIP));
            List<Verdict> again = run(app, Optional.empty(), CommandSupply.of(List.of(), Optional.empty()));
            assertEquals(List.of(), with(again, Outcome.FAIL), "it need not be fresh");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.outrigger.agent.cli.conformance.FaultyApp#faults")
    void theCheckForItFindsEachFault(Fault fault) throws Exception {
        try (FaultyApp app = new FaultyApp(fault)) {
            List<Verdict> failed = with(run(app, Optional.empty(), PURE), Outcome.FAIL);
            assertTrue(names(failed).contains(fault.check), () -> "found " + failed);
        }
    }

    /** A check that nothing fails checks nothing. */
    @Test
    void everyCheckHasAFaultThatItFinds() throws Exception {
        Set<String> found = FaultyApp.faults().stream().map(fault -> fault.check).collect(Collectors.toSet());
        try (FaultyApp app = new FaultyApp(Fault.NONE)) {
            Set<String> checks = names(run(app, Optional.empty(), PURE));
            assertEquals(new TreeSet<>(found), checks);
        }
    }

    @Test
    void oneFaultDoesNotFailTheChecksOfOtherThings() throws Exception {
        try (FaultyApp app = new FaultyApp(Fault.GAP_WITHOUT_APPLIED)) {
            List<Verdict> failed = with(run(app, Optional.empty(), PURE), Outcome.FAIL);
            assertEquals(Set.of("gap", "old-epoch", "new-epoch"), names(failed));
        }
        try (FaultyApp app = new FaultyApp(Fault.ROLE_FAILS)) {
            assertEquals(Set.of("role"), names(with(run(app, Optional.empty(), PURE), Outcome.FAIL)));
        }
    }

    @Test
    void whatIsNotOfferedIsSkipped() throws Exception {
        try (FaultyApp app = new FaultyApp(Fault.NONE, false);
                FaultyApp twin = new FaultyApp(Fault.NONE, false)) {
            List<Verdict> verdicts = run(app, Optional.of(twin), PURE);
            assertEquals(List.of(), with(verdicts, Outcome.FAIL));
            assertEquals(
                    Set.of(
                            "restore",
                            "restore-ahead",
                            "restore-broken-off",
                            "snapshot",
                            "snapshot-changes-nothing",
                            "unknown-format"),
                    names(with(verdicts, Outcome.SKIP)),
                    "two fresh instances are compared by their whole history");
        }
    }

    @Test
    void aTwinTellsAClockWithoutSnapshotsToo() throws Exception {
        try (FaultyApp app = new FaultyApp(Fault.RESULTS_BY_THE_CLOCK, false);
                FaultyApp twin = new FaultyApp(Fault.RESULTS_BY_THE_CLOCK, false)) {
            List<Verdict> failed =
                    with(run(app, Optional.of(twin), CommandSupply.of(List.of(), Optional.empty())), Outcome.FAIL);
            assertEquals(Set.of("deterministic"), names(failed));
        }
    }

    /** An author's results may well hold the index. */
    @Test
    void otherResultsAfterARestoreProveNothingByThemselves() throws Exception {
        try (FaultyApp app = new FaultyApp(Fault.RESULTS_BY_THE_CLOCK)) {
            List<Verdict> verdicts =
                    run(app, Optional.empty(), CommandSupply.of(List.of("a", "bb"), Optional.of("state")));
            assertEquals(Set.of("deterministic"), names(with(verdicts, Outcome.SKIP)));
        }
    }

    @Test
    void whereNothingListensThereIsNoVerdict() throws Exception {
        URI gone;
        try (FaultyApp app = new FaultyApp(Fault.NONE)) {
            gone = app.uri();
        }
        Conformance conformance = new Conformance(gone, Optional.empty(), Optional.empty(), PURE, 1 << 20);
        assertThrows(Conformance.NoApplication.class, () -> conformance.run(told -> {}));
    }

    @Test
    void aVerdictIsOneLine() {
        Verdict verdict = new Verdict(Outcome.FAIL, "gap", "409", "status 200", "commands would be missed", "1, apply");
        assertEquals(
                "FAIL gap: expected 409; came status 200; commands would be missed (protocol 1, apply)", verdict.line());
    }
}
