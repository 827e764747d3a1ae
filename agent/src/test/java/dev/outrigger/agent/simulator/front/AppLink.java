package dev.outrigger.agent.simulator.front;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.simulator.Host;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An agent's link to the application beside it. It asks where the application stands, brings the session table to the same
 * place, and delivers from there, one batch at a time; after any doubt it asks again.
 *
 * <p>Three positions, never in another order:
 *
 * <ul>
 *   <li>{@code appIndex}: the last command that the application has certainly applied;
 *   <li>{@code confirmedIndex}: everything up to here is done with, as nothing after {@code appIndex} was for the
 *       application;
 *   <li>{@code ruledIndex}: the session table has seen everything up to here; what lies between is ruled on and under way
 *       or waiting.
 * </ul>
 *
 * <p>The table never goes back by itself. If the application has fallen back behind {@code appIndex}, the table is built
 * anew: from the latest snapshot, and from the log up to where the application is. If the snapshot is already too new for
 * that, the application gets the snapshot too.
 *
 * <p>One thread; lives as long as its agent.
 */
public final class AppLink implements AppAnswer.Listener {
    private enum Phase {
        ASKING,
        /** A timer runs, then the application is asked. */
        RESTING,
        /** A snapshot is being read. */
        LOADING,
        /** The table follows the log to where the application is. */
        FOLLOWING,
        RESTORING,
        DELIVERING,
        CLOSED
    }

    /** Who waits for results. */
    interface Results {
        /**
         * The entry is done with here.
         *
         * @param result of the application; null when there is none, or it was lost
         */
        void done(Ruling ruling, byte @Nullable [] result);

        /** Everything up to here is done with, in ways that were not seen. */
        void jumped(long index);

        /** The link has got further, or is attached again. */
        void advanced();
    }

    private final int node;
    private final LinkOptions options;
    private final RandomGenerator random;
    private final VirtualApp app;
    private final Host host;
    private final SessionBook book;
    private final FrontWatch watch;
    private final Results results;

    private final Deque<Ruling> ruled = new ArrayDeque<>();
    private Phase phase = Phase.RESTING;
    /** Tells answers that are still waited for from others. */
    private long step;

    private long doubts;
    private boolean busy;
    private long restMicros;
    private int batchCommandsMax;

    private boolean tableLoaded;
    private long ruledIndex;
    private long confirmedIndex;
    private long confirmedMillis;
    private long appIndex;
    /** Set while it is not yet known whether what the application has is committed. */
    private long awaitedIndex;

    private @Nullable Snapshot baseOf;
    private Base base = Base.EMPTY;
    private boolean snapshotWanted;
    private long snapshotAsked;

    AppLink(
            LinkOptions options,
            RandomGenerator random,
            VirtualApp app,
            Host host,
            SessionBook book,
            FrontWatch watch,
            Results results) {
        this.node = host.rank();
        this.options = options;
        this.random = random;
        this.app = app;
        this.host = host;
        this.book = book;
        this.watch = watch;
        this.results = results;
        this.restMicros = options.restMicrosMax() / 16;
        this.batchCommandsMax = options.batchCommandsMax();
    }

    // ---- for the node ----

    void start() {
        app.connect(this);
        ask();
    }

    void close() {
        phase = Phase.CLOSED;
        step++;
    }

    /** More may be deliverable, or another snapshot is there. */
    public void wake() {
        if (phase == Phase.DELIVERING && !busy) {
            deliver();
        } else if (phase == Phase.RESTING && awaitedIndex > 0 && awaitedIndex <= host.deliverableIndex()) {
            ask();
        }
    }

    /** Has a snapshot taken as soon as the application and the table are at the same place. */
    public void takeSnapshot() {
        snapshotWanted = true;
        wake();
    }

    /** Whether the application is being served. */
    public boolean attached() {
        return phase == Phase.DELIVERING;
    }

    /** Everything up to here is done with; never decreases while the link is attached. */
    public long confirmedIndex() {
        return confirmedIndex;
    }

    /** The last command that the application has certainly applied. */
    long appIndex() {
        return appIndex;
    }

    /** What it is doing, for explanations. */
    public String describe() {
        return phase + " app " + appIndex + " confirmed " + confirmedIndex + " ruled " + ruledIndex
                + (busy ? " busy" : "");
    }

    /** Asks the application; {@link AppAnswer#BROKEN} when it is in doubt whether it stood where it was thought to be. */
    void query(byte[] query, AppAnswer.Taker taker) {
        if (!attached()) {
            taker.take(AppAnswer.BROKEN);
            return;
        }
        long doubtsBefore = doubts;
        boolean[] ended = new boolean[1];
        app.query(query, heard(answer -> {
            if (!ended[0] && phase != Phase.CLOSED) {
                ended[0] = true;
                if (doubts != doubtsBefore) {
                    watch.met(Happening.QUERY_IN_DOUBT);
                }
                taker.take(doubts == doubtsBefore ? answer : AppAnswer.BROKEN);
            }
        }));
        host.after(options.callMicros(), () -> {
            if (!ended[0] && phase != Phase.CLOSED) {
                ended[0] = true;
                taker.take(AppAnswer.BROKEN);
            }
        });
    }

    @Override
    public void connectionLost() {
        host.after(0, () -> {
            if (phase != Phase.CLOSED) {
                doubt();
            }
        });
    }

    // ---- asking ----

    private void ask() {
        enter(Phase.ASKING);
        awaitedIndex = 0;
        app.info(answer(this::onInfo));
        giveUpLater();
    }

    private void onInfo(AppAnswer answer) {
        if (!(answer instanceof AppAnswer.Position position)) {
            doubt();
            return;
        }
        long index = position.index();
        if (position.cluster() != 0 && position.cluster() != options.cluster()
                || index > host.lastIndex()
                || index >= host.firstIndex() && host.termAt(index) != position.term()) {
            // Another cluster's, or this member lost its log: nothing to be done but to ask again.
            rest(options.restMicrosMax());
        } else if (index > host.deliverableIndex()) {
            // Normal after a restart of the agent: the leader will say how far the log is committed.
            awaitedIndex = index;
            watch.met(Happening.COMMIT_AWAITED);
            rest(options.restMicrosMax());
        } else {
            attach(index);
        }
    }

    private void attach(long index) {
        host.applied(index);
        if (!tableLoaded || ruledIndex + 1 < host.firstIndex() || !takeUp(index)) {
            load(index);
        } else if (ruledIndex < index) {
            follow(index);
        } else {
            beginDelivery();
        }
    }

    /** Whether the application is at one of the places that the table knows; what it has applied is done with then. */
    private boolean takeUp(long index) {
        if (index < appIndex) {
            watch.met(Happening.APP_FELL_BACK);
            return false;
        }
        if (index > appIndex && index <= ruledIndex && !isUnderWay(index)) {
            return false;
        }
        while (!ruled.isEmpty() && ruled.getFirst().index() <= index) {
            watch.met(Happening.ANSWER_LOST);
            confirm(ruled.removeFirst(), null);
        }
        confirmOthers();
        return true;
    }

    private boolean isUnderWay(long index) {
        for (Ruling ruling : ruled) {
            if (ruling.index() == index) {
                return ruling.reachesApp();
            }
        }
        return false;
    }

    // ---- the table's place ----

    private void load(long index) {
        tableLoaded = false;
        ruled.clear();
        Snapshot snapshot = host.snapshot().orElse(null);
        if (snapshot == null) {
            base = Base.EMPTY;
            baseOf = null;
            onBase(index);
        } else if (snapshot.equals(baseOf)) {
            onBase(index);
        } else {
            enter(Phase.LOADING);
            long thisStep = step;
            host.readSnapshot(snapshot, bytes -> {
                if (thisStep == step) {
                    onSnapshot(index, snapshot, bytes);
                }
            });
            giveUpLater();
        }
    }

    private void onSnapshot(long index, Snapshot snapshot, Optional<Payload> bytes) {
        if (bytes.isEmpty()) {
            doubt();
            return;
        }
        base = Base.ofPayload(bytes.get());
        baseOf = snapshot;
        if (base.index() != snapshot.index()) {
            watch.violation("invariant 13: member " + node + " has a snapshot of " + base.index() + " as of "
                    + snapshot.index());
        }
        onBase(index);
    }

    private void onBase(long index) {
        if (base.index() + 1 < host.firstIndex()) {
            doubt();
        } else if (index < base.appIndex()) {
            restore();
        } else {
            toBase();
            follow(index);
        }
    }

    private void toBase() {
        if (base.isEmpty()) {
            book.reset();
        } else {
            book.restore(base.table());
            watch.met(Happening.TABLE_FROM_SNAPSHOT);
            watch.sessions(node, base.index(), book.digest());
        }
        tableLoaded = true;
        ruledIndex = base.index();
        confirmedIndex = base.index();
        confirmedMillis = base.timeMillis();
        appIndex = base.appIndex();
        results.jumped(base.index());
    }

    /** Brings the table to where the application is; what lies between is done with. */
    private void follow(long index) {
        enter(Phase.FOLLOWING);
        while (ruledIndex < index) {
            if (ruledIndex + 1 < host.firstIndex()) {
                doubt();
                return;
            }
            List<Entry> entries =
                    host.deliverable(ruledIndex + 1, options.readBytesMax()).orElse(null);
            if (entries == null) {
                readFromDisk(read -> {
                    followThrough(read, index);
                    follow(index);
                });
                return;
            }
            followThrough(entries, index);
        }
        if (appIndex != index) {
            watch.violation("invariant 13: member " + node + "'s application is at " + index
                    + ", which was not for it; the last one that was is " + appIndex);
            rest(options.restMicrosMax());
            return;
        }
        beginDelivery();
    }

    private void followThrough(List<Entry> entries, long index) {
        for (Entry entry : entries) {
            if (entry.index() > index) {
                return;
            }
            watch.met(Happening.TABLE_FOLLOWED);
            confirm(rule(entry), null);
        }
    }

    private void restore() {
        enter(Phase.RESTORING);
        app.restore(
                options.cluster(),
                host.bootEpoch(),
                new AppAnswer.State(base.app(), base.appIndex(), base.appTerm()),
                answer(answer -> {
                    if (answer instanceof AppAnswer.Restored) {
                        ask();
                    } else {
                        doubt();
                    }
                }));
        giveUpLater();
    }

    // ---- delivering ----

    private void beginDelivery() {
        enter(Phase.DELIVERING);
        busy = false;
        results.advanced();
        if (phase == Phase.DELIVERING && !busy) {
            deliver();
        }
    }

    private void deliver() {
        boolean due = snapshotIsDue();
        if (due && ruled.isEmpty() && !takeSnapshotNow()) {
            return;
        }
        // While a snapshot is due, what is ruled on is brought to its end first.
        if ((!due || ruled.isEmpty()) && !fill()) {
            return;
        }
        List<Ruling> batch = nextBatch();
        if (batch.isEmpty()) {
            if (snapshotIsDue()) {
                takeSnapshotNow();
            }
            return;
        }
        busy = true;
        step++;
        app.apply(options.cluster(), host.bootEpoch(), appIndex, batch, answer(answer -> onApplied(batch, answer)));
        giveUpLater();
    }

    /** Rules on what comes next, as much as a batch takes; false when the disk was asked for it. */
    private boolean fill() {
        int forApp = ruled.size();
        boolean progress = false;
        while (forApp < batchCommandsMax && ruledIndex < host.deliverableIndex()) {
            if (ruledIndex + 1 < host.firstIndex()) {
                doubt(); // A snapshot has taken the place of what follows.
                return false;
            }
            List<Entry> entries =
                    host.deliverable(ruledIndex + 1, options.readBytesMax()).orElse(null);
            if (entries == null) {
                busy = true;
                readFromDisk(read -> {
                    ruleOn(read);
                    busy = false;
                    confirmOthers();
                    results.advanced();
                    wake();
                });
                break;
            }
            ruleOn(entries);
            progress |= confirmOthers();
            forApp = ruled.size();
        }
        if (progress) {
            results.advanced();
        }
        return !busy && phase == Phase.DELIVERING;
    }

    private void ruleOn(List<Entry> entries) {
        for (Entry entry : entries) {
            ruled.addLast(rule(entry));
        }
    }

    private Ruling rule(Entry entry) {
        if (entry.index() != ruledIndex + 1) {
            watch.violation("invariant 13: member " + node + " read " + entry.index() + " after " + ruledIndex);
        }
        Ruling ruling = book.rule(entry);
        ruledIndex = entry.index();
        watch.sessions(node, ruledIndex, book.digest());
        return ruling;
    }

    private List<Ruling> nextBatch() {
        List<Ruling> batch = new ArrayList<>(Math.min(batchCommandsMax, ruled.size()));
        Iterator<Ruling> next = ruled.iterator();
        while (next.hasNext() && batch.size() < batchCommandsMax) {
            Ruling ruling = next.next();
            if (ruling.reachesApp()) {
                batch.add(ruling);
            }
        }
        return batch;
    }

    private void onApplied(List<Ruling> batch, AppAnswer answer) {
        busy = false;
        if (!(answer instanceof AppAnswer.Applied applied)
                || applied.index() != batch.get(batch.size() - 1).index()
                || applied.results().size() != batch.size()) {
            batchCommandsMax = 1;
            doubt();
            return;
        }
        batchCommandsMax = Math.min(options.batchCommandsMax(), 2 * batchCommandsMax);
        restMicros = options.restMicrosMax() / 16;
        for (int i = 0; i < batch.size(); i++) {
            confirmOthers();
            confirm(ruled.removeFirst(), applied.results().get(i));
        }
        confirmOthers();
        results.advanced();
        wake();
    }

    /** Ends what waits for nothing but its turn; answers whether there was something. */
    private boolean confirmOthers() {
        boolean any = false;
        while (!ruled.isEmpty() && !ruled.getFirst().reachesApp()) {
            Ruling ruling = ruled.removeFirst();
            confirm(
                    ruling,
                    ruling.kind == Ruling.Kind.DUPLICATE
                            ? book.kept(ruling).map(Payload::array).orElse(null)
                            : null);
            any = true;
        }
        return any;
    }

    private void confirm(Ruling ruling, byte @Nullable [] result) {
        confirmedIndex = ruling.index();
        confirmedMillis = ruling.entry.timeMillis();
        if (ruling.reachesApp()) {
            appIndex = ruling.index();
            if (result != null && ruling.session != 0) {
                book.keep(ruling, result);
            }
        }
        if (result != null && ruling.session != 0) {
            watch.sessionResult(node, ruling.session, ruling.sequence, Bytes.mix(1, result));
        }
        results.done(ruling, result);
    }

    // ---- snapshots ----

    private boolean snapshotIsDue() {
        long latest = host.snapshot().map(Snapshot::index).orElse(0L);
        if (confirmedIndex <= latest || appIndex == 0) {
            snapshotWanted = false;
            return false;
        }
        return snapshotWanted
                || options.snapshotEntries() > 0
                        && confirmedIndex - Math.max(latest, snapshotAsked) >= options.snapshotEntries();
    }

    /** When nothing is ruled on and not done: the two are at the same place. Answers whether delivery may go on at once. */
    private boolean takeSnapshotNow() {
        snapshotWanted = false;
        snapshotAsked = confirmedIndex;
        long index = confirmedIndex;
        long timeMillis = confirmedMillis;
        long atAppIndex = appIndex;
        byte[] table = book.encode();
        if (options.snapshotAside()) {
            app.snapshot(heard(answer -> {
                if (phase != Phase.CLOSED) {
                    onState(index, timeMillis, atAppIndex, table, answer);
                }
            }));
            return true;
        }
        busy = true;
        step++;
        app.snapshot(answer(answer -> {
            busy = false;
            if (onState(index, timeMillis, atAppIndex, table, answer)) {
                wake();
            } else {
                doubt();
            }
        }));
        giveUpLater();
        return false;
    }

    private boolean onState(long index, long timeMillis, long atAppIndex, byte[] table, AppAnswer answer) {
        // Late answers, and commands that came twice, make it another place than the table's: worth nothing then.
        if (!(answer instanceof AppAnswer.State state) || state.index() != atAppIndex) {
            watch.met(Happening.SNAPSHOT_THROWN_AWAY);
            return false;
        }
        if (index > host.snapshot().map(Snapshot::index).orElse(0L)) {
            watch.met(Happening.SNAPSHOT_TAKEN);
            Base taken = new Base(index, timeMillis, atAppIndex, state.term(), table, state.bytes());
            host.snapshotProduced(index, host.termAt(index), timeMillis, taken.toPayload());
        }
        return true;
    }

    // ---- phases ----

    private void readFromDisk(Consumer<List<Entry>> then) {
        long thisStep = ++step;
        host.readFromDisk(ruledIndex + 1, options.readBytesMax(), entries -> {
            if (thisStep != step) {
                return;
            }
            if (entries.isEmpty()) {
                doubt();
            } else {
                step++;
                then.accept(entries);
            }
        });
        giveUpLater();
    }

    private AppAnswer.Taker answer(AppAnswer.Taker then) {
        long thisStep = step;
        return heard(answer -> {
            if (thisStep == step) {
                step++;
                then.take(answer);
            }
        });
    }

    /** Everything from outside waits its turn in this process: held back while it is frozen, and gone when it has ended. */
    private AppAnswer.Taker heard(AppAnswer.Taker taker) {
        return answer -> host.after(0, () -> taker.take(answer));
    }

    private void giveUpLater() {
        long thisStep = step;
        host.after(options.callMicros(), () -> {
            if (thisStep == step) {
                doubt();
            }
        });
    }

    private void doubt() {
        restMicros = Math.min(options.restMicrosMax(), 2 * restMicros);
        rest(restMicros);
    }

    private void rest(long micros) {
        enter(Phase.RESTING);
        long thisStep = step;
        host.after(micros / 2 + random.nextLong(1 + micros / 2), () -> {
            if (thisStep == step) {
                ask();
            }
        });
    }

    private void enter(Phase next) {
        if (next == Phase.RESTING) {
            doubts++;
            busy = false;
        }
        step++;
        phase = next;
    }
}
