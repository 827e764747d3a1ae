package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Ready;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * Members {@code a}, {@code b}, {@code c} ... and the messages between them. Nothing happens unless the test says so, and
 * chance is foreseeable: of 10 to 19 ticks of election timeout {@code a} waits 10, {@code b} 12, {@code c} 14, and so on.
 * What happens is told line by line in a journal.
 */
final class Cluster {
    static final int ELECTION_TICKS = 10;
    static final int HEARTBEAT_TICKS = 3;
    private static final int SETTLE_TURNS_MAX = 1000;

    final Map<String, Member> members = new TreeMap<>();
    private final List<Message> network = new ArrayList<>();
    private final List<Message> held = new ArrayList<>();
    private final Set<String> cuts = new TreeSet<>();
    private final Consumer<String> journal;

    Cluster(int size) {
        this(size, options -> options, line -> {});
    }

    Cluster(int size, UnaryOperator<CoreOptions> adjust, Consumer<String> journal) {
        this(size, 0, adjust, journal);
    }

    /** @param spares so many more that are no members yet, with the next names */
    Cluster(int size, int spares, UnaryOperator<CoreOptions> adjust, Consumer<String> journal) {
        this.journal = journal;
        List<MemberId> all = new ArrayList<>();
        for (int rank = 0; rank < size + spares; rank++) {
            all.add(new MemberId(String.valueOf((char) ('a' + rank))));
        }
        for (MemberId self : all) {
            CoreOptions options = CoreOptions.of(self, all.subList(0, size)).withTicks(ELECTION_TICKS, HEARTBEAT_TICKS);
            RandomGenerator chance = new Foreseeable(all.indexOf(self));
            members.put(self.name(), new Member(adjust.apply(options), new Disk(), chance));
        }
    }

    Member member(String name) {
        Member member = members.get(name);
        if (member == null) {
            throw new IllegalArgumentException("no member " + name);
        }
        return member;
    }

    RaftCore core(String name) {
        return member(name).core();
    }

    /** Gives the member an input, and tells how that changed its place in the cluster. */
    void input(String name, Consumer<RaftCore> input) {
        RaftCore core = core(name);
        String roleBefore = Prose.role(core);
        Configuration configurationBefore = core.configuration();
        long commitBefore = core.commitIndex();
        input.accept(core);
        if (!Prose.role(core).equals(roleBefore)) {
            journal.accept(name + " is " + Prose.role(core));
        }
        if (!core.configuration().equals(configurationBefore)) {
            journal.accept(name + " has the members " + Prose.of(core.configuration()));
        }
        if (core.commitIndex() != commitBefore) {
            journal.accept(name + " commits up to " + core.commitIndex());
        }
    }

    // ---- time and disk ----

    void tick(String name, int ticks) {
        for (int i = 0; i < ticks; i++) {
            input(name, RaftCore::tick);
        }
    }

    /** Takes the member's next Ready, and sends what needs no disk. */
    Ready ready(String name) {
        Ready ready = member(name).ready();
        Prose.of(ready).forEach(line -> journal.accept(name + " " + line));
        network.addAll(ready.sendNow());
        return ready;
    }

    /** Makes the oldest Readys durable, and sends what waited for that. */
    void persist(String name, int readies) {
        List<Message> released = new ArrayList<>();
        input(name, core -> released.addAll(member(name).persist(readies)));
        released.forEach(message -> journal.accept(name + " send " + Prose.of(message)));
        network.addAll(released);
    }

    void persist(String name) {
        persist(name, member(name).writing());
    }

    /** Reads what the member wanted to have read from its log. */
    void fetch(String name) {
        input(name, core -> member(name).fetch());
    }

    // ---- network ----

    /** What is on its way from one to the other, oldest first. */
    List<Message> inFlight(String from, String to) {
        return network.stream()
                .filter(message -> message.from().name().equals(from))
                .filter(message -> message.to().name().equals(to))
                .toList();
    }

    void deliver(String from, String to) {
        inFlight(from, to).forEach(this::deliver);
    }

    /** Delivers a message, unless its way is cut: then it is lost. */
    void deliver(Message message) {
        network.remove(message);
        arrive(message);
    }

    /** Delivers a message that stays on its way too. */
    void arrive(Message message) {
        if (cuts.contains(message.from() + "->" + message.to())) {
            journal.accept("lost: " + Prose.of(message));
        } else {
            journal.accept(Prose.of(message));
            input(message.to().name(), core -> core.step(message));
        }
    }

    void drop(Message message) {
        network.remove(message);
        journal.accept("lost: " + Prose.of(message));
    }

    /** Drops a message, and the sender's transport knows. */
    void bounce(Message message) {
        network.remove(message);
        journal.accept("bounced: " + Prose.of(message));
        input(message.from().name(), core -> core.dropped(message));
    }

    /** Something on the way keeps a message until {@link #release}. */
    void hold(Message message) {
        network.remove(message);
        held.add(message);
        journal.accept("held: " + Prose.of(message));
    }

    void release() {
        network.addAll(held);
        held.clear();
    }

    /** From now on nothing gets from one to the other; the way back is another matter. */
    void cut(String from, String to) {
        cuts.add(from + "->" + to);
    }

    void isolate(String name) {
        members.keySet().forEach(other -> {
            cut(name, other);
            cut(other, name);
        });
    }

    void heal() {
        cuts.clear();
    }

    // ---- all at once ----

    /** Works until all is durable, nothing is on its way and nobody has anything to hand out. */
    void settle() {
        boolean busy = true;
        for (int turn = 0; busy; turn++) {
            if (turn > SETTLE_TURNS_MAX) {
                throw new AssertionError("the members never come to rest");
            }
            busy = false;
            for (String name : members.keySet()) {
                busy |= work(name);
            }
            busy |= !network.isEmpty();
            List.copyOf(network).forEach(this::deliver);
        }
    }

    private boolean work(String name) {
        boolean ready = core(name).hasReady();
        boolean writing = ready || member(name).writing() > 0;
        if (ready) {
            ready(name);
        }
        if (writing) {
            persist(name);
        }
        boolean fetching = member(name).fetching();
        fetch(name);
        return writing || fetching;
    }

    /** Has a member campaign before these voters and no others, up to their votes. */
    void campaign(String name, List<String> voters) {
        while (core(name).role() == RoleName.FOLLOWER) {
            tick(name, 1);
        }
        for (int question = 0; question < 2; question++) {
            work(name);
            voters.forEach(voter -> deliver(name, voter));
            voters.forEach(this::work);
            voters.forEach(voter -> deliver(voter, name));
        }
    }

    /** Has all forget their leader, and {@code name} elected. */
    void elect(String name) {
        for (Member member : members.values()) {
            member.core().leader().ifPresent(member.core()::disconnected);
        }
        while (core(name).role() == RoleName.FOLLOWER) {
            tick(name, 1);
        }
        settle();
    }

    private record Foreseeable(int rank) implements RandomGenerator {
        @Override
        public int nextInt(int bound) {
            return 2 * rank % bound;
        }

        @Override
        public long nextLong() {
            throw new UnsupportedOperationException("the core draws ticks only");
        }
    }
}
