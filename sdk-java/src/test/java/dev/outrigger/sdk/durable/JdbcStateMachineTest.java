package dev.outrigger.sdk.durable;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.sdk.Context;
import dev.outrigger.sdk.LocalDelivery;
import dev.outrigger.sdk.LocalDelivery.Outcome;
import dev.outrigger.sdk.LoggedCommand;
import dev.outrigger.sdk.Position;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdbcStateMachineTest {
    private static final Map<Long, String> EXPECTED = new TreeMap<>();
    private static int databases;

    private final Accounts accounts = new Accounts();

    @TempDir
    private Path directory;

    private static JdbcDataSource inMemory() {
        return KilledApplication.database("jdbc:h2:mem:accounts" + ++databases + ";DB_CLOSE_DELAY=-1");
    }

    private static LoggedCommand command(long index, String text) {
        return new LoggedCommand(index, 1, index, text.getBytes(UTF_8));
    }

    private static String state(LocalDelivery delivery) {
        return new String(delivery.query(new byte[0]), UTF_8)
                .replace("\n", "| ")
                .strip();
    }

    private static Outcome deliver(LocalDelivery delivery, long prevIndex, String... texts) {
        return delivery.deliver(
                "orders",
                prevIndex,
                false,
                IntStream.range(0, texts.length)
                        .mapToObj(i -> command(prevIndex + 1 + i, texts[i]))
                        .toList());
    }

    @Test
    void aNewDatabaseHasAppliedNothing() {
        assertEquals(
                Optional.of(Position.NONE),
                JdbcStateMachine.open(inMemory(), accounts).applied());
    }

    @Test
    void stateAndPositionAreThereAfterARestart() {
        JdbcDataSource database = KilledApplication.database("jdbc:h2:file:" + directory.resolve("db"));
        try (JdbcStateMachine machine = JdbcStateMachine.open(database, accounts)) {
            LocalDelivery delivery = LocalDelivery.to(machine);
            Outcome outcome = deliver(delivery, 0, "ann 5", "bob 1", "ann 2");
            assertEquals("7", new String(outcome.results().get(2).data(), UTF_8));
        }
        LocalDelivery again = LocalDelivery.to(JdbcStateMachine.open(database, accounts));
        assertEquals(new Position(Optional.of("orders"), 3, 1), again.applied());
        assertEquals("ann=7 bob=1 | ann=1 bob=2 ann=3 |", state(again));
        deliver(again, 3, "bob 1");
        assertEquals("ann=7 bob=2 | ann=1 bob=2 ann=3 bob=4 |", state(again));
    }

    @Test
    void aRefusedCommandChangesNothingAndIsPassed() {
        LocalDelivery delivery = LocalDelivery.to(JdbcStateMachine.open(inMemory(), accounts));
        Outcome outcome = deliver(delivery, 0, "ann 5", "ann -6", "ann 1");
        assertEquals(
                List.of(0, 1, 0),
                outcome.results().stream().map(result -> result.code()).toList());
        assertEquals("ann=6 | ann=1 ann=3 |", state(delivery));
        assertEquals(3, delivery.applied().index());
    }

    @Test
    void aCommandThatFailsIsUndoneAndWhatCameBeforeItIsKept() {
        for (String failing : List.of("fail 1", "broken 1")) {
            Accounts faulty = new Accounts();
            DataSource database = inMemory();
            LocalDelivery delivery = LocalDelivery.to(JdbcStateMachine.open(database, faulty));
            Outcome outcome = deliver(delivery, 0, "ann 5", failing, "bob 1");
            assertTrue(outcome.failure().isPresent());
            assertEquals(1, outcome.applied().index());
            assertEquals("ann=5 | ann=1 |", state(delivery));
            assertEquals(
                    1,
                    LocalDelivery.to(JdbcStateMachine.open(database, faulty))
                            .applied()
                            .index());
            faulty.repaired = true;
            deliver(delivery, 1, failing, "bob 1");
            String name = failing.split(" ")[0];
            assertEquals("ann=5 bob=1 " + name + "=1 | ann=1 " + name + "=2 bob=3 |", sorted(state(delivery)));
        }
    }

    private static String sorted(String state) {
        String[] parts = state.split(" \\| ");
        return String.join(" ", Arrays.stream(parts[0].split(" ")).sorted().toList()) + " | " + parts[1];
    }

    @Test
    void queriesSeeNothingOfAnOpenTransactionAndChangeNothing() {
        JdbcStateMachine machine = JdbcStateMachine.open(inMemory(), accounts);
        LocalDelivery delivery = LocalDelivery.to(machine);
        deliver(delivery, 0, "ann 5");
        assertTrue(new String(delivery.query("write".getBytes(UTF_8)), UTF_8).contains("by a query"));
        assertEquals("ann=5 | ann=1 |", state(delivery));
        machine.apply(new Context(new Position(Optional.of("orders"), 2, 1), 2, false), "bob 5".getBytes(UTF_8));
        assertEquals("ann=5 | ann=1 |", state(delivery));
        machine.flush();
        assertEquals("ann=5 bob=5 | ann=1 bob=2 |", state(delivery));
    }

    @Test
    void whateverCallOfTheDatabaseBreaksStateAndPositionAgree() throws SQLException {
        for (boolean commitFirst : new boolean[] {false, true}) {
            int calls = 0;
            boolean broken = true;
            while (broken) {
                calls++;
                JdbcDataSource real = inMemory();
                BreakingDatabase database = new BreakingDatabase(real);
                LocalDelivery delivery = LocalDelivery.to(JdbcStateMachine.open(database, accounts));
                database.breakAt(calls, commitFirst);
                deliverTwelve(delivery, real);
                broken = database.hasBroken();
            }
            assertTrue(calls > 30, "calls " + calls);
        }
    }

    /** As an agent does it: after every failure it asks where the state stands, and goes on from there. */
    private void deliverTwelve(LocalDelivery delivery, DataSource database) {
        int failures = 0;
        while (failures < 3) {
            try {
                long applied = delivery.applied().index();
                if (applied == 12) {
                    break;
                }
                List<LoggedCommand> batch = LongStream.rangeClosed(applied + 1, Math.min(12, applied + 3))
                        .mapToObj(KilledApplication::command)
                        .toList();
                if (delivery.deliver("orders", applied, false, batch).failure().isPresent()) {
                    failures++;
                    assertAgreed(database);
                }
            } catch (DatabaseException e) {
                failures++;
            }
        }
        assertTrue(failures < 3, "it never got through");
        assertEquals(12, assertAgreed(database));
    }

    /** Position and journal are those of the same moment, each command once. */
    private static long assertAgreed(DataSource database) {
        try (JdbcStateMachine machine = JdbcStateMachine.open(database, new Accounts())) {
            long applied = machine.applied().orElseThrow().index();
            assertEquals(
                    EXPECTED.computeIfAbsent(applied, JdbcStateMachineTest::expected),
                    state(LocalDelivery.to(machine)),
                    "at index " + applied);
            return applied;
        }
    }

    private static String expected(long applied) {
        LocalDelivery delivery = LocalDelivery.to(JdbcStateMachine.open(inMemory(), new Accounts()));
        List<LoggedCommand> all = LongStream.rangeClosed(1, applied)
                .mapToObj(KilledApplication::command)
                .toList();
        assertEquals(applied, delivery.deliver("orders", 0, true, all).results().size());
        return state(delivery);
    }

    @Test
    void aKilledProcessLeavesStateAndPositionAgreed() throws IOException, InterruptedException {
        // H2 would tell of a commit half a second before it is in the file.
        String url = "jdbc:h2:file:" + directory.resolve("db") + ";WRITE_DELAY=0";
        SplittableRandom random = new SplittableRandom(5);
        long before = 0;
        for (int kill = 0; kill < 3; kill++) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            KilledApplication.class.getName(),
                            url)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            long seen;
            try (BufferedReader out = process.inputReader()) {
                assertEquals("at ", out.readLine().substring(0, 3));
                seen = readSome(out, 5 + random.nextInt(40));
                process.destroyForcibly();
                process.waitFor();
            }
            long applied = assertAgreed(KilledApplication.database(url));
            assertTrue(applied >= seen && seen > before, applied + " was " + seen + " and " + before + " before");
            before = applied;
        }
    }

    private static long readSome(BufferedReader out, int lines) throws IOException {
        String last = "";
        for (int i = 0; i < lines; i++) {
            last = out.readLine();
        }
        return Long.parseLong(last.substring("applied ".length()));
    }

    @Test
    void twoInstancesOnOneDatabaseAreFoundOut() {
        JdbcDataSource database = inMemory();
        LocalDelivery first = LocalDelivery.to(JdbcStateMachine.open(database, accounts));
        deliver(first, 0, "ann 1");
        LocalDelivery second = LocalDelivery.to(JdbcStateMachine.open(database, accounts));
        deliver(second, 1, "ann 1");
        Outcome outcome = deliver(first, 1, "ann 1");
        String failure = outcome.failure().orElseThrow().toString();
        assertTrue(failure.contains("another process writes to this database"), failure);
        assertEquals("ann=2 | ann=1 ann=2 |", state(first));
        assertEquals(2, first.applied().index());
    }

    @Test
    void aSnapshotIsRestoredWithItsPosition() throws IOException {
        LocalDelivery from = LocalDelivery.to(JdbcStateMachine.open(inMemory(), accounts));
        deliver(from, 0, "ann 5", "bob 3");
        byte[] snapshot = from.snapshot().orElseThrow();
        JdbcDataSource database = inMemory();
        LocalDelivery to = LocalDelivery.to(JdbcStateMachine.open(database, accounts));
        deliver(to, 0, "cyd 1");
        to.restore(snapshot, "1", from.applied());
        assertEquals(state(from), state(to));
        LocalDelivery restarted = LocalDelivery.to(JdbcStateMachine.open(database, accounts));
        assertEquals(from.applied(), restarted.applied());
        assertArrayEquals(snapshot, restarted.snapshot().orElseThrow());
    }

    @Test
    void aRestoreThatFailsLeavesTheDatabaseAsItWas() {
        JdbcDataSource database = inMemory();
        LocalDelivery delivery = LocalDelivery.to(JdbcStateMachine.open(database, accounts));
        deliver(delivery, 0, "ann 5");
        Position next = new Position(Optional.of("orders"), 9, 1);
        assertThrows(IOException.class, () -> delivery.restore("bob=x \n\n".getBytes(UTF_8), "1", next));
        LocalDelivery restarted = LocalDelivery.to(JdbcStateMachine.open(database, accounts));
        assertEquals("ann=5 | ann=1 |", state(restarted));
        assertEquals(1, restarted.applied().index());
    }

    @Test
    void whatWasAppliedWithinALostTransactionIsNeverPassedOver() {
        BreakingDatabase database = new BreakingDatabase(inMemory());
        JdbcStateMachine machine = JdbcStateMachine.open(database, accounts);
        Position first = new Position(Optional.of("orders"), 1, 1);
        Position second = new Position(Optional.of("orders"), 2, 1);
        machine.apply(new Context(first, 1, false), "ann 1".getBytes(UTF_8));
        database.breakAt(1, false);
        assertInstanceOf(
                DatabaseException.class,
                assertThrows(
                        RuntimeException.class,
                        () -> machine.apply(new Context(second, 1, false), "ann 1".getBytes(UTF_8))));
        assertThrows(
                DatabaseException.class, () -> machine.apply(new Context(second, 1, false), "ann 1".getBytes(UTF_8)));
        assertThrows(DatabaseException.class, machine::flush);
        assertEquals(Optional.of(Position.NONE), machine.applied());
    }

    @Test
    void aTableNameThatIsNoneIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> JdbcStateMachine.open(inMemory(), accounts, "position; DROP TABLE account"));
    }
}
