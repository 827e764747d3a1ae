package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Ready;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * A cluster whose whole life follows from one number. First faults of all kinds, while {@link Safety} watches every step;
 * then they stop, and the cluster must elect, commit and converge in a bounded time.
 *
 * <p>Which kinds of faults there are, how many, and how fast disks and network are, is drawn anew for each life: some
 * mistakes show only in the absence of others. A proposal is never duplicated on its way: transports deliver at most once.
 */
final class RandomCluster {
    private static final int CHAOS_EVENTS_PER_MEMBER = 1300;
    private static final int[] SIZES = {1, 3, 3, 3, 3, 5, 5, 5};
    private static final int CALM_TIMEOUTS = 40;
    private static final int QUIET_TIMEOUTS = 5;
    private static final int IN_FLIGHT_MAX = 200;

    private final SplittableRandom random;
    private final List<Member> members = new ArrayList<>();
    private final List<Boolean> up = new ArrayList<>();
    private final List<Integer> boots = new ArrayList<>();
    private final List<Sent> network = new ArrayList<>();
    private final Link[][] links;
    private final int electionTicks;
    private final Safety safety;
    private final Event[] events = Event.values();
    /** How fast each member's clock and disk are, 1 at most. */
    private final double[] clocks;

    private final double[] disks;
    private final int[] weights = new int[events.length];
    private final int weightOfAll;
    private final double loss;
    private final double duplicate;
    private final double reorder;
    private long nextId = 1;
    private long trace;

    private enum Event {
        TICK,
        DELIVER,
        READY,
        PERSIST,
        FETCH,
        PROPOSE,
        READ,
        POWER_OFF,
        POWER_ON,
        REBOOT,
        PART,
        HEAL,
        DISCONNECT
    }

    private enum Link {
        OPEN,
        /** Messages are lost. */
        CUT,
        /** Messages wait until the link is open again. */
        CLOGGED
    }

    RandomCluster(long seed) {
        random = new SplittableRandom(seed);
        int size = SIZES[random.nextInt(SIZES.length)];
        electionTicks = 4 + random.nextInt(6);
        links = new Link[size][size];
        heal();
        clocks = speeds(size);
        disks = speeds(size);
        List<MemberId> voters = IntStream.range(0, size)
                .mapToObj(rank -> new MemberId("m" + rank))
                .toList();
        for (MemberId self : voters) {
            members.add(new Member(options(self, voters), new Disk(), random.split()));
            up.add(true);
            boots.add(0);
        }
        safety = new Safety(members);
        loss = sometimes(0.3);
        duplicate = sometimes(0.5);
        reorder = sometimes(1);
        weigh();
        weightOfAll = IntStream.of(weights).sum();
    }

    private CoreOptions options(MemberId self, List<MemberId> voters) {
        long uncommittedBytes = 200 + random.nextInt(2000);
        return new CoreOptions(
                self,
                self.name(),
                Configuration.of(voters),
                electionTicks,
                1 + random.nextInt(3),
                1 + random.nextInt(5),
                60 + random.nextInt(400),
                1 + random.nextInt(4),
                60 + random.nextInt(1000),
                uncommittedBytes,
                uncommittedBytes + random.nextInt(200),
                1 + random.nextInt(5),
                10);
    }

    /** Not at all, or up to {@code most}. */
    private double sometimes(double most) {
        return random.nextBoolean() ? 0 : random.nextDouble(most);
    }

    private double[] speeds(int size) {
        return random.doubles(size, 0.1, 2).map(speed -> Math.min(speed, 1)).toArray();
    }

    private void weigh() {
        weights[Event.TICK.ordinal()] = 50 + random.nextInt(100);
        weights[Event.DELIVER.ordinal()] = 200;
        weights[Event.READY.ordinal()] = 100 + random.nextInt(100);
        weights[Event.PERSIST.ordinal()] = 30 + random.nextInt(200);
        weights[Event.FETCH.ordinal()] = 20 + random.nextInt(100);
        weights[Event.PROPOSE.ordinal()] = 5 + random.nextInt(20);
        weights[Event.READ.ordinal()] = 5 + random.nextInt(30);
        weights[Event.POWER_OFF.ordinal()] = (int) sometimes(5);
        weights[Event.POWER_ON.ordinal()] = 10;
        weights[Event.REBOOT.ordinal()] = (int) sometimes(15);
        weights[Event.PART.ordinal()] = (int) sometimes(12);
        weights[Event.HEAL.ordinal()] = 2 + random.nextInt(6);
        weights[Event.DISCONNECT.ordinal()] = (int) sometimes(8);
    }

    /** Lives through it all; returns a number that sums up everything that happened. Throws when something is wrong. */
    long live() {
        for (int i = 0; i < CHAOS_EVENTS_PER_MEMBER * members.size(); i++) {
            happen(anyEvent());
        }
        calm();
        return trace;
    }

    // ---- faults ----

    private Event anyEvent() {
        int left = random.nextInt(weightOfAll);
        for (Event event : events) {
            left -= weights[event.ordinal()];
            if (left < 0) {
                return event;
            }
        }
        throw new AssertionError();
    }

    private void happen(Event event) {
        trace = trace * 31 + event.ordinal();
        switch (event) {
            case TICK -> with(member -> isQuick(member, clocks), this::tick);
            case DELIVER -> deliver();
            case READY -> with(member -> member.core().hasReady(), this::ready);
            case PERSIST -> with(member -> member.writing() > 0 && isQuick(member, disks), this::persist);
            case FETCH -> with(Member::fetching, Member::fetch);
            case PROPOSE -> with(member -> true, this::propose);
            case READ -> with(member -> leads(member) || random.nextInt(3) == 0, this::read);
            case POWER_OFF -> with(member -> true, member -> up.set(members.indexOf(member), false));
            case POWER_ON -> powerOn(random.nextInt(members.size()));
            case REBOOT -> with(member -> member.writing() > 0, this::reboot);
            case PART -> part();
            case HEAL -> heal();
            case DISCONNECT ->
                with(
                        member -> true,
                        member -> member.core().disconnected(anyMember().core().self()));
        }
    }

    private Member anyMember() {
        return members.get(random.nextInt(members.size()));
    }

    /** Lets something happen to one of the members to which it can happen, and checks it. */
    private void with(Predicate<Member> condition, Consumer<Member> input) {
        List<Member> able =
                members.stream().filter(this::isUp).filter(condition).toList();
        if (!able.isEmpty()) {
            change(able.get(random.nextInt(able.size())), input);
        }
    }

    private void change(Member member, Consumer<Member> input) {
        input.accept(member);
        safety.check(member);
        RaftCore core = member.core();
        trace = trace * 31 + core.role().ordinal();
        trace = trace * 31 + core.term() * 7 + core.commitIndex() * 5 + core.lastIndex() * 3 + core.durableIndex();
    }

    private boolean isQuick(Member member, double[] speeds) {
        return random.nextDouble() < speeds[members.indexOf(member)];
    }

    private static boolean leads(Member member) {
        return member.core().role() == RoleName.LEADER;
    }

    private boolean isUp(Member member) {
        return up.get(members.indexOf(member));
    }

    private void powerOn(int rank) {
        if (!up.get(rank)) {
            up.set(rank, true);
            reboot(members.get(rank));
        }
    }

    /** Of what was on its way to the disk, some may have got there. */
    private void reboot(Member member) {
        int rank = members.indexOf(member);
        boots.set(rank, boots.get(rank) + 1);
        member.restart(random.nextInt(6));
        safety.restarted(member);
    }

    /** One link fails, or all links from a member, or to it, or both; a leader's more often than others. */
    private void part() {
        List<Member> leaders = members.stream().filter(RandomCluster::leads).toList();
        int rank = members.indexOf(random.nextBoolean() || leaders.isEmpty() ? anyMember() : leaders.get(0));
        Link state = random.nextBoolean() ? Link.CUT : Link.CLOGGED;
        boolean from = random.nextBoolean();
        boolean to = random.nextBoolean();
        int only = random.nextInt(members.size());
        for (int other = 0; other < members.size(); other++) {
            links[rank][other] = from || !to && other == only ? state : links[rank][other];
            links[other][rank] = to ? state : links[other][rank];
            if (from && to && random.nextBoolean()) {
                disconnect(members.get(other), members.get(rank));
            }
        }
    }

    private void disconnect(Member member, Member peer) {
        if (isUp(member)) {
            change(member, informed -> informed.core().disconnected(peer.core().self()));
        }
    }

    private void heal() {
        for (Link[] from : links) {
            Arrays.fill(from, Link.OPEN);
        }
    }

    // ---- a member's work ----

    private void tick(Member member) {
        member.core().wallClock(random.nextInt(1000));
        member.core().tick();
    }

    private void ready(Member member) {
        Ready ready = member.ready();
        safety.handedOut(member, ready);
        send(member, ready.sendNow());
    }

    private void persist(Member member) {
        send(member, member.persist(1 + random.nextInt(member.writing())));
    }

    private void propose(Member member) {
        List<Payload> commands = IntStream.rangeClosed(0, random.nextInt(3))
                .mapToObj(i -> Payload.of(ByteBuffer.allocate(12 + random.nextInt(20))
                        .putLong(nextId)
                        .putInt(i)
                        .array()))
                .toList();
        safety.proposed(nextId, commands);
        member.core().propose(nextId++, commands);
    }

    private void read(Member member) {
        safety.asked(nextId);
        member.core().read(nextId++);
    }

    // ---- network ----

    private void send(Member member, List<Message> messages) {
        int boot = boots.get(members.indexOf(member));
        for (Message message : messages) {
            safety.sent(member, message);
            network.add(new Sent(message, member, boot));
        }
        while (network.size() > IN_FLIGHT_MAX) {
            network.remove(random.nextInt(network.size()));
        }
    }

    private void deliver() {
        if (network.isEmpty()) {
            return;
        }
        Sent sent = next(random.nextInt(network.size()));
        Member to = receiver(sent);
        Link link = links[members.indexOf(sent.by)][members.indexOf(to)];
        if (link == Link.CLOGGED) {
            return;
        }
        if (link == Link.CUT || !isUp(to) || random.nextDouble() < loss) {
            network.remove(sent);
            lost(sent);
            return;
        }
        boolean stays = random.nextDouble() < duplicate && sent.message.kind() != Message.Kind.PROPOSE_REQUEST;
        if (!stays) {
            network.remove(sent);
        }
        change(to, member -> member.core().step(sent.message));
    }

    /** The message at this position, or, unless the order does not hold, the oldest on the same way. */
    private Sent next(int position) {
        Sent sent = network.get(position);
        if (random.nextDouble() < reorder) {
            return sent;
        }
        return network.stream()
                .filter(other -> other.by == sent.by && other.message.to().equals(sent.message.to()))
                .findFirst()
                .orElseThrow();
    }

    /** Sometimes the sender's transport knows. */
    private void lost(Sent sent) {
        boolean sameBoot = boots.get(members.indexOf(sent.by)).equals(sent.boot);
        if (random.nextBoolean() && isUp(sent.by) && sameBoot) {
            change(sent.by, member -> member.core().dropped(sent.message));
        }
    }

    private Member receiver(Sent sent) {
        return members.stream()
                .filter(member -> member.core().self().equals(sent.message.to()))
                .findFirst()
                .orElseThrow();
    }

    // ---- when the faults are over ----

    private void calm() {
        heal();
        IntStream.range(0, members.size()).forEach(this::powerOn);
        long proposal = 0;
        for (int tick = 0; tick < CALM_TIMEOUTS * electionTicks; tick++) {
            if (proposal > 0 && hasConverged(proposal)) {
                stayQuiet();
                return;
            }
            if (proposal == 0 || !safety.isCommitted(proposal)) {
                proposal = nextId;
                change(anyMember(), this::propose);
            }
            pass();
        }
        throw new AssertionError("no progress without faults: " + states());
    }

    private boolean hasConverged(long proposal) {
        long last = members.get(0).core().lastIndex();
        return safety.isCommitted(proposal)
                && members.stream()
                        .map(Member::core)
                        .allMatch(core -> core.lastIndex() == last && core.deliverableIndex() == last);
    }

    /** Without faults nobody campaigns. */
    private void stayQuiet() {
        long term = members.get(0).core().term();
        for (int tick = 0; tick < QUIET_TIMEOUTS * electionTicks; tick++) {
            pass();
        }
        if (members.stream().anyMatch(member -> member.core().term() != term)) {
            throw new AssertionError("an election without any fault: " + states());
        }
    }

    /** One tick for everybody, and all the work that comes of it. */
    private void pass() {
        members.forEach(member -> change(member, this::tick));
        int left = 200 * members.size() * members.size();
        while (!isIdle()) {
            if (left-- == 0) {
                throw new AssertionError("the members never come to rest: " + states());
            }
            work();
        }
    }

    private boolean isIdle() {
        return network.isEmpty()
                && members.stream()
                        .noneMatch(member -> member.core().hasReady() || member.writing() > 0 || member.fetching());
    }

    private void work() {
        with(member -> member.core().hasReady(), this::ready);
        with(member -> member.writing() > 0, this::persist);
        with(Member::fetching, Member::fetch);
        if (!network.isEmpty()) {
            Sent sent = network.remove(0);
            change(receiver(sent), member -> member.core().step(sent.message));
        }
    }

    private List<String> states() {
        return members.stream()
                .map(member -> "\n  " + member.core().self() + " " + Prose.state(member.core()))
                .toList();
    }

    private record Sent(Message message, Member by, int boot) {}
}
