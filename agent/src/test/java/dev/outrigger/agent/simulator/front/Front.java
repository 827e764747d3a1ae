package dev.outrigger.agent.simulator.front;

import dev.outrigger.agent.core.RoleName;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.core.message.ProposeReceipt.Refusal;
import dev.outrigger.agent.core.message.ReadGrant;
import dev.outrigger.agent.simulator.Host;
import dev.outrigger.agent.simulator.NodeFront;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One agent above its core, for as long as its process runs: commands and reads of its own clients, and the link to its
 * application. A command is answered when the application beside this agent has applied it, at the index and term of its
 * receipt. A read asks for a read index first, and then waits for the same application.
 */
public final class Front implements NodeFront, AppLink.Results {
    private final Host host;
    private final FrontOptions options;
    private final FrontWatch watch;
    private final AppLink link;

    private final Deque<Command> waiting = new ArrayDeque<>();
    private final Map<Long, List<Command>> proposals = new TreeMap<>();
    /** By index, those that know their place; several at one index are chained. */
    private final TreeMap<Long, Command> placed = new TreeMap<>();

    private final Map<Long, Read> asked = new TreeMap<>();
    private final List<Read> granted = new ArrayList<>();
    private int pendingCommands;
    private int pendingReads;
    private long nextId;
    private boolean pumping;
    private boolean stopped;

    private static final class Command {
        final Payload envelope;
        final Reply.Taker taker;
        boolean proposed;
        boolean answered;
        /** 0 until the receipt. */
        long index;

        long term;

        @Nullable
        Command next;

        Command(Payload envelope, Reply.Taker taker) {
            this.envelope = envelope;
            this.taker = taker;
        }
    }

    private static final class Read {
        final byte[] query;
        final Reply.Taker taker;
        /** What a linearizable read has to see at least. */
        final long acknowledgedBefore;

        boolean answered;
        /** Negative until it is known. */
        long index = -1;
        /** The question that is out; negative when none is. */
        long lastAsked = -1;

        Read(byte[] query, long acknowledgedBefore, Reply.Taker taker) {
            this.query = query;
            this.acknowledgedBefore = acknowledgedBefore;
            this.taker = taker;
        }
    }

    Front(
            Host host,
            FrontOptions options,
            LinkOptions linkOptions,
            RandomGenerator random,
            VirtualApp app,
            SessionBook book,
            FrontWatch watch) {
        this.host = host;
        this.options = options;
        this.watch = watch;
        this.nextId = host.bootEpoch() << 40;
        this.link = new AppLink(linkOptions, random, app, host, book, watch, this);
    }

    void start() {
        // Nothing may be asked of a host before its node is whole.
        host.after(0, link::start);
    }

    Host host() {
        return host;
    }

    AppLink link() {
        return link;
    }

    boolean hasStopped() {
        return stopped;
    }

    // ---- clients ----

    /** @param taker not called any more once the process has ended */
    void submit(Payload envelope, Reply.Taker taker) {
        if (pendingCommands >= options.pendingMax()) {
            watch.met(Happening.CLIENT_OVERLOADED);
            taker.take(Reply.of(Reply.Kind.OVERLOADED));
            return;
        }
        pendingCommands++;
        Command command = new Command(envelope, taker);
        waiting.add(command);
        host.after(options.waitMicros(), () -> expire(command));
        pumpLater(options.gatherMicros());
    }

    /** Sees everything that was acknowledged to anybody before now. */
    void read(byte[] query, Reply.Taker taker) {
        if (pendingReads >= options.readsMax()) {
            watch.met(Happening.CLIENT_OVERLOADED);
            taker.take(Reply.of(Reply.Kind.OVERLOADED));
            return;
        }
        pendingReads++;
        Read read = new Read(query, watch.acknowledgedIndex(), taker);
        host.after(options.waitMicros(), () -> answer(read, Reply.of(Reply.Kind.NONE)));
        askForIndex(read);
    }

    /** Sees what this agent has, if that is not older than {@code minIndex}. */
    void readLocally(byte[] query, long minIndex, Reply.Taker taker) {
        long index = link.confirmedIndex();
        if (!link.attached() || index < minIndex) {
            taker.take(Reply.of(Reply.Kind.NONE));
            return;
        }
        link.query(query, answer -> {
            if (answer instanceof AppAnswer.Queried queried) {
                taker.take(Reply.ok(index, queried.bytes()));
            } else {
                taker.take(Reply.of(Reply.Kind.NONE));
            }
        });
    }

    // ---- proposing ----

    private void pumpLater(long micros) {
        if (!pumping) {
            pumping = true;
            host.after(micros, this::pump);
        }
    }

    private void pump() {
        pumping = false;
        if (host.leader().isEmpty() && !waiting.isEmpty()) {
            pumpLater(options.holdMicros());
            return;
        }
        while (!waiting.isEmpty()) {
            List<Command> commands = new ArrayList<>(options.proposalCommandsMax());
            List<Payload> envelopes = new ArrayList<>(options.proposalCommandsMax());
            while (!waiting.isEmpty() && commands.size() < options.proposalCommandsMax()) {
                Command command = waiting.remove();
                if (!command.answered) {
                    command.proposed = true;
                    commands.add(command);
                    envelopes.add(command.envelope);
                }
            }
            if (!commands.isEmpty()) {
                long id = nextId++;
                proposals.put(id, commands);
                host.propose(id, envelopes);
            }
        }
    }

    @Override
    public void receipt(ProposeReceipt receipt) {
        List<Command> commands = proposals.remove(receipt.proposalId());
        if (commands == null) {
            return;
        }
        if (receipt.appended()) {
            long index = receipt.firstIndex();
            for (Command command : commands) {
                command.index = index++;
                command.term = receipt.entryTerm();
                place(command);
            }
        } else if (receipt.refusal() == Refusal.OVERLOADED) {
            for (Command command : commands) {
                answer(command, Reply.of(Reply.Kind.OVERLOADED));
            }
        } else {
            for (Command command : commands) {
                proposeAgain(command);
            }
        }
    }

    private void place(Command command) {
        if (command.answered) {
            return;
        }
        if (command.index <= link.confirmedIndex()) {
            // The receipt came after the entry: what the application said is not known any more.
            settleLate(command);
        } else {
            command.next = placed.put(command.index, command);
        }
    }

    private void settleLate(Command command) {
        if (command.index < host.firstIndex() || command.index > host.lastIndex()) {
            answer(command, Reply.of(Reply.Kind.UNKNOWN));
        } else if (host.termAt(command.index) != command.term) {
            lost(command);
        } else {
            answer(command, Reply.of(Reply.Kind.RESULT_LOST));
        }
    }

    private void lost(Command command) {
        watch.met(Happening.PLACE_LOST);
        if (options.trustsLostPlace()) {
            proposeAgain(command);
        } else {
            answer(command, Reply.of(Reply.Kind.UNKNOWN));
        }
    }

    private void proposeAgain(Command command) {
        command.proposed = false;
        command.index = 0;
        if (!command.answered) {
            waiting.add(command);
            pumpLater(options.holdMicros());
        }
    }

    private void expire(Command command) {
        answer(command, Reply.of(command.proposed ? Reply.Kind.UNKNOWN : Reply.Kind.NONE));
    }

    private void answer(Command command, Reply reply) {
        if (command.answered) {
            return;
        }
        command.answered = true;
        pendingCommands--;
        if (reply.kind() == Reply.Kind.OK) {
            watch.acknowledged(host.rank(), reply.index(), command.term);
        }
        command.taker.take(reply);
    }

    // ---- what the link has done ----

    @Override
    public void done(Ruling ruling, byte @Nullable [] result) {
        if (placed.isEmpty()) {
            return;
        }
        Command command = placed.remove(ruling.index());
        while (command != null) {
            if (command.term == ruling.entry.term()) {
                count(ruling, result);
                answer(command, reply(ruling, result));
            } else {
                lost(command);
            }
            command = command.next;
        }
    }

    private void count(Ruling ruling, byte @Nullable [] result) {
        if (ruling.kind == Ruling.Kind.EXPIRED) {
            watch.met(Happening.SESSION_EXPIRED);
        } else if (ruling.kind == Ruling.Kind.DUPLICATE) {
            watch.met(result == null ? Happening.DUPLICATE_WITHOUT_RESULT : Happening.DUPLICATE_ANSWERED);
        }
    }

    private static Reply reply(Ruling ruling, byte @Nullable [] result) {
        return switch (ruling.kind) {
            case APPLY, DUPLICATE ->
                result == null ? Reply.of(Reply.Kind.RESULT_LOST) : Reply.ok(ruling.index(), result);
            case SESSION_OPENED, SESSION_CLOSED -> Reply.ok(ruling.index(), new byte[0]);
            case EXPIRED -> Reply.of(Reply.Kind.EXPIRED);
            case CONFLICT -> Reply.of(Reply.Kind.CONFLICT);
            case FORGOTTEN -> Reply.of(Reply.Kind.FORGOTTEN);
            case NOTHING -> throw new IllegalStateException("no command at " + ruling.index());
        };
    }

    @Override
    public void jumped(long index) {
        while (!placed.isEmpty() && placed.firstKey() <= index) {
            Command command = placed.pollFirstEntry().getValue();
            while (command != null) {
                answer(command, Reply.of(Reply.Kind.UNKNOWN));
                command = command.next;
            }
        }
    }

    @Override
    public void advanced() {
        host.applied(link.appIndex());
        for (int i = 0; i < granted.size(); i++) {
            Read read = granted.get(i);
            if (read.answered || read.index <= link.confirmedIndex()) {
                granted.set(i, granted.get(granted.size() - 1));
                granted.remove(granted.size() - 1);
                i--;
                ask(read);
            }
        }
    }

    // ---- reading ----

    private void askForIndex(Read read) {
        if (read.answered) {
            return;
        }
        long id = nextId++;
        asked.put(id, read);
        read.lastAsked = id;
        host.read(id);
        // The answer may be lost on the way; if it is only late it still counts.
        host.after(4 * options.holdMicros(), () -> {
            if (read.lastAsked == id && read.index < 0) {
                askForIndex(read);
            }
        });
    }

    @Override
    public void granted(ReadGrant grant) {
        Read read = asked.remove(grant.readId());
        if (read == null || read.index >= 0) {
            return;
        }
        if (!grant.granted()) {
            // A refusal of an earlier question says nothing about the one that is out: one question at a time.
            if (read.lastAsked == grant.readId()) {
                read.lastAsked = -1;
                host.after(options.holdMicros(), () -> askForIndex(read));
            }
            return;
        }
        if (grant.readIndex() < read.acknowledgedBefore) {
            watch.violation("invariant 17: member " + host.rank() + " may read at " + grant.readIndex() + ", though "
                    + read.acknowledgedBefore + " was acknowledged before");
        }
        read.index = grant.readIndex();
        serve(read);
    }

    private void serve(Read read) {
        if (link.attached() && read.index <= link.confirmedIndex()) {
            ask(read);
        } else if (!read.answered) {
            watch.met(Happening.READ_WAITED);
            granted.add(read);
        }
    }

    private void ask(Read read) {
        if (read.answered) {
            return;
        }
        link.query(read.query, answer -> {
            if (answer instanceof AppAnswer.Queried queried) {
                answer(read, Reply.ok(read.index, queried.bytes()));
            } else {
                host.after(options.holdMicros(), () -> serve(read));
            }
        });
    }

    private void answer(Read read, Reply reply) {
        if (!read.answered) {
            read.answered = true;
            pendingReads--;
            read.taker.take(reply);
        }
    }

    // ---- the rest ----

    @Override
    public void deliverable() {
        link.wake();
    }

    @Override
    public void leadership(RoleName role, long term, Optional<MemberId> leader) {
        if (leader.isPresent() && !waiting.isEmpty()) {
            host.after(0, this::pump);
        }
    }

    @Override
    public void snapshotWanted() {
        link.takeSnapshot();
    }

    /** Whoever waits hears that the connection broke. */
    @Override
    public void stopped() {
        stopped = true;
        link.close();
        for (Command command : waiting) {
            answer(command, Reply.of(Reply.Kind.UNKNOWN));
        }
        proposals.values().forEach(list -> list.forEach(command -> answer(command, Reply.of(Reply.Kind.UNKNOWN))));
        jumped(Long.MAX_VALUE);
    }
}
