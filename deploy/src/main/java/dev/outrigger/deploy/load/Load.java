package dev.outrigger.deploy.load;

import dev.outrigger.deploy.Child;
import dev.outrigger.deploy.Instance;
import dev.outrigger.deploy.LocalCluster;
import dev.outrigger.deploy.Place;
import dev.outrigger.sdk.AppServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures three agents with an application each, all on loopback and this one machine: commands/s and latency with 1, 64
 * and 256 commands in flight, by the SDK and by plain HTTP. This process is the application beside the agent that takes
 * the commands; the other two applications are processes of their own.
 */
public final class Load {
    private static final int COMMAND_BYTES = 128;
    private static final List<Integer> IN_FLIGHT = List.of(1, 64, 256);
    private static final int WARM_UP_SECONDS = 20;

    private final LocalCluster cluster;
    private final int seconds;
    private final List<Window> measured = new ArrayList<>();

    private Load(LocalCluster cluster, int seconds) {
        this.cluster = cluster;
        this.seconds = seconds;
    }

    /** Arguments: the repository, a directory for data and logs, {@code leader} or {@code follower}, seconds a point. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        boolean atLeader = arguments[2].equals("leader");
        int seconds = Integer.parseInt(arguments[3]);
        try (LocalCluster cluster =
                new LocalCluster(Path.of(arguments[0]), Path.of(arguments[1]), List.of("a", "b", "c"), Load::counter)) {
            new Load(cluster, seconds).run(atLeader);
        }
    }

    private static List<String> counter(Place place) {
        return Child.java(
                List.of("-cp", System.getProperty("java.class.path"), Counter.class.getName(), "" + place.appPort()));
    }

    private void run(boolean atLeader) throws IOException, InterruptedException {
        cluster.instances().forEach(instance -> instance.agent().start());
        Instance leader = cluster.leader();
        Instance target = atLeader ? leader : cluster.othersThan(leader).get(0);
        cluster.othersThan(target).forEach(other -> other.app().start());
        AppServer app = Counter.serve(target.place().appPort());
        try {
            cluster.awaitReady();
            measureAll(target, atLeader);
        } finally {
            app.close();
        }
        if (cluster.leader() != leader) {
            System.out.println("The leader changed during the run: do not use these figures.");
        }
    }

    private void measureAll(Instance target, boolean atLeader) throws InterruptedException {
        System.out.println("commands of " + COMMAND_BYTES + " bytes to the agent of "
                + (atLeader ? "the leader" : "a follower") + ", " + seconds + " s a point");
        System.out.println(Window.heading());
        measure(new SdkClient(target.place().apiUri()));
        measure(new HttpClient(target.place().apiUri()));
        measured.forEach(window -> System.out.println(window.json()));
    }

    private void measure(Client client) throws InterruptedException {
        byte[] command = new byte[COMMAND_BYTES];
        try (client) {
            client.drive(command, new Window(client.name(), 64, WARM_UP_SECONDS));
            for (int inFlight : IN_FLIGHT) {
                Window window = new Window(client.name(), inFlight, seconds);
                client.drive(command, window);
                System.out.println(window.row());
                measured.add(window);
            }
        }
    }
}
