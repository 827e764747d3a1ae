package dev.outrigger.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Agents and applications as processes of their own on loopback, started, killed and restarted at will. Nothing runs before
 * {@link #start}; {@link #close} kills what runs and leaves logs and data where they are.
 */
public final class LocalCluster implements AutoCloseable {
    private static final Duration READY_MAX = Duration.ofSeconds(90);
    private static final Duration LEADER_MAX = Duration.ofSeconds(90);

    private final Path agentJar;
    private final Path directory;
    private final Function<Place, List<String>> application;
    private final AgentExtras extras;
    private final List<Instance> instances;

    /**
     * What agents are given besides where everything is.
     *
     * @param java options of their Java machines
     * @param flags of the command {@code agent}
     */
    public record AgentExtras(List<String> java, List<String> flags) {
        public static final AgentExtras NONE = new AgentExtras(List.of(), List.of());
    }

    /** Agents as they come. */
    public LocalCluster(
            Path repository, Path directory, List<String> names, Function<Place, List<String>> application) {
        this(repository, directory, names, application, AgentExtras.NONE);
    }

    /**
     * @param repository where the jars were built
     * @param directory for data and logs; what it held before is deleted
     * @param names of the members
     * @param application the command line of the application at a place
     * @param extras for every agent
     */
    public LocalCluster(
            Path repository,
            Path directory,
            List<String> names,
            Function<Place, List<String>> application,
            AgentExtras extras) {
        this.extras = extras;
        this.agentJar = repository.resolve("agent/target/outrigger.jar").toAbsolutePath();
        this.directory = directory;
        this.application = application;
        delete(directory);
        int firstPort = Ports.block(names.size() * Place.PORTS);
        List<Place> places = IntStream.range(0, names.size())
                .mapToObj(i -> new Place(names.get(i), directory.resolve(names.get(i)), firstPort + i * Place.PORTS))
                .toList();
        this.instances = new ArrayList<>(
                places.stream().map(place -> instance(place, places)).toList());
    }

    /** The key-value example beside every agent. */
    public static LocalCluster ofKv(Path repository, Path directory, String... names) {
        return ofKv(repository, directory, AgentExtras.NONE, names);
    }

    /** The same, with extras for every agent. */
    public static LocalCluster ofKv(Path repository, Path directory, AgentExtras extras, String... names) {
        String jar = examplesJar(repository);
        return new LocalCluster(repository, directory, List.of(names), place -> kv(jar, place), extras);
    }

    private static List<String> kv(String jar, Place place) {
        return Child.java(List.of(
                "-jar",
                jar,
                "kv",
                "--port",
                "" + place.appPort(),
                "--agent",
                place.apiUri().toString()));
    }

    /** Where the example applications in Java were built. */
    public static String examplesJar(Path repository) {
        return repository
                .resolve("sdk-java/examples/target/outrigger-examples.jar")
                .toString();
    }

    /** One more, not yet started, whose agent lists all that there are and itself. To be made a member by the operator. */
    public Instance add(String name) {
        List<Place> places =
                new ArrayList<>(instances.stream().map(Instance::place).toList());
        Place place = new Place(name, directory.resolve(name), Ports.block(Place.PORTS));
        places.add(place);
        Instance added = instance(place, places);
        instances.add(added);
        return added;
    }

    /** Kills an instance for good. */
    public void forget(Instance instance) {
        instance.agent().kill();
        instance.app().kill();
        instances.remove(instance);
    }

    /** Kills an instance and deletes its data: its disk is gone. */
    public void wipe(Instance instance) {
        instance.agent().kill();
        instance.app().kill();
        delete(instance.place().data());
    }

    private Instance instance(Place place, List<Place> places) {
        try {
            Files.createDirectories(place.directory());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String members =
                places.stream().map(each -> each.name() + "=" + each.peer()).collect(Collectors.joining(","));
        Child agent = new Child(place.directory().resolve("agent.log"), Child.java(agent(place, members)));
        Child app = new Child(place.directory().resolve("app.log"), application.apply(place));
        return new Instance(place, agent, app);
    }

    private List<String> agent(Place place, String members) {
        List<String> command = new ArrayList<>(extras.java());
        command.addAll(outrigger(
                "agent",
                "--cluster=local",
                "--node=" + place.name(),
                "--members=" + members,
                "--data=" + place.data(),
                "--app=http://127.0.0.1:" + place.appPort(),
                "--api=" + place.api(),
                "--peer=" + place.peer(),
                "--ops=" + place.ops()));
        command.addAll(extras.flags());
        return command;
    }

    private List<String> outrigger(String... arguments) {
        return Stream.concat(Stream.of("-jar", agentJar.toString()), Stream.of(arguments))
                .toList();
    }

    /** A process {@code outrigger ...} that is not part of the cluster, not yet started; {@code name} is for its log. */
    public Child outrigger(String name, List<String> arguments) {
        return new Child(directory.resolve(name + ".log"), Child.java(outrigger(arguments.toArray(String[]::new))));
    }

    public List<Instance> instances() {
        return instances;
    }

    /** Starts every process that does not run. */
    public void start() {
        processes().filter(process -> !process.isAlive()).forEach(Child::start);
    }

    /** Kills every process at once, as a power cut of all machines would. */
    public void kill() {
        List<Child> running = processes().filter(Child::isAlive).toList();
        running.forEach(Child::sendKill);
        running.forEach(Child::exitCode);
    }

    /** Returns when every member says that it can serve. */
    public void awaitReady() {
        for (Instance instance : instances) {
            try {
                Await.until(instance + " is ready", READY_MAX, instance::isReady);
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + "; " + instance.readiness(), e);
            }
        }
    }

    /** The member that says that it leads; waits for one. */
    public Instance leader() {
        return Await.value(
                "a leader",
                LEADER_MAX,
                () -> instances.stream().filter(Instance::isLeader).findFirst());
    }

    /** Everyone but {@code one}. */
    public List<Instance> othersThan(Instance one) {
        List<Instance> others = new ArrayList<>(instances);
        others.remove(one);
        return others;
    }

    @Override
    public void close() {
        kill();
    }

    private static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Stream<Child> processes() {
        return instances.stream().flatMap(instance -> Stream.of(instance.agent(), instance.app()));
    }
}
