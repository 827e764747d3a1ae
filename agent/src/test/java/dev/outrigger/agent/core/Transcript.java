package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Configuration.Standing;
import dev.outrigger.agent.core.message.Control.ChangeMembers;
import dev.outrigger.agent.core.message.Control.Transfer;
import dev.outrigger.agent.core.message.Fitness;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.MemberChange;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Payload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Plays the commands of a transcript and writes down what the members did. A transcript is blocks of commands, each
 * followed by {@code ----} and what came of it; comments start with {@code #}. The commands:
 *
 * <pre>
 * cluster 3 [entries=n] [inflight=n] [uncommitted=bytes] [tail=bytes] [reads=n] [chunk=bytes] [spares=n]
 * disk a [term=3] [vote=b] [log=1,1] [as=2]
 *                                     a comes back with this disk, its second; the log is given by its entries' terms
 * tick a [n]                          time passes for a
 * propose a x y                       clients of a propose x and y
 * read a                              a client of a asks for a read index
 * ready a                             a's next Ready; what needs no disk is on its way
 * persist a [n]                       a's oldest n Readys (all) are durable; what waited for that is on its way
 * deliver a b [n]                     the oldest n messages (all) from a arrive at b
 * again a b                           the oldest arrives, and stays on its way: a duplicate
 * drop a b [n]                        they are lost, and nobody is told
 * bounce a b [n]                      they are lost, and a's transport says so
 * hold a b [n] | release              they are stuck on the way; all that is held goes on
 * cut a b | isolate a | heal          nothing gets from a to b; from and to a; all is well again
 * disconnect a b                      a's connection with b ends
 * restart a [kept]                    the power goes; the first n pieces on their way to the disk have reached it
 * fetch a                             what a asked for has been read, what it received has been put aside
 * transfer a [b]                      an operator of a wants b (anybody) to lead
 * members a voter d learner e no b    an operator of a wants other members; voter d:2 is d with its second disk
 * snapshot a 7 [keep=n] [bytes=n]     a takes a snapshot at index 7, and keeps the last n (no) entries before its end
 * prefer a b 2                        a hears that b should lead with this priority
 * near a b                            b runs in a's zone
 * fit a b FIT                         a hears from b that it is FIT, UNKNOWN or AILING; of itself from its own driver
 * campaign a b c                      a's time is up, and it asks b and c for their votes, which arrive
 * settle                              all that is left to do, until nothing is
 * show [a] | log a                    state of a, or of all; its entries
 * quietly ...                         any of these, without writing down what comes of it
 * </pre>
 */
final class Transcript {
    private final List<String> output = new ArrayList<>();
    private Cluster cluster = new Cluster(1);
    private long nextId = 1;
    private boolean quiet;

    /** The same transcript, with what happens now. */
    static String replay(String text) {
        Transcript transcript = new Transcript();
        StringBuilder replayed = new StringBuilder();
        boolean expectation = false;
        for (String line : text.split("\n", -1)) {
            if (expectation && !line.isBlank()) {
                continue;
            }
            expectation = line.equals("----");
            if (!line.isBlank() && !line.startsWith("#") && !expectation) {
                transcript.play(line);
            }
            replayed.append(line).append('\n');
            if (expectation) {
                transcript.output.forEach(came -> replayed.append(came).append('\n'));
                transcript.output.clear();
            }
        }
        return replayed.substring(0, replayed.length() - 1);
    }

    private void play(String line) {
        List<String> words = Arrays.asList(line.trim().split(" +"));
        quiet = words.get(0).equals("quietly");
        try {
            play(quiet ? words.subList(1, words.size()) : words);
        } catch (InvariantViolation violation) {
            write("STOPPED: " + violation.getMessage());
        }
    }

    private void play(List<String> words) {
        String name = words.size() > 1 ? words.get(1) : "";
        String other = words.size() > 2 ? words.get(2) : "";
        List<String> rest = words.subList(Math.min(2, words.size()), words.size());
        switch (words.get(0)) {
            case "cluster" ->
                cluster = new Cluster(
                        Integer.parseInt(name), number(rest, "spares", 0), limits -> limits(limits, rest), this::write);
            case "disk" ->
                cluster.member(name).restart(disk(rest), name + settings(rest).getOrDefault("as", ""));
            case "tick" -> cluster.tick(name, count(rest, 0, 1));
            case "propose" -> cluster.input(name, core -> core.propose(nextId++, payloads(rest)));
            case "read" -> cluster.input(name, core -> core.read(nextId++));
            case "ready" -> ready(name);
            case "persist" ->
                cluster.persist(name, count(rest, 0, cluster.member(name).writing()));
            case "deliver" -> oldest(name, other, rest).forEach(cluster::deliver);
            case "again" -> cluster.arrive(cluster.inFlight(name, other).get(0));
            case "drop" -> oldest(name, other, rest).forEach(cluster::drop);
            case "hold" -> oldest(name, other, rest).forEach(cluster::hold);
            case "release" -> cluster.release();
            case "bounce" -> oldest(name, other, rest).forEach(cluster::bounce);
            case "cut" -> cluster.cut(name, other);
            case "isolate" -> cluster.isolate(name);
            case "heal" -> cluster.heal();
            case "disconnect" -> cluster.input(name, core -> core.disconnected(new MemberId(other)));
            case "restart" -> cluster.member(name).restart(count(rest, 0, 0));
            case "campaign" -> cluster.campaign(name, words.subList(2, words.size()));
            case "fetch" -> cluster.fetch(name);
            case "transfer" -> cluster.input(name, core -> core.control(nextId++, new Transfer(member(rest))));
            case "members" -> cluster.input(name, core -> core.control(nextId++, new ChangeMembers(changes(rest))));
            case "snapshot" -> snapshot(name, Long.parseLong(other), rest);
            case "prefer" -> cluster.core(name).priority(new MemberId(other), Integer.parseInt(rest.get(1)));
            case "near" -> cluster.core(name).near(new MemberId(other), true);
            case "fit" -> cluster.input(name, core -> core.fitness(new MemberId(other), Fitness.valueOf(rest.get(1))));
            case "settle" -> cluster.settle();
            case "show" -> show(name.isEmpty() ? cluster.members.keySet() : List.of(name));
            case "log" -> write(name + " has " + Prose.log(cluster.core(name)));
            default -> throw new IllegalArgumentException("unknown command: " + String.join(" ", words));
        }
    }

    private void ready(String name) {
        if (cluster.core(name).hasReady()) {
            cluster.ready(name);
        } else {
            write(name + " has nothing to hand out");
        }
    }

    private void snapshot(String name, long index, List<String> words) {
        List<String> settings = words.subList(1, words.size());
        long firstKept = index + 1 - number(settings, "keep", 0);
        cluster.member(name).takeSnapshot(index, firstKept, number(settings, "bytes", 25));
    }

    private void show(Iterable<String> names) {
        names.forEach(name -> write(name + " " + Prose.state(cluster.core(name))));
    }

    private void write(String line) {
        if (!quiet) {
            output.add(line);
        }
    }

    private List<Message> oldest(String from, String to, List<String> words) {
        List<Message> all = cluster.inFlight(from, to);
        return all.subList(0, count(words, 1, all.size()));
    }

    // ---- words ----

    private static int count(List<String> words, int position, int otherwise) {
        return words.size() > position ? Integer.parseInt(words.get(position)) : otherwise;
    }

    private static int number(List<String> words, String setting, int otherwise) {
        return Integer.parseInt(settings(words).getOrDefault(setting, "" + otherwise));
    }

    private static Optional<MemberId> member(List<String> words) {
        return words.stream().findFirst().map(MemberId::new);
    }

    private static List<MemberChange> changes(List<String> words) {
        List<MemberChange> changes = new ArrayList<>();
        for (int i = 0; i < words.size(); i += 2) {
            String[] nameAndDisk = words.get(i + 1).split(":");
            MemberId id = new MemberId(nameAndDisk[0]);
            changes.add(
                    words.get(i).equals("no")
                            ? MemberChange.remove(id)
                            : MemberChange.put(new Configuration.Member(
                                    id,
                                    id + (nameAndDisk.length > 1 ? nameAndDisk[1] : ""),
                                    id.name(),
                                    Standing.valueOf(words.get(i).toUpperCase(Locale.ROOT)))));
        }
        return changes;
    }

    private static List<Payload> payloads(List<String> words) {
        return words.stream()
                .map(word -> Payload.of(word.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    private static Map<String, String> settings(List<String> words) {
        return words.stream()
                .map(word -> word.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }

    private static Disk disk(List<String> words) {
        Map<String, String> found = settings(words);
        Optional<MemberId> vote = Optional.ofNullable(found.get("vote")).map(MemberId::new);
        long[] terms = Arrays.stream(found.getOrDefault("log", "").split(","))
                .filter(term -> !term.isEmpty())
                .mapToLong(Long::parseLong)
                .toArray();
        return Disk.of(new HardState(Long.parseLong(found.getOrDefault("term", "0")), vote), terms);
    }

    private static CoreOptions limits(CoreOptions options, List<String> words) {
        Map<String, String> limits = settings(words);
        return new CoreOptions(
                options.self(),
                options.storageId(),
                options.formed(),
                options.electionTicks(),
                options.heartbeatTicks(),
                Integer.parseInt(limits.getOrDefault("entries", "100")),
                options.appendBytesMax(),
                Integer.parseInt(limits.getOrDefault("inflight", "100")),
                options.inflightBytesMax(),
                Long.parseLong(limits.getOrDefault("uncommitted", "10000")),
                Long.parseLong(limits.getOrDefault("tail", "10000")),
                Integer.parseInt(limits.getOrDefault("reads", "100")),
                Integer.parseInt(limits.getOrDefault("chunk", "10")));
    }
}
