package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.ChunkFetch;
import dev.outrigger.agent.core.message.ChunkWrite;
import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Control;
import dev.outrigger.agent.core.message.ControlReceipt;
import dev.outrigger.agent.core.message.ControlReceipt.Verdict;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Fitness;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.LogFetch;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Message.AppReport;
import dev.outrigger.agent.core.message.Message.AppendRequest;
import dev.outrigger.agent.core.message.Message.AppendResponse;
import dev.outrigger.agent.core.message.Message.ControlRequest;
import dev.outrigger.agent.core.message.Message.ControlResponse;
import dev.outrigger.agent.core.message.Message.ProposeRequest;
import dev.outrigger.agent.core.message.Message.ProposeResponse;
import dev.outrigger.agent.core.message.Message.ReadRequest;
import dev.outrigger.agent.core.message.Message.ReadResponse;
import dev.outrigger.agent.core.message.Message.SnapshotRequest;
import dev.outrigger.agent.core.message.Message.SnapshotResponse;
import dev.outrigger.agent.core.message.Message.TimeoutNow;
import dev.outrigger.agent.core.message.Message.VoteRequest;
import dev.outrigger.agent.core.message.Message.VoteResponse;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.core.message.ProposeReceipt.Refusal;
import dev.outrigger.agent.core.message.ReadGrant;
import dev.outrigger.agent.core.message.Ready;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.core.quorum.Quorum;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * One member's part in Raft, as a step machine: inputs change its state, and {@link #ready()} hands out what the driver
 * owes it. The order of work is told at {@link Ready}.
 *
 * <p>What holds after every input:
 *
 * <ul>
 *   <li>The term never goes back, and within a term the vote never changes once given (Paper §5.2).
 *   <li>The commit index never goes back, and no entry up to it is ever replaced (Paper §5.4).
 *   <li>A member counts its own copy of an entry only after its own disk holds it, and says so to others only then.
 *   <li>Nothing that leans on a new term or vote leaves before that is durable.
 * </ul>
 *
 * <p>One thread; never blocks; no callbacks. Throws {@link InvariantViolation} on a bug and for nothing else.
 */
public final class RaftCore {
    /** Pieces of snapshots that wait for the disk: one with bytes, and one question how much is there. */
    private static final int CHUNK_WRITES_MAX = 2;

    private final CoreOptions options;
    private final RandomGenerator random;
    private final RaftLog log;
    private final Map<MemberId, Integer> priorities = new TreeMap<>();
    private final Set<MemberId> near = new TreeSet<>();
    private Fitness fitness = Fitness.UNKNOWN;

    private HardState hardState;
    /** The latest hard state that is certainly on disk. */
    private HardState durableHardState;
    /** The latest hard state that a Ready has carried. */
    private HardState writtenHardState;

    private final Deque<HardStateWrite> hardStateWrites = new ArrayDeque<>();
    private long commitIndex;
    private Role role;
    private long wallMillis;
    private long readyNumber;

    private List<Message> sendNow = new ArrayList<>();
    private List<Message> sendAfterPersist = new ArrayList<>();
    private List<ProposeReceipt> receipts = new ArrayList<>();
    private List<ReadGrant> reads = new ArrayList<>();
    private List<LogFetch> fetches = new ArrayList<>();
    private List<ControlReceipt> controls = new ArrayList<>();
    private List<ChunkFetch> chunkFetches = new ArrayList<>();
    private List<ChunkWrite> chunkWrites = new ArrayList<>();
    private List<AppReport> appReports = new ArrayList<>();
    /** Pieces handed out, or about to be, that the driver has not answered yet. */
    private int chunkWritesOut;

    /**
     * A member as it comes back from its disk: a follower that knows no leader and no commit index.
     *
     * @param hardState latest durable hard state
     * @param outline outline of the durable log
     * @param random source of election timeouts; seeded in tests
     */
    public RaftCore(CoreOptions options, HardState hardState, LogOutline outline, RandomGenerator random) {
        this.options = options;
        this.random = random;
        this.log = new RaftLog(outline, options.formed());
        // Entries are never older than the term they were stored in, even if the disk lost the hard state's last write.
        this.hardState =
                log.lastTerm() > hardState.term() ? new HardState(log.lastTerm(), Optional.empty()) : hardState;
        this.durableHardState = hardState;
        this.writtenHardState = hardState;
        this.commitIndex = Math.max(log.baseIndex(), log.snapshotIndex());
        this.role = new Follower(this, Optional.empty());
    }

    // ---- inputs ----

    /** One tick of monotonic time has passed. */
    public void tick() {
        checked(() -> role.tick());
    }

    /**
     * What the machine's clock says; leaders stamp entries with it and nothing else ever looks at it.
     *
     * @param millis milliseconds since 1970
     */
    public void wallClock(long millis) {
        wallMillis = millis;
    }

    /**
     * A message has arrived. Its sender need not be a member by this member's log, which may be behind (Paper §6), and may
     * by then have another disk than that log says: the transport lets in who belongs to the cluster.
     */
    public void step(Message message) {
        if (message.to().equals(self()) && !message.from().equals(self())) {
            checked(() -> dispatch(message));
        }
    }

    /**
     * Clients of this member propose commands, which take consecutive places or none. Ends in a receipt, unless the
     * message to the leader or its answer is lost: then the outcome is unknown.
     *
     * @param proposalId never used twice, not even over restarts
     */
    public void propose(long proposalId, List<Payload> commands) {
        propose(proposalId, Entry.Kind.COMMAND, commands);
    }

    /**
     * The same with entries of another kind.
     *
     * @param kind one that clients may propose
     * @throws IllegalArgumentException when it is not
     */
    public void propose(long proposalId, Entry.Kind kind, List<Payload> commands) {
        if (!kind.isProposed()) {
            throw new IllegalArgumentException("nobody proposes a " + kind);
        }
        checked(() -> role.propose(proposalId, kind, commands));
    }

    /**
     * Asks for a read index (Diss. §6.4). Ends in a grant, unless a message is lost: then ask again under a new number.
     *
     * @param readId never used twice, not even over restarts
     */
    public void read(long readId) {
        checked(() -> role.read(readId));
    }

    /**
     * An operator of this member asks something of the leader. Ends in a receipt, unless the message to the leader or its
     * answer is lost: then the outcome is unknown.
     *
     * @param requestId never used twice, not even over restarts
     */
    public void control(long requestId, Control control) {
        checked(() -> role.control(requestId, control));
    }

    /**
     * How gladly {@code member} should lead, compared with others that are as healthy; higher is better, 0 for members of
     * which nothing was said. This member's own hint is told here too.
     */
    public void priority(MemberId member, int priority) {
        priorities.put(member, priority);
    }

    /** Whether {@code member} runs in this member's zone: among equals such a one leads after it. */
    public void near(MemberId member, boolean isNear) {
        if (isNear) {
            near.add(member);
        } else {
            near.remove(member);
        }
    }

    /**
     * How fit {@code member} is to lead, as it says itself. This member, while it is ailing, hands over to a voter that is
     * known to be fit, to nobody else, and campaigns after all others. What others say a leader hears, and forgets it when
     * it leads no longer.
     */
    public void fitness(MemberId member, Fitness now) {
        if (member.equals(self())) {
            fitness = now;
        } else {
            checked(() -> role.onFitness(member, now));
        }
    }

    /**
     * A snapshot of what the application has applied up to {@code snapshot.index()} is durable, and the log from before
     * {@code firstIndex} will not be read any more. Entries between the two are kept for followers that are a little behind.
     *
     * @param firstIndex from the first index of the log up to {@code snapshot.index() + 1}
     */
    public void snapshotTaken(Snapshot snapshot, long firstIndex) {
        checked(() -> {
            if (snapshot.index() > deliverableIndex()) {
                throw new InvariantViolation(snapshot + " is ahead of what was delivered, " + deliverableIndex());
            }
            log.compact(snapshot, firstIndex);
        });
    }

    /** The answer to a {@link ChunkFetch}; {@code bytes} is empty only when there are none at {@code offset}. */
    public void chunkFetched(MemberId follower, Snapshot snapshot, long offset, Payload bytes) {
        checked(() -> role.onChunkFetched(follower, snapshot, offset, bytes));
    }

    /** The other answer to a {@link ChunkFetch}: this snapshot cannot be read any more; a newer one may have replaced it. */
    public void chunkMissing(MemberId follower, Snapshot snapshot) {
        checked(() -> role.onChunkMissing(follower, snapshot));
    }

    /**
     * The answer to a {@link ChunkWrite}.
     *
     * @param storedBytes how many bytes of this snapshot are there, from its start; all of them only when they are durable
     *     and have its checksum
     */
    public void chunkStored(Snapshot snapshot, long storedBytes) {
        checked(() -> onChunkStored(snapshot, storedBytes));
    }

    /** Everything that the Readys up to this number asked to be made durable is durable. */
    public void persisted(long number) {
        checked(() -> {
            log.persisted(number);
            while (!hardStateWrites.isEmpty() && hardStateWrites.getFirst().number() <= number) {
                durableHardState = hardStateWrites.removeFirst().hardState();
            }
            role.onPersisted();
            log.evict(options.tailBytesMax(), commitIndex);
        });
    }

    /**
     * The entries asked for with a {@link LogFetch} have been read.
     *
     * @param entries consecutive from the index that was asked for; empty when they could not be read
     */
    public void fetched(MemberId follower, List<Entry> entries) {
        checked(() -> role.onFetched(follower, entries));
    }

    /** The transport has dropped this message for certain. */
    public void dropped(Message message) {
        checked(() -> onDropped(message));
    }

    /**
     * The connection with this peer has ended. If it led, its process has probably died: find out at once by a pre-vote
     * instead of waiting for the timeout. A false alarm costs nothing, since a majority must have lost the leader too.
     */
    public void disconnected(MemberId peer) {
        checked(() -> role.onDisconnected(peer));
    }

    // ---- output ----

    /** Whether {@link #ready()} has anything to hand out. */
    public boolean hasReady() {
        return log.hasUnwritten()
                || !hardState.equals(writtenHardState)
                || !sendNow.isEmpty()
                || !sendAfterPersist.isEmpty()
                || !receipts.isEmpty()
                || !reads.isEmpty()
                || !fetches.isEmpty()
                || !controls.isEmpty()
                || !chunkFetches.isEmpty()
                || !chunkWrites.isEmpty()
                || !appReports.isEmpty()
                || role.hasOutput();
    }

    /** Hands out what has gathered since the last call. */
    public Ready ready() {
        role.flush();
        readyNumber++;
        Optional<HardState> write = Optional.empty();
        if (!hardState.equals(writtenHardState)) {
            write = Optional.of(hardState);
            writtenHardState = hardState;
            hardStateWrites.add(new HardStateWrite(readyNumber, hardState));
        }
        Ready ready = new Ready(
                readyNumber,
                write,
                log.takeInstall(readyNumber),
                log.takeUnwritten(readyNumber),
                sendNow,
                sendAfterPersist,
                receipts,
                reads,
                fetches,
                controls,
                chunkFetches,
                chunkWrites,
                appReports);
        sendNow = new ArrayList<>();
        sendAfterPersist = new ArrayList<>();
        receipts = new ArrayList<>();
        reads = new ArrayList<>();
        fetches = new ArrayList<>();
        controls = new ArrayList<>();
        chunkFetches = new ArrayList<>();
        chunkWrites = new ArrayList<>();
        appReports = new ArrayList<>();
        return ready;
    }

    // ---- view ----

    public MemberId self() {
        return options.self();
    }

    public RoleName role() {
        return role.name();
    }

    public long term() {
        return hardState.term();
    }

    public Optional<MemberId> votedFor() {
        return hardState.votedFor();
    }

    /** Who leads in the current term, as far as this member knows. */
    public Optional<MemberId> leader() {
        return role.leader();
    }

    public long firstIndex() {
        return log.firstIndex();
    }

    public long lastIndex() {
        return log.lastIndex();
    }

    /** Highest index known committed. */
    public long commitIndex() {
        return commitIndex;
    }

    /**
     * Highest index known committed in the cluster. By the leader's word it may be ahead of what is here, and then it is
     * what this member has to catch up with.
     */
    public long clusterCommitIndex() {
        return Math.max(commitIndex, role.toldCommitIndex());
    }

    /** Highest index that is certainly on this member's disk. */
    public long durableIndex() {
        return log.durableIndex();
    }

    /**
     * Highest index that may be given to the application: committed, and durable here, so that the application is never
     * ahead of a log that a power cut leaves. Never decreases.
     */
    public long deliverableIndex() {
        return Math.min(commitIndex, log.durableIndex());
    }

    /** Term of the entry at {@code index}, at most the last index; 0 when it is not known any more. */
    public long termAt(long index) {
        return index < log.baseIndex() ? 0 : log.termAt(index);
    }

    /** Highest index that {@code member} is known to have on disk; known to a leader only. */
    public Optional<Long> matchIndex(MemberId member) {
        return role.matchIndex(member);
    }

    /** What it holds on to now. */
    public CoreMemory memory() {
        return role.memory(log.tailBytes(), log.bytesAfter(Math.min(log.durableIndex(), commitIndex)));
    }

    /** The configuration in force: the latest in the log, committed or not (Paper §6). */
    public Configuration configuration() {
        return log.configurations().latest();
    }

    /** Index of the entry that brought the configuration in force; where the log or the snapshot begins for the first. */
    public long configurationIndex() {
        return log.configurations().latestIndex();
    }

    /** The configuration in force at {@code index}, which is not before {@link #firstIndex()} - 1. */
    public Configuration configurationAt(long index) {
        return log.configurations().at(index);
    }

    /** The latest snapshot on this disk; durable. */
    public Optional<Snapshot> snapshot() {
        return log.snapshot();
    }

    /** Bytes of the uncommitted entries, but for those that were there already when this member started. */
    public long uncommittedBytes() {
        return log.bytesAfter(commitIndex);
    }

    /**
     * Deliverable entries from {@code from}, at least one, while they are in memory; else empty: read them from disk.
     *
     * @param from at most {@link #deliverableIndex()}
     */
    public Optional<List<Entry>> deliverable(long from, int bytesMax) {
        return log.slice(from, deliverableIndex(), Integer.MAX_VALUE, bytesMax);
    }

    // ---- for the roles ----

    CoreOptions options() {
        return options;
    }

    /** Who decides by the configuration in force. */
    Quorum<MemberId> quorum() {
        return log.configurations().quorum();
    }

    /**
     * Whether this member counts for a majority by the configuration in force. A log that is still behind may know its name
     * with an earlier disk, whose votes this one has forgotten: that is somebody else.
     */
    boolean isVoter() {
        return configuration().isVoter(self(), options.storageId());
    }

    /**
     * Whether this member may campaign. Who is no voter by a change that is not known to be committed may still be needed to
     * commit it, since nobody else may have it; its own vote does not count then (Diss. §4.2.2).
     */
    boolean mayCampaign() {
        return log.configurations()
                .anyFrom(commitIndex, configuration -> configuration.isVoter(self(), options.storageId()));
    }

    /** Whether it may vote: as long as its removal is not known to be committed, others may need it. */
    private boolean mayVote() {
        return log.configurations()
                .anyFrom(commitIndex, configuration -> configuration.contains(self(), options.storageId()));
    }

    /** Everybody else who counts for a majority. */
    List<MemberId> otherVoters() {
        List<MemberId> others = new ArrayList<>();
        for (Configuration.Member member : configuration().everybody()) {
            if (!member.id().equals(self()) && configuration().isVoter(member.id())) {
                others.add(member.id());
            }
        }
        return others;
    }

    int priority(MemberId member) {
        return priorities.getOrDefault(member, 0);
    }

    boolean isNear(MemberId member) {
        return near.contains(member);
    }

    boolean isAiling() {
        return fitness == Fitness.AILING;
    }

    /** Whether the disk owes something. */
    boolean isWriting() {
        return log.isWriting() || !hardStateWrites.isEmpty();
    }

    RaftLog log() {
        return log;
    }

    boolean hardStateIsDurable() {
        return hardState.equals(durableHardState);
    }

    /** An election timeout by chance, so that members do not campaign in step (Paper §5.2). */
    int randomElectionTicks() {
        boolean othersFirst = priorities.values().stream().anyMatch(priority -> priority > priority(self()));
        int patience = (othersFirst ? options.electionTicks() / 2 : 0) + ailingTicks();
        return options.electionTicks() + patience + random.nextInt(options.electionTicks());
    }

    /** A short wait by chance for members that lost their leader at the same moment. */
    int randomShortTicks() {
        return 1 + random.nextInt(Math.max(1, options.heartbeatTicks())) + ailingTicks();
    }

    /** Who should rather not lead lets a whole timeout pass for the others. */
    private int ailingTicks() {
        return isAiling() ? options.electionTicks() : 0;
    }

    /** Agreed time for a new entry: this machine's clock, but never before an earlier entry. */
    long stampMillis() {
        return Math.max(wallMillis, log.lastTimeMillis());
    }

    void send(Message message) {
        sendNow.add(message);
    }

    /** Sends what leans on the present term or vote: at once if they are durable, else after the write that makes it so. */
    void sendDurably(Message message) {
        (hardStateIsDurable() ? sendNow : sendAfterPersist).add(message);
    }

    void receipt(ProposeReceipt receipt) {
        receipts.add(receipt);
    }

    void refuse(long proposalId, Refusal refusal) {
        receipts.add(new ProposeReceipt(proposalId, refusal, 0, 0));
    }

    void grant(ReadGrant grant) {
        reads.add(grant);
    }

    void refuseRead(long readId) {
        reads.add(new ReadGrant(readId, false, 0));
    }

    void fetch(LogFetch fetch) {
        fetches.add(fetch);
    }

    void controlReceipt(ControlReceipt receipt) {
        controls.add(receipt);
    }

    void chunkFetch(ChunkFetch fetch) {
        chunkFetches.add(fetch);
    }

    /** Has a piece put aside, unless the disk is still busy with earlier ones: the leader asks again with its heartbeats. */
    void chunkWrite(ChunkWrite write) {
        if (chunkWritesOut < CHUNK_WRITES_MAX) {
            chunkWritesOut++;
            chunkWrites.add(write);
        }
    }

    /** A snapshot that was received whole takes the place of the log. */
    void install(Snapshot snapshot) {
        log.install(snapshot, commitIndex);
        commitIndex = snapshot.index();
    }

    void commit(long index) {
        if (index > log.lastIndex()) {
            throw new InvariantViolation("commit index " + index + " is behind the log's end " + log.lastIndex());
        }
        commitIndex = Math.max(commitIndex, index);
    }

    void become(Role next) {
        Invariants.checkTransition(role.name(), next.name());
        role.leave();
        role = next;
        role.enter();
    }

    /** Follows in {@code term}. A vote given in the same term stands: only a later term clears it. */
    void becomeFollower(long term, Optional<MemberId> leader) {
        if (term > hardState.term()) {
            hardState = new HardState(term, Optional.empty());
        }
        become(new Follower(this, leader));
    }

    void voteFor(long term, MemberId candidate) {
        hardState = new HardState(term, Optional.of(candidate));
    }

    // ---- messages ----

    private void dispatch(Message message) {
        switch (message.kind()) {
            case VOTE_REQUEST -> onVoteRequest((VoteRequest) message);
            case VOTE_RESPONSE -> onVoteResponse((VoteResponse) message);
            case APPEND_REQUEST -> onAppendRequest((AppendRequest) message);
            case APPEND_RESPONSE -> onAppendResponse((AppendResponse) message);
            case READ_REQUEST -> role.onReadRequest((ReadRequest) message);
            case READ_RESPONSE -> onReadResponse((ReadResponse) message);
            case PROPOSE_REQUEST -> role.onProposeRequest((ProposeRequest) message);
            case PROPOSE_RESPONSE -> receipt(((ProposeResponse) message).receipt());
            case TIMEOUT_NOW -> onTimeoutNow((TimeoutNow) message);
            case SNAPSHOT_REQUEST -> onSnapshotRequest((SnapshotRequest) message);
            case SNAPSHOT_RESPONSE -> onSnapshotResponse((SnapshotResponse) message);
            case CONTROL_REQUEST -> role.onControlRequest((ControlRequest) message);
            case CONTROL_RESPONSE -> controlReceipt(((ControlResponse) message).receipt());
            case APP_REPORT -> onAppReport((AppReport) message);
        }
    }

    private void onVoteRequest(VoteRequest request) {
        // While a leader is alive nobody may depose it, not even with a higher term, unless it asked for that itself
        // (Diss.
        // §4.2.3); and who was removed has no vote.
        boolean heard = (request.transfer() || !role.leaderAlive()) && mayVote();
        boolean granted = heard && (request.preVote() ? preVote(request) : vote(request));
        long answeredTerm = granted ? request.term() : term();
        VoteResponse response = new VoteResponse(self(), request.from(), answeredTerm, granted, request.preVote());
        if (request.preVote()) {
            send(response);
        } else {
            sendDurably(response);
        }
    }

    private boolean preVote(VoteRequest request) {
        return request.term() > term() && log.isNotFresherThan(request.lastIndex(), request.lastTerm());
    }

    private boolean vote(VoteRequest request) {
        if (request.term() < term()) {
            return false;
        }
        if (request.term() > term()) {
            becomeFollower(request.term(), Optional.empty());
        }
        boolean free = votedFor().isEmpty() || votedFor().get().equals(request.from());
        // A vote is only for a log at least as fresh as ours (Paper §5.4.1).
        if (!free || !log.isNotFresherThan(request.lastIndex(), request.lastTerm())) {
            return false;
        }
        voteFor(request.term(), request.from());
        role.onVoteGiven();
        return true;
    }

    private void onVoteResponse(VoteResponse response) {
        // A granted pre-vote echoes the term asked about, which is not the voter's own.
        boolean echoed = response.preVote() && response.granted();
        if (response.term() > term() && !echoed) {
            onNewerTerm(response);
        } else {
            role.onVoteResponse(response);
        }
    }

    /**
     * An answer tells of a newer term. From a member that is the end of a leader or candidate. Who was removed may have seen
     * terms that never counted, and must not depose anybody by a late answer; if it is this member's configuration that is
     * old, it hears no majority and steps down by itself.
     */
    private void onNewerTerm(Message response) {
        boolean member = log.configurations().anyFrom(commitIndex, known -> known.contains(response.from()));
        if (member) {
            becomeFollower(response.term(), Optional.empty());
        }
    }

    private void onAppendRequest(AppendRequest request) {
        if (follow(request)) {
            role.onAppendRequest(request);
        }
    }

    private void onSnapshotRequest(SnapshotRequest request) {
        if (follow(request)) {
            role.onSnapshotRequest(request);
        }
    }

    /** Whether the sender of this request leads in this term; then this member follows it. */
    private boolean follow(Message request) {
        if (request.term() < term()) {
            // Tells a leader of an older term that it is over, or it would go on for ever unheard. It may lead anew in
            // this
            // term by now: nothing is said about the log.
            sendDurably(new AppendResponse(self(), request.from(), term(), false, 0, 0, 0, 0, 0));
            return false;
        }
        if (request.term() == term() && leader().isPresent() && !leader().get().equals(request.from())) {
            throw new InvariantViolation("two leaders in term " + term() + ": " + leader().get() + " and "
                    + request.from() + " (Paper Fig. 3, election safety)");
        }
        if (request.term() > term() || leader().isEmpty()) {
            becomeFollower(request.term(), Optional.of(request.from()));
        }
        return true;
    }

    private void onTimeoutNow(TimeoutNow message) {
        if (message.term() == term()) {
            role.onTimeoutNow(message.from());
        }
    }

    private void onSnapshotResponse(SnapshotResponse response) {
        if (response.term() > term()) {
            onNewerTerm(response);
        } else if (response.term() == term()) {
            role.onSnapshotResponse(response);
        }
    }

    private void onAppendResponse(AppendResponse response) {
        if (response.term() > term()) {
            onNewerTerm(response);
        } else if (response.term() == term()) {
            role.onAppendResponse(response);
        }
    }

    /** Handed on between a leader and those who follow it, unread: consensus rests on nothing of it. */
    private void onAppReport(AppReport report) {
        boolean fromLeader = leader().isPresent() && leader().get().equals(report.from());
        if (report.term() == term() && (role.name() == RoleName.LEADER || fromLeader)) {
            appReports.add(report);
        }
    }

    private void onReadResponse(ReadResponse response) {
        grant(new ReadGrant(response.readId(), response.granted(), response.readIndex()));
    }

    private void onDropped(Message message) {
        switch (message.kind()) {
            case APPEND_REQUEST, SNAPSHOT_REQUEST -> role.onUnreachable(message.to());
            case CONTROL_REQUEST ->
                controlReceipt(ControlReceipt.refused(((ControlRequest) message).requestId(), Verdict.NO_LEADER));
            case PROPOSE_REQUEST -> refuse(((ProposeRequest) message).proposalId(), Refusal.NO_LEADER);
            case READ_REQUEST -> refuseRead(((ReadRequest) message).readId());
            case VOTE_REQUEST, VOTE_RESPONSE, APPEND_RESPONSE, READ_RESPONSE, PROPOSE_RESPONSE -> {}
            case TIMEOUT_NOW, SNAPSHOT_RESPONSE, CONTROL_RESPONSE, APP_REPORT -> {}
        }
    }

    private void onChunkStored(Snapshot snapshot, long storedBytes) {
        chunkWritesOut = Math.max(0, chunkWritesOut - 1);
        role.onChunkStored(snapshot, storedBytes);
    }

    private void checked(Runnable input) {
        Invariants before = Invariants.of(this);
        input.run();
        Invariants.checkDelta(before, Invariants.of(this));
    }

    private record HardStateWrite(long number, HardState hardState) {}
}
