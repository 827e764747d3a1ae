package dev.outrigger.agent.simulator.front;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.simulator.Timeline;
import dev.outrigger.agent.simulator.history.Call;
import dev.outrigger.agent.simulator.history.History;
import dev.outrigger.agent.simulator.history.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One client: asks for one thing after the other, and keeps the books of what it was told. In a session it asks for the
 * same command again, at any agent, until it is answered; without one it never does, but takes up something new.
 */
final class Client {
    private static final byte[] NOTHING = {};

    private final int number;
    private final Timeline timeline;
    private final RandomGenerator random;
    private final ClientOptions options;
    private final Agents agents;
    private final History history;
    private final FrontWatch watch;
    private final ValueSource values;
    /** By register, the value seen last, so that comparing finds something. */
    private final int[] seen = new int[AppState.KEYS];

    private int operations;
    private boolean calm;
    private boolean settled;
    /** Not asking for anything now; changes when it does. */
    private long thought;

    private boolean thinking;

    /** 0 for none. */
    private long session;

    private long sequence;
    private int home;
    /** What local reads must not fall behind. */
    private long token;

    /** Tells the answer that is waited for from others. */
    private long attempt;

    private int attempts;
    /** Whether an earlier attempt of this operation may have been executed. */
    private boolean doubtful;

    private @Nullable Question question;

    private boolean askedWhenCalm;
    private boolean askedForCommand;
    /** What was answered since it is calm; a cluster that only reads, or only writes, does not do. */
    private boolean commandAnswered;

    private boolean readAnswered;

    /** Values that were never used before. */
    static final class ValueSource {
        private int last;

        int next() {
            return ++last;
        }
    }

    private interface Ask {
        void at(Front front, Reply.Taker taker);
    }

    private interface End {
        void on(Reply reply);
    }

    Client(
            int number,
            Timeline timeline,
            RandomGenerator random,
            ClientOptions options,
            Agents agents,
            History history,
            FrontWatch watch,
            ValueSource values) {
        this.number = number;
        this.timeline = timeline;
        this.random = random;
        this.options = options;
        this.agents = agents;
        this.history = history;
        this.watch = watch;
        this.values = values;
        this.home = random.nextInt(agents.count());
    }

    static String registerName(int key) {
        return "r" + key;
    }

    static String listName(int key) {
        return "l" + key;
    }

    /** The name of a value in histories. */
    static String text(int value) {
        return "v" + value;
    }

    private static @Nullable String textOrNull(int value) {
        return value == 0 ? null : text(value);
    }

    void start() {
        think();
    }

    /** Finish, get one more command and one more read answered, and stop. */
    void calm() {
        calm = true;
        if (thinking) {
            think();
        } else {
            // Whatever it asked may have been asked of one who never answers.
            long thisAttempt = attempt;
            Question asked = question;
            timeline.after(options.calmWaitMicros(), () -> hear(thisAttempt, Reply.of(Reply.Kind.UNKNOWN), asked));
        }
    }

    boolean settled() {
        return settled;
    }

    // ---- one operation after the other ----

    private void think() {
        thinking = true;
        long thisThought = ++thought;
        if (settled || !calm && operations >= options.operationsMax()) {
            return;
        }
        boolean idle = !calm && random.nextDouble() < options.idleShare();
        long mean = Math.max(1, calm ? Math.min(20_000, options.thinkMicros()) : options.thinkMicros());
        long micros = idle ? options.idleMicros() : (long) (-Math.log(1 - random.nextDouble()) * mean);
        timeline.after(micros, () -> {
            if (thisThought == thought) {
                next();
            }
        });
    }

    private void next() {
        thinking = false;
        operations++;
        doubtful = false;
        attempts = 0;
        askedWhenCalm = calm;
        if (!agents.offered(home) || random.nextInt(30) == 0) {
            moveOn();
        }
        if (options.sessions() && session == 0 && !calm) {
            openSession();
        } else if (session != 0 && random.nextDouble() < options.closeShare()) {
            closeSession();
        } else {
            perform();
        }
    }

    private void perform() {
        int draw = draw();
        askedForCommand = draw < 60;
        if (draw < 20) {
            put();
        } else if (draw < 40) {
            cas();
        } else if (draw < 60) {
            append();
        } else if (draw < 80) {
            get();
        } else if (draw < 90) {
            readAll();
        } else {
            readLocally();
        }
    }

    /** Commands are below 60, reads that see everything below 90. */
    private int draw() {
        if (!calm) {
            return random.nextInt(100);
        }
        boolean command = readAnswered || !commandAnswered && random.nextBoolean();
        return command ? random.nextInt(60) : 60 + random.nextInt(30);
    }

    private void ended(boolean answered) {
        if (askedWhenCalm && answered) {
            commandAnswered |= askedForCommand;
            readAnswered |= !askedForCommand;
            settled = commandAnswered && readAnswered;
        }
        think();
    }

    // ---- commands ----

    private void put() {
        int key = random.nextInt(options.registers());
        int value = random.nextInt(20) == 0 ? 0 : values.next();
        int operation = history.invoke(number, registerName(key), new Call.Put(textOrNull(value)));
        command(operation, bytes(AppCommand.PUT, key, 0, value), key, value);
    }

    private void cas() {
        int key = random.nextInt(options.registers());
        int expected = seen[key];
        int value = values.next();
        int operation =
                history.invoke(number, registerName(key), new Call.Cas(textOrNull(expected), textOrNull(value)));
        command(operation, bytes(AppCommand.CAS, key, expected, value), key, value);
    }

    private void append() {
        int key = random.nextInt(options.lists());
        int value = values.next();
        int operation = history.invoke(number, listName(key), new Call.Append(text(value)));
        command(operation, bytes(AppCommand.APPEND, key, 0, value), -1, value);
    }

    private byte[] bytes(byte op, int key, int expected, int value) {
        int padding = options.paddingBytesMax() == 0 ? 0 : random.nextInt(options.paddingBytesMax());
        return AppCommand.command(op, key, expected, value, padding);
    }

    /** @param register whose value will be known when it is done; -1 for none */
    private void command(int operation, byte[] body, int register, int value) {
        long inSession = session;
        Payload envelope = inSession == 0 ? Envelope.plain(body) : Envelope.command(inSession, nextSequence(), body);
        ask(inSession != 0, (front, taker) -> front.submit(envelope, taker), reply -> {
            switch (reply.kind()) {
                case OK:
                    token = Math.max(token, reply.index());
                    if (register >= 0) {
                        boolean other = body[0] == AppCommand.CAS && reply.result()[0] == AppCommand.VALUE;
                        seen[register] = other ? AppCommand.number(reply.result()) : value;
                    }
                    history.ok(operation, result(reply.result()));
                    ended(true);
                    break;
                case CONFLICT, FORGOTTEN:
                    watch.violation("client " + number + " was told " + reply.kind() + " to command " + sequence
                            + " of session " + inSession);
                    break;
                case EXPIRED:
                    session = 0;
                    giveUp(operation);
                    break;
                case NONE, OVERLOADED:
                    giveUp(operation);
                    break;
                case UNKNOWN, RESULT_LOST:
                    doubtful = true;
                    // Its number may or may not be used now.
                    session = 0;
                    giveUp(operation);
                    break;
            }
        });
    }

    /** Numbers may be left out: those of commands that were given up are. */
    private long nextSequence() {
        sequence += random.nextDouble() < options.leapShare() ? 2 + random.nextInt(4) : 1;
        return sequence;
    }

    private void giveUp(int operation) {
        if (doubtful) {
            session = 0;
            history.unknown(operation);
        } else {
            history.none(operation);
        }
        ended(false);
    }

    // ---- reads ----

    private void get() {
        int key = random.nextInt(options.registers());
        int operation = history.invoke(number, registerName(key), Call.GET);
        read(operation, AppCommand.query(AppCommand.GET, key), key);
    }

    private void readAll() {
        int key = random.nextInt(options.lists());
        int operation = history.invoke(number, listName(key), Call.READ_ALL);
        read(operation, AppCommand.query(AppCommand.READ_ALL, key), -1);
    }

    private void read(int operation, byte[] query, int register) {
        ask(true, (front, taker) -> front.read(query, taker), reply -> {
            if (reply.kind() == Reply.Kind.OK) {
                token = Math.max(token, reply.index());
                if (register >= 0) {
                    seen[register] = AppCommand.number(reply.result());
                }
                history.ok(operation, result(reply.result()));
                ended(true);
            } else {
                history.none(operation);
                ended(false);
            }
        });
    }

    private void readLocally() {
        byte[] query = AppCommand.query(AppCommand.GET, random.nextInt(options.registers()));
        long atLeast = token;
        ask(true, (front, taker) -> front.readLocally(query, atLeast, taker), reply -> {
            boolean answered = reply.kind() == Reply.Kind.OK;
            if (answered && reply.index() < atLeast) {
                watch.violation("client " + number + " read at " + reply.index() + " after " + atLeast);
            }
            token = Math.max(token, reply.index());
            ended(answered);
        });
    }

    private static Result result(byte[] result) {
        switch (result[0]) {
            case AppCommand.VALUE:
                return new Result.Value(textOrNull(AppCommand.number(result)));
            case AppCommand.SWAPPED:
                return Result.SWAPPED;
            case AppCommand.LENGTH:
                return new Result.Length(AppCommand.number(result));
            default:
                List<String> list = new ArrayList<>((result.length - 1) / 4);
                for (int at = 1; at < result.length; at += 4) {
                    list.add(text(Bytes.getInt(result, at)));
                }
                return new Result.Values(list);
        }
    }

    // ---- sessions ----

    private void openSession() {
        ask(true, (front, taker) -> front.submit(Envelope.open(options.sessionMillis()), taker), reply -> {
            if (reply.kind() == Reply.Kind.OK) {
                session = reply.index();
                sequence = 0;
                doubtful = false;
                attempts = 0;
                perform();
            } else {
                think();
            }
        });
    }

    private void closeSession() {
        Payload envelope = Envelope.close(session);
        session = 0;
        ask(false, (front, taker) -> front.submit(envelope, taker), reply -> think());
    }

    // ---- asking, and asking again ----

    /** What is asked of an agent, and what its end is. */
    private record Question(boolean repeatable, Ask ask, End end) {}

    /** @param repeatable whether it may be asked again, even if it may have been executed */
    private void ask(boolean repeatable, Ask ask, End end) {
        ask(new Question(repeatable, ask, end));
    }

    private void ask(Question asked) {
        question = asked;
        attempts++;
        long thisAttempt = ++attempt;
        Reply.Taker taker = reply -> {
            if (random.nextDouble() >= options.lostShare()) {
                timeline.after(travel(), () -> hear(thisAttempt, reply, asked));
            }
        };
        timeline.after(
                calm ? options.calmWaitMicros() : options.waitMicros(),
                () -> hear(thisAttempt, Reply.of(Reply.Kind.UNKNOWN), asked));
        if (random.nextDouble() >= options.lostShare()) {
            int rank = home;
            timeline.after(travel(), () -> arrive(rank, asked.ask(), taker));
        }
    }

    private void arrive(int rank, Ask ask, Reply.Taker taker) {
        Front front = agents.front(rank);
        if (front == null) {
            taker.take(Reply.of(Reply.Kind.NONE));
        } else if (front.host().isResponsive()) {
            ask.at(front, taker);
        } else {
            // Its process is frozen: it will hear this later, or never.
            front.host().after(0, () -> ask.at(front, taker));
        }
    }

    private void hear(long ofAttempt, Reply reply, @Nullable Question asked) {
        if (ofAttempt != attempt || asked == null) {
            return;
        }
        attempt++;
        if (reply.kind() == Reply.Kind.UNKNOWN || reply.kind() == Reply.Kind.RESULT_LOST) {
            doubtful = true;
        }
        if (asked.repeatable() && isOpen(reply.kind()) && attempts < options.attemptsMax()) {
            timeline.after(random.nextLong(options.calmWaitMicros() / 10), () -> {
                moveOn();
                ask(asked);
            });
        } else {
            asked.end().on(reply);
        }
    }

    private static boolean isOpen(Reply.Kind kind) {
        return switch (kind) {
            case NONE, OVERLOADED, UNKNOWN, RESULT_LOST -> true;
            case OK, EXPIRED, CONFLICT, FORGOTTEN -> false;
        };
    }

    private void moveOn() {
        int offered = 0;
        for (int rank = 0; rank < agents.count(); rank++) {
            offered += agents.offered(rank) ? 1 : 0;
        }
        int choice = offered == 0 ? 0 : random.nextInt(offered);
        for (int rank = 0; rank < agents.count(); rank++) {
            if (agents.offered(rank) && choice-- == 0) {
                home = rank;
                return;
            }
        }
    }

    private long travel() {
        return 1 + random.nextLong(options.travelMicros());
    }
}
