package dev.outrigger.sdk.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outrigger.sdk.ExportedLog;
import dev.outrigger.sdk.LoggedCommand;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Checks that a state machine gives the same results and comes to the same state wherever its commands are applied:
 *
 * <pre>{@code
 * StateMachineCheck.of(MyMachine::new).commands("+1", "+1", "-1").run();
 * }</pre>
 *
 * <p>Several replicas apply the same commands: at the same moment, later, replaying, in other deliveries of which some
 * come twice, restored from each other's snapshots at random points, in another JVM with another time zone and locale, and,
 * where the state is durable, through crashes and restarts. Results are compared after every command; so are snapshots and
 * the answers to {@link #queries}, so give some, or what differs silently shows late. Of more than 2000 commands the state
 * is first compared now and then, and closely only where it differs.
 *
 * <p>The first command after which two replicas differ ends in {@link StateMachineDiffersError}, which tells the command,
 * both sides, the likely reason and the seed that repeats it. A check takes about two seconds, one of which is spent
 * waiting so that a clock that counts seconds shows; what depends on the day of the week does not.
 *
 * <p>Everything happens on the calling thread. Not for use by several threads.
 */
public final class StateMachineCheck {
    static final String SEED_PROPERTY = "outrigger.check.seed";

    private static final int ROUNDS = 5;
    private static final Duration LATER = Duration.ofMillis(1_100);
    private static final long FIRST_TIME_MILLIS = 1_700_000_000_000L;
    private static final int STEP_MILLIS_MAX = 10_000;

    private final Lab lab;
    private Function<SplittableRandom, List<LoggedCommand>> commands = random -> List.of();
    private final List<byte[]> queries = new ArrayList<>();
    private long seed = Long.getLong(SEED_PROPERTY, System.nanoTime() & 0xffff_ffffL);
    private int rounds = ROUNDS;
    private Duration later = LATER;
    private boolean otherJvm = true;

    private StateMachineCheck(Serializable factory) {
        this.lab = Lab.of(factory);
    }

    /** @param factory makes a new state machine in its first state, each time another one */
    public static StateMachineCheck of(MachineFactory factory) {
        return new StateMachineCheck(factory);
    }

    /** For a state machine that answers {@code applied()} from a store. Each replica has a directory of its own. */
    public static StateMachineCheck ofDurable(DurableFactory factory) {
        return new StateMachineCheck(factory);
    }

    /** Commands as UTF-8 text, in this order. */
    public StateMachineCheck commands(String... texts) {
        return commands(Stream.of(texts).map(text -> text.getBytes(UTF_8)).toList());
    }

    /** Commands in this order. Index, term and agreed time are made from the seed. */
    public StateMachineCheck commands(List<byte[]> list) {
        List<byte[]> given = List.copyOf(list);
        commands = random -> logged(given, random);
        return this;
    }

    /**
     * So many commands from a generator, which must use no other chance than the one it is given.
     *
     * @param count up to as many as you have patience for: each is applied some 25 times
     */
    public StateMachineCheck commands(int count, Function<RandomGenerator, byte[]> generator) {
        commands = random -> logged(
                Stream.generate(() -> generator.apply(random)).limit(count).toList(), random);
        return this;
    }

    /**
     * The commands of an exported log, with their indexes, terms and times.
     *
     * @param file what {@code outrigger log export} has written
     */
    public StateMachineCheck log(Path file) {
        commands = random -> {
            try {
                return ExportedLog.read(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        return this;
    }

    /** Queries as UTF-8 text, by whose answers the state is compared besides by snapshots. */
    public StateMachineCheck queries(String... texts) {
        return queries(Stream.of(texts).map(text -> text.getBytes(UTF_8)).toList());
    }

    /** Queries by whose answers the state is compared besides by snapshots. */
    public StateMachineCheck queries(List<byte[]> list) {
        queries.addAll(list);
        return this;
    }

    /** The seed of all chance in it. Without it each run has another, and its report names it. */
    public StateMachineCheck seed(long seed) {
        this.seed = seed;
        return this;
    }

    /** How often each scenario that has chance in it is run, 5 by default. */
    public StateMachineCheck rounds(int rounds) {
        this.rounds = rounds;
        return this;
    }

    /** How much later the replica runs that is to find out clocks, 1.1 seconds by default. */
    public StateMachineCheck later(Duration later) {
        this.later = later;
        return this;
    }

    /** Starts no other JVM; what only differs there is not found. */
    public StateMachineCheck inThisJvmOnly() {
        otherJvm = false;
        return this;
    }

    /**
     * Runs it.
     *
     * @throws StateMachineDiffersError when two replicas differ
     */
    public CheckReport run() {
        CheckReport report = report();
        if (report.difference().isPresent()) {
            throw new StateMachineDiffersError(report);
        }
        return report;
    }

    /** Runs it, and throws nothing when replicas differ. */
    public CheckReport report() {
        List<LoggedCommand> list = commands.apply(new SplittableRandom(seed));
        if (list.isEmpty()) {
            throw new IllegalStateException("there are no commands to check it with");
        }
        Plan plan = new Plan(seed, rounds, later, otherJvm);
        List<String> notes = new ArrayList<>();
        Optional<Difference> difference = look(Script.of(list, queries), plan, notes);
        return new CheckReport(seed, list.size(), difference, List.copyOf(notes));
    }

    private Optional<Difference> look(Script script, Plan plan, List<String> notes) {
        Search search;
        try {
            search = new Search(lab, script, plan);
        } catch (SnapshotFailure e) {
            return Optional.of(new Diagnosis(lab, script, plan)
                    .difference(Search.snapshotFailure(Scenario.ALONE, e), Reason.SNAPSHOT_FAILS, ""));
        }
        Optional<Found> found = search.run();
        if (found.isPresent() && script.denseFrom() == Integer.MAX_VALUE) {
            Optional<Difference> closer = look(script.closer(found.get().place() + 1), plan, notes);
            if (closer.isPresent()) {
                return closer;
            }
        }
        notes.addAll(search.notes());
        return found.map(new Diagnosis(lab, script, plan, search.trace())::explain);
    }

    private static List<LoggedCommand> logged(List<byte[]> commands, SplittableRandom random) {
        List<LoggedCommand> list = new ArrayList<>(commands.size());
        long index = 0;
        long term = 1;
        long timeMillis = FIRST_TIME_MILLIS;
        for (byte[] data : commands) {
            boolean newTerm = random.nextInt(20) == 0;
            term += newTerm ? 1 : 0;
            // A leader's first entry is no command and takes an index too.
            index += newTerm ? 2 : 1;
            timeMillis += random.nextInt(STEP_MILLIS_MAX);
            list.add(new LoggedCommand(index, term, timeMillis, data));
        }
        return list;
    }
}
