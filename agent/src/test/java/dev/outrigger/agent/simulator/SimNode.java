package dev.outrigger.agent.simulator;

import dev.outrigger.agent.core.CoreOptions;
import dev.outrigger.agent.core.RaftCore;
import dev.outrigger.agent.core.RoleName;
import dev.outrigger.agent.core.message.ChunkFetch;
import dev.outrigger.agent.core.message.ChunkWrite;
import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Configuration.Member;
import dev.outrigger.agent.core.message.Control;
import dev.outrigger.agent.core.message.ControlReceipt;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.LogFetch;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Ready;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.simulator.Network.Envelope;
import dev.outrigger.agent.simulator.Watcher.NodeRun;
import dev.outrigger.agent.simulator.disk.DiskFault;
import dev.outrigger.agent.simulator.disk.PowerLost;
import dev.outrigger.agent.storage.StorageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One machine: its disk, and the agent's process as it comes and goes. Hosts the production core exactly by the contract
 * of {@link Ready}: writes of several Readys share one force, one force is under way at a time, and what has to wait for
 * it waits. A process that meets an exception of its storage ends at once and for good.
 */
@SuppressWarnings("NullAway") // the core and the front are there whenever the process is up
final class SimNode implements Host {
    /** Requests of operators have numbers of their own, above those of the front. */
    private static final long OPERATOR_IDS = 1L << 39;

    final int rank;
    final MemberId id;
    private final Simulation cluster;
    private final Timeline timeline;
    private final Watcher watcher;
    private final Swarm swarm;
    private final SplittableRandom random;
    private final List<Runnable> held = new ArrayList<>();

    private NodeDisk disk;
    private Shadow shadow;
    private State state = State.DOWN;
    /** Rises with every start and every end: what was put off in another is void. */
    private int epoch;

    private RaftCore core;
    private CoreOptions options;
    private NodeFront front;
    private NodeRun run = new NodeRun();
    private long bootEpoch;
    private long nextControl;
    private final List<ControlReceipt> controls = new ArrayList<>();

    private boolean paused;
    private double clockRate = 1;
    private long wallOffsetMillis;
    private double diskFactor = 1;
    private long diskFreeAt;
    private final List<DiskWork> outstanding = new ArrayList<>();

    private boolean drainDue;
    private boolean forcing;
    private List<Ready> gathering = new ArrayList<>();
    private List<Ready> underWay = List.of();

    private RoleName announcedRole = RoleName.FOLLOWER;
    private long announcedTerm;
    private Optional<MemberId> announcedLeader = Optional.empty();
    private long announcedDeliverable;
    private long[] configurationIndexes = new long[8];
    private int configurationCount;
    /** What was learned of peers' disks from their own greetings, and how new their configuration was. */
    private final String[] greetedDisk;

    private final long[] greetedIndex;

    enum State {
        UP,
        DOWN,
        /** The storage refuses to open. */
        REFUSED,
        /** Never comes back. */
        DEAD
    }

    SimNode(Simulation cluster, int rank, NodeDisk disk, SplittableRandom random) {
        this.cluster = cluster;
        this.rank = rank;
        this.id = Simulation.name(rank);
        this.timeline = cluster.timeline();
        this.watcher = cluster.watcher();
        this.swarm = cluster.swarm();
        this.random = random;
        this.disk = disk;
        this.shadow = watcher.shadow(disk.storageId());
        this.greetedDisk = new String[swarm.machines()];
        this.greetedIndex = new long[swarm.machines()];
    }

    // ---- the process comes and goes ----

    void boot() {
        if (state != State.DOWN) {
            return;
        }
        if (isForgottenAndAlone()) {
            state = State.REFUSED;
            return;
        }
        NodeDisk.Found found;
        try {
            found = disk.open();
        } catch (PowerLost ended) {
            crashed();
            return;
        } catch (StorageException refused) {
            if (refused.getCause() instanceof DiskFault) {
                fail(refused);
                return;
            }
            state = State.REFUSED;
            if (!shadow.lost) {
                watcher.violation(
                        "invariant 9: " + id + " refuses a disk that has lost nothing: " + refused.getMessage());
            }
            shadow.lost = true;
            watcher.coverage().met(Coverage.Sometimes.DISK_REFUSED_TO_OPEN);
            trace("refuses to start: ", refused.getMessage());
            return;
        }
        epoch++;
        state = State.UP;
        watcher.booted(this, found);
        bootEpoch = found.bootEpoch();
        nextControl = (bootEpoch << 40) + OPERATOR_IDS;
        run = new NodeRun();
        options = swarm.options(id, disk.storageId(), cluster.formed());
        try {
            core = new RaftCore(options, found.hardState(), found.outline(), random.split());
        } catch (RuntimeException bug) {
            bug(bug);
            return;
        }
        run.term = core.term();
        run.commitIndex = core.commitIndex();
        configurationCount = 0;
        found.outline().snapshot().ifPresent(snapshot -> configuration(snapshot.index()));
        found.outline().configurations().forEach(entry -> configuration(entry.index()));
        Arrays.fill(greetedDisk, null);
        announcedRole = RoleName.FOLLOWER;
        announcedTerm = 0;
        announcedLeader = Optional.empty();
        announcedDeliverable = 0;
        front = cluster.workload().boot(this);
        cluster.operators().tellPriorities(this);
        trace("starts", "");
        int life = epoch;
        timeline.after(tickMicros(), () -> tick(life));
        scheduleDrain();
    }

    /** An agent with another disk than the one its cluster was formed with does not form it anew by itself. */
    private boolean isForgottenAndAlone() {
        Configuration formed = cluster.formed();
        return formed.voters().size() == 1
                && formed.find(id)
                        .filter(member -> !member.storageId().equals(disk.storageId()))
                        .isPresent();
    }

    private void tick(int life) {
        if (epoch == life) {
            timeline.after(tickMicros(), () -> tick(life));
            input(core::tick);
            if (state == State.UP && !paused) {
                watcher.checkMemory(this, options);
            }
        }
    }

    private long tickMicros() {
        return Math.max(1, (long) (swarm.tickMicros * clockRate));
    }

    /** The process is killed; the machine keeps what was written. */
    void kill() {
        if (state == State.UP) {
            trace("is killed", "");
            disk.kill(underWay, random);
            end();
        }
    }

    /** The machine loses its power, and what was not forced. */
    void powerCut(boolean tear) {
        if (state == State.UP) {
            trace("loses power", "");
            watcher.coverage().met(Coverage.Feature.POWER_CUT);
            disk.powerCut(underWay, tear, random);
            end();
        }
    }

    private void end() {
        epoch++;
        state = State.DOWN;
        held.clear();
        paused = false;
        drainDue = false;
        forcing = false;
        gathering = new ArrayList<>();
        watcher.brokenOff(this, underWay);
        underWay = List.of();
        controls.clear();
        diskFreeAt = timeline.nowMicros();
        outstanding.clear();
        front.stopped();
        cluster.network().ended(rank);
    }

    /** Ended by itself: the storage failed. */
    private void fail(RuntimeException cause) {
        trace("ends: ", cause.getMessage());
        disk.failed(random);
        if (state == State.UP) {
            end();
        }
        cluster.faults().restartLater(this);
    }

    /** Its process ended inside an operation on its disk, and perhaps the machine with it. */
    private void crashed() {
        trace("ends in the middle of a write", "");
        if (random.nextBoolean()) {
            disk.kill(List.of(), random);
        } else {
            watcher.coverage().met(Coverage.Feature.POWER_CUT);
            disk.powerCut(List.of(), swarm.isOn(FaultKind.TORN_PAGE), random);
        }
        if (state == State.UP) {
            end();
        }
        cluster.faults().restartLater(this);
    }

    private void bug(Throwable bug) {
        watcher.violation("invariant 16: " + id + " threw " + bug + " at " + firstFrames(bug));
        if (core != null && state == State.UP) {
            state = State.DEAD;
            epoch++;
        }
    }

    private static String firstFrames(Throwable bug) {
        StringBuilder text = new StringBuilder();
        StackTraceElement[] frames = bug.getStackTrace();
        for (int i = 0; i < Math.min(6, frames.length); i++) {
            text.append(i == 0 ? "" : " < ")
                    .append(frames[i].getFileName())
                    .append(':')
                    .append(frames[i].getLineNumber());
        }
        return text.toString();
    }

    /** Never comes back. */
    void die() {
        kill();
        state = State.DEAD;
    }

    /** The disk is thrown away; another one, empty, is in its place. */
    void wipe(NodeDisk fresh) {
        shadow.lost = true;
        disk = fresh;
        shadow = watcher.shadow(fresh.storageId());
        state = State.DOWN;
        trace("has a new disk: ", fresh.storageId());
    }

    // ---- what the machine suffers ----

    void pause() {
        paused = true;
    }

    void resume() {
        if (paused) {
            paused = false;
            if (isLeader() && random.nextBoolean()) {
                readBeforeAnythingElse();
            }
            List<Runnable> late = List.copyOf(held);
            held.clear();
            int life = epoch;
            for (Runnable one : late) {
                if (epoch == life) {
                    input(one);
                }
            }
        }
    }

    /** A client's read may be what a process that was frozen hears first. What comes of it only the watcher looks at. */
    private void readBeforeAnythingElse() {
        watcher.coverage().met(Coverage.Sometimes.READ_AFTER_PAUSE);
        read(nextControl++);
        drainWhenAwake();
    }

    void clockRate(double rate) {
        clockRate = rate;
    }

    void jump(long millis) {
        wallOffsetMillis += millis;
    }

    void diskFactor(double factor) {
        diskFactor = factor;
    }

    /** Nothing gets through to the disk for a while. */
    void stall(long micros) {
        diskFreeAt = Math.max(diskFreeAt, timeline.nowMicros() + micros);
        if (isUp() && core.role() == RoleName.LEADER) {
            watcher.coverage().met(Coverage.Sometimes.LED_WHILE_DISK_STALLED);
        }
    }

    /** The disk works again: what it has not done yet is done soon. */
    void endStall() {
        diskFreeAt = timeline.nowMicros();
        for (DiskWork one : List.copyOf(outstanding)) {
            diskFreeAt += swarm.forceMicros;
            timeline.after(diskFreeAt - timeline.nowMicros(), () -> finish(one));
        }
    }

    /** The disk does nothing any more, and does not say so. */
    void silenceDisk() {
        resume();
        diskFreeAt = Long.MAX_VALUE / 2;
    }

    /** Everything that can end ends: frozen, slow, down. */
    void recover() {
        resume();
        diskFactor(1);
        endStall();
        boot();
    }

    NodeDisk disk() {
        return disk;
    }

    // ---- inputs ----

    /** Gives the process something to do, or keeps it for later while it is frozen; nothing while it is not there. */
    void input(Runnable action) {
        if (state != State.UP) {
            return;
        }
        if (paused) {
            held.add(action);
            return;
        }
        try {
            core.wallClock(wallMillis());
            action.run();
            if (state == State.UP) {
                watcher.check(this);
                scheduleDrain();
            }
        } catch (PowerLost ended) {
            crashed();
        } catch (StorageException failed) {
            fail(failed);
        } catch (RuntimeException | Error bug) {
            bug(bug);
        }
    }

    void receive(Envelope envelope) {
        input(() -> {
            if (isAdmitted(envelope)) {
                if (cluster.tracing()) {
                    trace("takes ", envelope.message().toString());
                }
                core.step(envelope.message());
            }
        });
    }

    /** As the agents' greeting does: a member is a name and a disk. */
    private boolean isAdmitted(Envelope envelope) {
        if (!envelope.toDisk().equals(disk.storageId())) {
            watcher.coverage().met(Coverage.Sometimes.STRANGE_DISK_REFUSED);
            return false;
        }
        MemberId from = envelope.message().from();
        Optional<Member> known = configuration().find(from);
        boolean contradicts = known.isPresent() && !known.get().storageId().equals(envelope.fromDisk());
        if (contradicts && envelope.configurationIndex() <= committedConfigurationIndex()) {
            watcher.coverage().met(Coverage.Sometimes.STRANGE_DISK_REFUSED);
            return false;
        }
        greetedDisk[envelope.from()] = envelope.fromDisk();
        greetedIndex[envelope.from()] = envelope.configurationIndex();
        return true;
    }

    private String diskOf(int peer, MemberId name) {
        String greeted = greetedDisk[peer];
        Optional<Member> known = configuration().find(name);
        boolean newer = greeted != null && greetedIndex[peer] > committedConfigurationIndex();
        if (known.isPresent() && !newer) {
            return known.get().storageId();
        }
        // Of a member that no configuration here knows: whoever opens the connection shows its disk.
        return greeted != null ? greeted : cluster.nodes().get(peer).storageId();
    }

    private void later(long micros, Runnable action) {
        int life = epoch;
        timeline.after(micros, () -> {
            if (epoch == life) {
                input(action);
            }
        });
    }

    // ---- the core's output ----

    private void scheduleDrain() {
        if (!drainDue) {
            drainDue = true;
            int life = epoch;
            long turn = swarm.turnMicros == 0 ? 0 : random.nextLong(swarm.turnMicros);
            timeline.after(turn, () -> {
                if (epoch == life) {
                    drainWhenAwake();
                }
            });
        }
    }

    private void drainWhenAwake() {
        if (paused) {
            held.add(() -> {});
            drainDue = false;
            return;
        }
        drainDue = false;
        try {
            core.wallClock(wallMillis());
            int life = epoch;
            while (epoch == life && core.hasReady()) {
                dispatch(core.ready());
            }
            if (epoch == life) {
                watcher.check(this);
                announce();
            }
        } catch (PowerLost ended) {
            crashed();
        } catch (StorageException failed) {
            fail(failed);
        } catch (RuntimeException | Error bug) {
            bug(bug);
        }
    }

    private void dispatch(Ready ready) {
        watcher.handedOut(this, ready);
        note(ready);
        sendAll(ready.sendNow());
        if (!ready.mustPersist() && !forcing) {
            sendAll(ready.sendAfterPersist());
        } else {
            gathering.add(ready);
            if (!forcing) {
                force();
            }
        }
        for (LogFetch fetch : ready.fetches()) {
            readLater(() -> {
                watcher.coverage().met(Coverage.Sometimes.ENTRIES_READ_FROM_DISK);
                List<Entry> entries = disk.read(fetch.firstIndex(), fetch.bytesMax());
                core.fetched(fetch.follower(), entries);
            });
        }
        for (ChunkFetch fetch : ready.chunkFetches()) {
            readLater(() -> fetchChunk(fetch));
        }
        for (ChunkWrite write : ready.chunkWrites()) {
            if (write.bytes().length() > options.chunkBytesMax()) {
                watcher.violation("invariant 15: " + id + " takes a piece of "
                        + write.bytes().length() + " bytes");
            }
            store(write);
        }
        ready.receipts().forEach(front::receipt);
        ready.reads().forEach(front::granted);
        ready.controls().forEach(this::controlled);
        if (ready.install().isPresent()) {
            run.deliverableIndex = 0;
        }
    }

    private void store(ChunkWrite write) {
        long end = write.offset() + write.bytes().length();
        long micros = end == write.snapshot().bytes() ? forceMicros() : readMicros();
        onDisk(micros, () -> core.chunkStored(write.snapshot(), disk.store(write)));
    }

    private void note(Ready ready) {
        List<Entry> appends = ready.appends();
        if (!appends.isEmpty()) {
            long first = appends.get(0).index();
            while (configurationCount > 0 && configurationIndexes[configurationCount - 1] >= first) {
                configurationCount--;
                watcher.coverage().met(Coverage.Sometimes.CONFIGURATION_SUPERSEDED);
            }
            if (first <= shadow.last) {
                watcher.coverage().met(Coverage.Sometimes.ENTRIES_SUPERSEDED);
            }
            for (int i = 0; i < appends.size(); i++) {
                if (appends.get(i).kind() == Entry.Kind.CONFIGURATION) {
                    configuration(appends.get(i).index());
                }
            }
        }
        if (ready.install().isPresent()) {
            if (configurationCount > 0 && configurationIndexes[configurationCount - 1] > announcedDeliverable) {
                watcher.coverage().met(Coverage.Sometimes.INSTALL_OVER_PENDING_CHANGE);
            }
            configuration(ready.install().get().index());
        }
        if (cluster.tracing()) {
            ready.hardState().ifPresent(hard -> trace("writes ", hard.toString()));
            ready.install().ifPresent(snapshot -> trace("installs ", snapshot.toString()));
            appends.forEach(entry -> trace("appends ", entry.toString()));
        }
    }

    private void configuration(long index) {
        if (configurationCount == configurationIndexes.length) {
            configurationIndexes = Arrays.copyOf(configurationIndexes, 2 * configurationCount);
        }
        configurationIndexes[configurationCount++] = index;
    }

    /** Index of the latest configuration known to be committed, or of a snapshot that holds one. */
    long committedConfigurationIndex() {
        for (int i = configurationCount - 1; i >= 0; i--) {
            if (configurationIndexes[i] <= run.commitIndex) {
                return configurationIndexes[i];
            }
        }
        return 0;
    }

    private void fetchChunk(ChunkFetch fetch) {
        Optional<Payload> bytes = disk.chunk(fetch.snapshot(), fetch.offset(), fetch.bytesMax());
        if (bytes.isPresent()) {
            core.chunkFetched(fetch.follower(), fetch.snapshot(), fetch.offset(), bytes.get());
        } else {
            watcher.coverage().met(Coverage.Sometimes.CHUNK_WAS_MISSING);
            core.chunkMissing(fetch.follower(), fetch.snapshot());
        }
    }

    private void sendAll(List<Message> messages) {
        for (int i = 0; i < messages.size(); i++) {
            send(messages.get(i));
        }
    }

    private void send(Message message) {
        watcher.sent(this, message);
        int to = Simulation.rank(message.to());
        if (cluster.tracing()) {
            trace("sends ", message.toString());
        }
        if (!cluster.network().send(this, message, to, diskOf(to, message.to()))) {
            core.dropped(message);
        }
    }

    // ---- the disk ----

    private long forceMicros() {
        return (long) (swarm.forceMicros * diskFactor * Math.exp(0.5 * random.nextGaussian()));
    }

    private long readMicros() {
        return (long) (swarm.readMicros * diskFactor * Math.exp(0.5 * random.nextGaussian()));
    }

    /** The one thread that works with the disk does one thing after the other. */
    private void diskWork(long micros, Runnable work) {
        DiskWork one = new DiskWork(epoch, work);
        outstanding.add(one);
        long now = timeline.nowMicros();
        diskFreeAt = Math.max(diskFreeAt, now) + micros;
        timeline.after(diskFreeAt - now, () -> finish(one));
    }

    private void finish(DiskWork one) {
        if (one.done || one.life != epoch) {
            return;
        }
        one.done = true;
        outstanding.remove(one);
        one.work.run();
    }

    private void onDisk(long micros, Runnable work) {
        diskWork(micros, () -> input(work));
    }

    private void readLater(Runnable work) {
        onDisk(readMicros(), work);
    }

    private void force() {
        forcing = true;
        underWay = gathering;
        gathering = new ArrayList<>();
        List<Ready> batch = underWay;
        diskWork(forceMicros(), () -> forced(batch));
    }

    private void forced(List<Ready> batch) {
        // The disk works while the process is frozen; only the news has to wait.
        try {
            disk.persist(batch);
        } catch (PowerLost ended) {
            crashed();
            return;
        } catch (StorageException failed) {
            fail(failed);
            return;
        }
        watcher.persisted(this, batch);
        underWay = List.of();
        input(() -> {
            forcing = false;
            if (!gathering.isEmpty()) {
                force();
            }
            for (int i = 0; i < batch.size(); i++) {
                sendAll(batch.get(i).sendAfterPersist());
            }
            core.persisted(batch.get(batch.size() - 1).number());
        });
    }

    private void announce() {
        if (core.role() != announcedRole
                || core.term() != announcedTerm
                || !core.leader().equals(announcedLeader)) {
            boolean leaves = announcedRole == RoleName.LEADER
                    && core.role() == RoleName.FOLLOWER
                    && !configuration().contains(id);
            announcedRole = core.role();
            announcedTerm = core.term();
            announcedLeader = core.leader();
            if (leaves) {
                watcher.coverage().met(Coverage.Sometimes.LEADER_LEFT_THE_CLUSTER);
            }
            if (announcedRole == RoleName.CANDIDATE && configuration().isJoint()) {
                watcher.coverage().met(Coverage.Sometimes.CANDIDATE_WITH_PENDING_CHANGE);
            }
            if (cluster.tracing()) {
                trace("is ", announcedRole + " in term " + announcedTerm + ", leader " + announcedLeader);
            }
            front.leadership(announcedRole, announcedTerm, announcedLeader);
        }
        if (core.deliverableIndex() > announcedDeliverable) {
            announcedDeliverable = core.deliverableIndex();
            front.deliverable();
        }
    }

    // ---- operators ----

    /** An operator asks this member; what becomes of it shows in {@link #controls}. */
    long control(Control control) {
        long number = nextControl++;
        if (cluster.tracing()) {
            trace("is asked to ", control.toString());
        }
        input(() -> {
            // A frozen process would hear it only now, and the healed core was chosen without it.
            if (!cluster.network().isCalm() || !(control instanceof Control.ChangeMembers)) {
                core.control(number, control);
            }
        });
        return number;
    }

    private void controlled(ControlReceipt receipt) {
        controls.add(receipt);
        if (cluster.tracing()) {
            trace("is told ", receipt.toString());
        }
        cluster.operators().answered(receipt);
    }

    void priority(MemberId member, int priority) {
        input(() -> core.priority(member, priority));
    }

    void snapshotNow() {
        input(front::snapshotWanted);
    }

    // ---- view ----

    boolean isUp() {
        return state == State.UP;
    }

    State state() {
        return state;
    }

    boolean isPaused() {
        return paused;
    }

    RaftCore core() {
        return core;
    }

    NodeRun run() {
        return run;
    }

    Shadow shadow() {
        return shadow;
    }

    Configuration configuration() {
        return core.configuration();
    }

    @Nullable
    RoleName role() {
        return state == State.UP ? core.role() : null;
    }

    boolean isLeader() {
        return state == State.UP && core.role() == RoleName.LEADER;
    }

    boolean holds(long index, long term) {
        return index >= core.firstIndex() && index <= core.lastIndex() && core.termAt(index) == term;
    }

    String storageId() {
        return disk.storageId();
    }

    private void trace(String what, String detail) {
        if (cluster.tracing()) {
            cluster.trace(id + " " + what + detail);
        }
    }

    // ---- host of the front ----

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public MemberId self() {
        return id;
    }

    @Override
    public long bootEpoch() {
        return bootEpoch;
    }

    @Override
    public boolean isResponsive() {
        return state == State.UP && !paused;
    }

    @Override
    public void after(long micros, Runnable action) {
        later((long) (micros * clockRate), action);
    }

    @Override
    public long wallMillis() {
        return 1_700_000_000_000L + timeline.nowMicros() / 1000 + wallOffsetMillis;
    }

    @Override
    public void propose(long proposalId, List<Payload> commands) {
        List<Payload> own = watcher.proposed(this, proposalId, commands);
        input(() -> core.propose(proposalId, own));
    }

    @Override
    public void read(long readId) {
        watcher.asked(this, readId);
        input(() -> core.read(readId));
    }

    @Override
    public Optional<MemberId> leader() {
        return core.leader();
    }

    @Override
    public long firstIndex() {
        return core.firstIndex();
    }

    @Override
    public long lastIndex() {
        return core.lastIndex();
    }

    @Override
    public long commitIndex() {
        return core.commitIndex();
    }

    @Override
    public long deliverableIndex() {
        return core.deliverableIndex();
    }

    @Override
    public long termAt(long index) {
        return core.termAt(index);
    }

    @Override
    public Optional<List<Entry>> deliverable(long from, int bytesMax) {
        return core.deliverable(from, bytesMax);
    }

    @Override
    public void readFromDisk(long from, int bytesMax, Consumer<List<Entry>> then) {
        readLater(() -> {
            List<Entry> read = disk.read(from, bytesMax);
            int size = 0;
            while (size < read.size() && read.get(size).index() <= core.deliverableIndex()) {
                size++;
            }
            then.accept(read.subList(0, size));
        });
    }

    @Override
    public Optional<Snapshot> snapshot() {
        return core.snapshot();
    }

    @Override
    public void readSnapshot(Snapshot snapshot, Consumer<Optional<Payload>> then) {
        readLater(() -> then.accept(disk.chunk(snapshot, 0, Integer.MAX_VALUE)));
    }

    @Override
    public void snapshotProduced(long index, long term, long timeMillis, Payload bytes) {
        onDisk(forceMicros(), () -> save(index, term, timeMillis, bytes));
    }

    private void save(long index, long term, long timeMillis, Payload bytes) {
        if (index < core.firstIndex()
                || core.snapshot().filter(latest -> latest.index() >= index).isPresent()) {
            return;
        }
        Snapshot snapshot = new Snapshot(
                index, term, timeMillis, core.configurationAt(index), bytes.length(), NodeDisk.checksum(bytes));
        if (!watcher.configurationAt(index).equals(snapshot.configuration())) {
            watcher.violation("invariant 10: the configuration at " + index + " is not " + snapshot.configuration());
        }
        disk.save(snapshot, bytes);
        watcher.snapshotSaved(this, snapshot);
        watcher.coverage().met(Coverage.Feature.SNAPSHOT);
        long firstKept = Math.max(core.firstIndex(), index + 1 - swarm.entriesKept);
        core.snapshotTaken(snapshot, firstKept);
        disk.compact(firstKept);
        if (cluster.tracing()) {
            trace("has taken ", snapshot.toString());
        }
    }

    @Override
    public void applied(long index) {
        if (index > core.deliverableIndex()
                && index > core.snapshot().map(Snapshot::index).orElse(0L)) {
            watcher.violation("invariant 6: " + id + " has applied " + index + ", but only " + core.deliverableIndex()
                    + " is deliverable");
        }
    }

    /** Something that the disk has been asked for. */
    private static final class DiskWork {
        final int life;
        final Runnable work;
        boolean done;

        DiskWork(int life, Runnable work) {
            this.life = life;
            this.work = work;
        }
    }
}
