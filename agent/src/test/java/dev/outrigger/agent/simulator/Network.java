package dev.outrigger.agent.simulator;

import dev.outrigger.agent.core.message.Control;
import dev.outrigger.agent.core.message.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Carries messages between machines, each direction by itself. What is lost, doubled, late or out of order is drawn for
 * each message; who can reach whom is set from outside.
 *
 * <p>Requests that would be executed twice if they came twice are carried at most once and in order, and do not outlive
 * the connection: as the real transport does.
 */
final class Network {
    private static final double SPIKE = 60;
    /** A network that is well takes at most this part of an election timeout. */
    private static final double CALM_SHARE = 25;

    private final Timeline timeline;
    private final Swarm swarm;
    private final Coverage coverage;
    private final SplittableRandom random;
    private final List<SimNode> nodes;
    private final Link[][] links;
    private boolean calm;
    private long messages;

    Network(Timeline timeline, Swarm swarm, Coverage coverage, SplittableRandom random, List<SimNode> nodes) {
        this.timeline = timeline;
        this.swarm = swarm;
        this.coverage = coverage;
        this.random = random;
        this.nodes = nodes;
        int machines = swarm.machines();
        links = new Link[machines][machines];
        for (Link[] row : links) {
            for (int to = 0; to < machines; to++) {
                row[to] = new Link(1 + random.nextDouble() * random.nextDouble() * 3);
            }
        }
    }

    // ---- who reaches whom ----

    /** Cuts one direction until {@link #mend}; several cuts add up. */
    void cut(int from, int to) {
        links[from][to].cuts++;
    }

    void mend(int from, int to) {
        links[from][to].cuts = Math.max(0, links[from][to].cuts - 1);
    }

    /** Holds everything back until {@link #unclog}. */
    void clog(int from, int to) {
        links[from][to].clogged = true;
    }

    void unclog(int from, int to) {
        Link link = links[from][to];
        link.clogged = false;
        List<Envelope> held = link.held;
        link.held = new ArrayList<>();
        for (Envelope envelope : held) {
            deliverLater(link, envelope, delay(link));
        }
    }

    /** From now on no message is lost, doubled or out of order by chance, and all links carry again. */
    void calm() {
        calm = true;
        for (int from = 0; from < links.length; from++) {
            for (int to = 0; to < links.length; to++) {
                links[from][to].cuts = 0;
                unclog(from, to);
            }
        }
    }

    /** This machine is cut off for ever. */
    void abandon(int rank) {
        for (int other = 0; other < links.length; other++) {
            links[rank][other].cuts = Integer.MAX_VALUE / 2;
            links[other][rank].cuts = Integer.MAX_VALUE / 2;
        }
    }

    /** All ways to and from this machine take this much longer. */
    void slow(int rank, double factor) {
        for (int other = 0; other < links.length; other++) {
            links[rank][other].factor *= factor;
            links[other][rank].factor *= factor;
            links[rank][other].slow = true;
            links[other][rank].slow = true;
        }
    }

    /** Cuts this machine off until {@link #calm}, or until it may {@link #join} others again. */
    void isolate(int rank) {
        for (int other = 0; other < links.length; other++) {
            if (other != rank) {
                cut(rank, other);
                cut(other, rank);
            }
        }
    }

    /** Undoes {@link #isolate} but for the way to and from one other machine. */
    void join(int rank, int except) {
        for (int other = 0; other < links.length; other++) {
            if (other != rank && other != except) {
                mend(rank, other);
                mend(other, rank);
            }
        }
    }

    boolean isOpen(int from, int to) {
        return links[from][to].cuts == 0;
    }

    /** The connections between these two end; what is on its way in one direction is lost from some point on. */
    void reset(int one, int other) {
        links[one][other].connection++;
        links[other][one].connection++;
        tell(one, other);
        tell(other, one);
    }

    /** All connections of this machine end, since its process does. */
    void ended(int rank) {
        for (int other = 0; other < links.length; other++) {
            if (other != rank) {
                links[rank][other].connection++;
                links[other][rank].connection++;
                tell(other, rank);
            }
        }
    }

    /** Lets {@code rank} know that its connection with {@code peer} has ended, if such news can get through. */
    private void tell(int rank, int peer) {
        if (isOpen(peer, rank)) {
            SimNode node = nodes.get(rank);
            timeline.after(
                    delay(links[peer][rank]), () -> node.input(() -> node.core().disconnected(nodes.get(peer).id)));
        }
    }

    // ---- messages ----

    /** False when it was dropped for certain, and the sender's transport knows. */
    boolean send(SimNode from, Message message, int to, String toDisk) {
        Link link = links[from.rank][to];
        boolean noticed = swarm.isOn(FaultKind.DROP_NOTICE) && random.nextInt(2) == 0;
        if (link.cuts > 0) {
            coverage.message(message.kind(), Coverage.Fate.LOST);
            return !noticed;
        }
        if (!calm && random.nextDouble() < swarm.share(FaultKind.DROP_NOTICE) * 0.3) {
            coverage.fault(FaultKind.DROP_NOTICE, from.role());
            coverage.message(message.kind(), Coverage.Fate.LOST);
            return false;
        }
        if (!calm && random.nextDouble() < swarm.share(FaultKind.LOSS)) {
            coverage.fault(FaultKind.LOSS, from.role());
            coverage.message(message.kind(), Coverage.Fate.LOST);
            return true;
        }
        if (calm && link.slow && message instanceof Message.VoteRequest request && request.transfer()) {
            // Whoever gets it believes that the leader wants to hand over; years later that would still be an election.
            return true;
        }
        Envelope envelope = new Envelope(
                from.rank, from.storageId(), from.committedConfigurationIndex(), to, toDisk, link.connection, message);
        carry(link, envelope, from);
        return true;
    }

    private void carry(Link link, Envelope envelope, SimNode from) {
        messages++;
        if (link.clogged) {
            link.held.add(envelope);
            return;
        }
        long delay = delay(link);
        if (!calm && !isOnce(envelope.message) && random.nextDouble() < swarm.share(FaultKind.DELAY_SPIKE)) {
            coverage.fault(FaultKind.DELAY_SPIKE, from.role());
            delay += (long) (random.nextDouble() * random.nextDouble() * SPIKE * swarm.electionMicros);
            timeline.after(delay, () -> arrive(envelope));
        } else if (!calm && !isOnce(envelope.message) && random.nextDouble() < swarm.share(FaultKind.REORDER)) {
            coverage.fault(FaultKind.REORDER, from.role());
            long late = (long) (delay * (1 + 5 * random.nextDouble()));
            timeline.after(late, () -> arrive(envelope));
        } else {
            deliverLater(link, envelope, delay);
        }
        if (!calm && !isOnce(envelope.message) && random.nextDouble() < swarm.share(FaultKind.DUPLICATE)) {
            coverage.fault(FaultKind.DUPLICATE, from.role());
            coverage.message(envelope.message.kind(), Coverage.Fate.DUPLICATED);
            timeline.after((long) (delay * (1 + 20 * random.nextDouble())), () -> arrive(envelope));
        }
    }

    private void deliverLater(Link link, Envelope envelope, long delay) {
        long at = Math.max(link.lastArrival, timeline.nowMicros() + delay);
        link.lastArrival = at;
        timeline.after(at - timeline.nowMicros(), () -> arrive(envelope));
    }

    private void arrive(Envelope envelope) {
        Link link = links[envelope.from][envelope.to];
        SimNode node = nodes.get(envelope.to);
        boolean over = isOnce(envelope.message) && envelope.connection != link.connection;
        if (link.cuts > 0 || over || calm && changesMembers(envelope.message) || !node.isUp()) {
            coverage.message(envelope.message.kind(), Coverage.Fate.LOST);
            return;
        }
        if (envelope.message.term() < node.core().term()) {
            coverage.message(envelope.message.kind(), Coverage.Fate.DELAYED_OVER_TERM);
        }
        node.receive(envelope);
    }

    /** What would make the cluster need others than those that were healed: no operator asks for it once all is calm. */
    private static boolean changesMembers(Message message) {
        return message instanceof Message.ControlRequest request && request.control() instanceof Control.ChangeMembers;
    }

    boolean isCalm() {
        return calm;
    }

    static boolean isOnce(Message message) {
        return switch (message.kind()) {
            case PROPOSE_REQUEST, PROPOSE_RESPONSE, CONTROL_REQUEST, CONTROL_RESPONSE -> true;
            default -> false;
        };
    }

    private long delay(Link link) {
        double normal = random.nextGaussian();
        double delay = swarm.delayMicros * link.factor * Math.exp(swarm.delaySigma * normal);
        return 1 + (long) (calm && !link.slow ? Math.min(delay, swarm.electionMicros / CALM_SHARE) : delay);
    }

    /** How many messages were carried. */
    long messages() {
        return messages;
    }

    /**
     * A message on its way.
     *
     * @param fromDisk storage id of the sender
     * @param configurationIndex index of the latest configuration that the sender knows to be committed
     * @param toDisk storage id that the sender takes the receiver to have
     * @param connection which connection of this direction carries it
     */
    record Envelope(
            int from,
            String fromDisk,
            long configurationIndex,
            int to,
            String toDisk,
            long connection,
            Message message) {}

    private static final class Link {
        double factor;
        boolean slow;
        int cuts;
        boolean clogged;
        long lastArrival;
        long connection;
        List<Envelope> held = new ArrayList<>();

        Link(double factor) {
            this.factor = factor;
        }
    }
}
