package dev.outrigger.sdk.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.sdk.durable.FileOptions;
import dev.outrigger.sdk.durable.FileStateMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateMachineCheckTest {
    /** The bad command is the 18th of 40. */
    private static final int BAD = 18;

    private static List<byte[]> commands(String... last) {
        List<byte[]> commands = new ArrayList<>();
        for (int i = 1; i <= 36; i++) {
            commands.add(((i == BAD ? "bad" : "word") + i).getBytes(UTF_8));
        }
        for (String one : last) {
            commands.add(one.getBytes(UTF_8));
        }
        return commands;
    }

    private static StateMachineCheck check(MachineFactory factory, String... last) {
        return StateMachineCheck.of(factory)
                .commands(commands(last))
                .later(Duration.ofMillis(20))
                .seed(7);
    }

    private static Difference differs(StateMachineCheck check) {
        return check.report().difference().orElseThrow();
    }

    private static void assertNamed(Reason reason, StateMachineCheck check) {
        CheckReport report = check.report();
        Difference difference = report.difference().orElseThrow();
        assertEquals(BAD, difference.number(), report::toString);
        assertEquals(reason, difference.reason(), report::toString);
        assertEquals("bad18", difference.commandText());
    }

    @Test
    void aSoundStateMachinePasses() {
        CheckReport report =
                check(Machines.StoredWords::new, "show", "bad").queries("all").run();
        assertEquals(List.of(), report.notes());
        assertEquals(38, report.commands());
        for (int seed = 1; seed <= 20; seed++) {
            check(Machines.StoredWords::new, "show").seed(seed).inThisJvmOnly().run();
        }
    }

    @Test
    void clocksAreNamed() {
        assertNamed(Reason.CLOCK, check(Machines.NanoClock::new).inThisJvmOnly());
        assertNamed(Reason.CLOCK, check(Machines.MillisClock::new).inThisJvmOnly());
        assertNamed(Reason.CLOCK, check(Machines.BinaryClock::new).inThisJvmOnly());
        assertNamed(Reason.CLOCK, check(Machines.LocalTime::new).inThisJvmOnly());
    }

    @Test
    void aClockThatCountsSecondsIsNamed() {
        assertNamed(
                Reason.CLOCK,
                StateMachineCheck.of(Machines.SecondsClock::new)
                        .commands(commands())
                        .inThisJvmOnly());
    }

    @Test
    void aClockThatOnlyALaterResultShowsIsNamedWhereItWasRead() {
        StateMachineCheck check =
                check(Machines.HiddenClock::new, "word", "show").inThisJvmOnly();
        assertNamed(Reason.CLOCK, check);
        Difference difference = differs(check);
        assertEquals(38, difference.shownNumber());
        assertTrue(difference.fields().startsWith("touched: "), difference::toString);
    }

    @Test
    void chanceIsNamed() {
        assertNamed(Reason.RANDOM, check(Machines.Chance::new).inThisJvmOnly());
    }

    @Test
    void chanceThatIsRareIsFoundByMoreReplicas() {
        Difference difference = differs(StateMachineCheck.of(Machines.RareChance::new)
                .commands(200, random -> (random.nextInt(3) == 0 ? "bad" : "good").getBytes(UTF_8))
                .later(Duration.ofMillis(5))
                .inThisJvmOnly());
        assertEquals("bad", difference.commandText());
        assertEquals(Reason.RANDOM, difference.reason(), difference::toString);
    }

    @Test
    void hashOrdersAreNamed() {
        assertNamed(Reason.HASH_ORDER, check(Machines.IdentityOrder::new).inThisJvmOnly());
        assertNamed(Reason.HASH_ORDER, check(Machines.JvmOrder::new));
    }

    @Test
    void theOrderOfAHashSetThatWasRestoredIsNamed() {
        // The same bucket: the one that came first is the first.
        Difference difference = differs(StateMachineCheck.of(Machines.InsertionOrder::new)
                .commands("BB", "Aa", "x", "y", "z", "bad")
                .seed(1)
                .rounds(30)
                .later(Duration.ofMillis(5))
                .inThisJvmOnly());
        assertEquals(6, difference.number(), difference::toString);
        assertEquals(Reason.HASH_ORDER, difference.reason(), difference::toString);
    }

    @Test
    void whatIsMissingFromTheSnapshotIsNamedWhereItCameToBe() {
        StateMachineCheck check =
                check(Machines.Forgetful::new, "word", "count").inThisJvmOnly();
        assertNamed(Reason.NOT_IN_SNAPSHOT, check);
        Difference difference = differs(check);
        assertEquals(38, difference.shownNumber());
        assertTrue(difference.fields().contains("bad: 1 and 0"), difference::toString);
    }

    @Test
    void theTimeZoneAndLocaleOfTheJvmAreNamed() {
        assertNamed(Reason.ENVIRONMENT, check(Machines.Environmental::new));
    }

    @Test
    void otherWaysToDifferAreNamed() {
        assertNamed(Reason.REPLAYING, check(Machines.Replaying::new).inThisJvmOnly());
        assertNamed(Reason.SHARED_STATE, check(Machines.Shared::new).inThisJvmOnly());
        assertNamed(Reason.SNAPSHOT_FAILS, check(Machines.Unreadable::new).inThisJvmOnly());
    }

    @Test
    void aDependenceOnDeliveriesIsNamed() {
        List<byte[]> commands = new ArrayList<>();
        for (int i = 1; i <= 40; i++) {
            commands.add("bad".getBytes(UTF_8));
        }
        Difference difference = differs(StateMachineCheck.of(Machines.PerDelivery::new)
                .commands(commands)
                .seed(1)
                .later(Duration.ofMillis(5))
                .inThisJvmOnly());
        assertEquals(Reason.DELIVERY, difference.reason(), difference::toString);
    }

    @Test
    void anExceptionIsNamed() {
        StateMachineCheck check = check(Machines.Throwing::new).inThisJvmOnly();
        assertNamed(Reason.EXCEPTION, check);
        assertTrue(differs(check).actual().contains("no idea what bad18 is"));
    }

    @Test
    void ofManyCommandsTheRightOneIsNamed() {
        Difference difference = differs(StateMachineCheck.of(Machines.NanoClock::new)
                .commands(5_000, random -> "w".getBytes(UTF_8))
                .later(Duration.ofMillis(5))
                .inThisJvmOnly()
                .commands(many(5_000, 3_333)));
        assertEquals(3_333, difference.number(), difference::toString);
        assertEquals(Reason.CLOCK, difference.reason());
    }

    private static List<byte[]> many(int count, int bad) {
        List<byte[]> commands = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            commands.add((i == bad ? "bad" : "w").getBytes(UTF_8));
        }
        return commands;
    }

    @Test
    void stateThatIsStoredWithoutItsPositionIsNamed() {
        Difference difference =
                differs(StateMachineCheck.ofDurable(directory -> new Machines.TwoFiles(directory, false))
                        .commands(commands())
                        .later(Duration.ofMillis(5))
                        .seed(1)
                        .inThisJvmOnly());
        assertEquals(Reason.POSITION_BEHIND, difference.reason(), difference::toString);
    }

    @Test
    void aPositionThatIsStoredWithoutItsStateIsNamed() {
        Difference difference = differs(StateMachineCheck.ofDurable(directory -> new Machines.TwoFiles(directory, true))
                .commands(commands())
                .later(Duration.ofMillis(5))
                .seed(1)
                .inThisJvmOnly());
        assertEquals(Reason.POSITION_AHEAD, difference.reason(), difference::toString);
    }

    @Test
    void aDurableStateMachineThatIsSoundPasses() {
        for (int seed = 1; seed <= 3; seed++) {
            StateMachineCheck.ofDurable(directory -> FileStateMachine.open(
                            new Machines.StoredWords(),
                            directory.resolve("state"),
                            new FileOptions(7, Duration.ofHours(1))))
                    .commands(commands("show"))
                    .later(Duration.ofMillis(5))
                    .seed(seed)
                    .rounds(3)
                    .inThisJvmOnly()
                    .run();
        }
    }

    @Test
    void theReportTellsHowToRepeatItAndTheSeedDoes() {
        StateMachineCheck check = check(Machines.Forgetful::new, "count")
                .inThisJvmOnly()
                .commands(
                        60,
                        random -> (random.nextInt(9) == 0 ? "bad" : random.nextInt(9) == 0 ? "count" : "good")
                                .getBytes(UTF_8))
                .seed(4711);
        StateMachineDiffersError error = assertThrows(StateMachineDiffersError.class, check::run);
        String message = String.valueOf(error.getMessage());
        assertTrue(message.contains(".seed(4711), or -Doutrigger.check.seed=4711"), message);
        assertTrue(message.contains("Replicas differ after command "), message);
        assertEquals(
                message,
                assertThrows(StateMachineDiffersError.class, check::run).getMessage());
    }

    @Test
    void aFactoryThatCannotGoToAnotherJvmIsSaid() {
        Object[] captured = {new Object()};
        CheckReport report = check(() -> captured[0] == null ? new Machines.Words() : new Machines.StoredWords())
                .run();
        assertEquals(1, report.notes().size());
        assertTrue(report.notes().get(0).contains("cannot be serialized: java.lang.Object"), report::toString);
    }

    @Test
    void commandsComeFromAnExportedLogToo(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("log");
        Files.writeString(
                file,
                "{\"index\":2,\"term\":1,\"time\":1000,\"data\":\"YQ==\"}\n"
                        + "{\"index\":7,\"term\":3,\"time\":2000,\"data\":\"YmFk\",\"session\":\"s\"}\n");
        Difference difference = differs(StateMachineCheck.of(Machines.NanoClock::new)
                .log(file)
                .later(Duration.ofMillis(5))
                .inThisJvmOnly());
        assertEquals(7, difference.command().index());
        assertEquals(3, difference.command().term());
    }

    @Test
    void withoutCommandsThereIsNothingToCheck() {
        assertThrows(
                IllegalStateException.class,
                () -> StateMachineCheck.of(Machines.Words::new).run());
    }
}
