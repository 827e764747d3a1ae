package dev.outrigger.agent.simulator;

import dev.outrigger.agent.core.CoreMemory;
import dev.outrigger.agent.core.CoreOptions;
import dev.outrigger.agent.core.RaftCore;
import dev.outrigger.agent.core.RoleName;
import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Configuration.Member;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Message.AppendResponse;
import dev.outrigger.agent.core.message.Message.SnapshotResponse;
import dev.outrigger.agent.core.message.Message.VoteRequest;
import dev.outrigger.agent.core.message.Message.VoteResponse;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.core.message.ReadGrant;
import dev.outrigger.agent.core.message.Ready;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.core.quorum.Majority;
import dev.outrigger.agent.simulator.front.Happening;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sees everything that leaves a core and everything a disk has promised, and knows what must never be. Looks only at what
 * an event has changed. The first broken invariant stays as {@link #failure()}.
 */
public final class Watcher {
    /** No entry of a simulation takes more. */
    private static final long ENTRY_BYTES_MAX = 4096;

    private final Coverage coverage;
    private final Configuration formed;
    private final Map<String, Shadow> shadows = new HashMap<>();
    private final LongMap leaders = new LongMap();
    /** For each entry that was ever handed out, a hash of it and all before it. */
    private final LongMap chains = new LongMap();

    private final Map<Ballot, MemberId> votes = new HashMap<>();
    private final Map<Payload, Placement> placements = new IdentityHashMap<>();
    private final List<Placed> configurations = new ArrayList<>();
    private long[] committed = new long[1024];
    /** In which term each of them was committed. */
    private long[] committedIn = new long[1024];

    private long committedIndex;
    private Configuration committedConfiguration;
    private long committedConfigurationIndex;
    private long acknowledgedIndex;
    private long[] appDigests = new long[1024];
    private long[] sessionDigests = new long[1024];
    private long hash = 1;
    private long elections;
    private long newestLedTerm;
    private @Nullable String failure;

    Watcher(Coverage coverage, Configuration formed) {
        this.coverage = coverage;
        this.formed = formed;
        this.committedConfiguration = formed;
    }

    @Nullable
    String failure() {
        return failure;
    }

    long hash() {
        return hash;
    }

    long committedIndex() {
        return committedIndex;
    }

    /** How many leaders there were. */
    long elections() {
        return elections;
    }

    Coverage coverage() {
        return coverage;
    }

    // ---- what others find ----

    /** Something that never may happen has happened. */
    public void violation(String what) {
        if (failure == null) {
            failure = what;
        }
    }

    void mix(long value) {
        hash = (hash ^ value) * 0x9E3779B97F4A7C15L;
        hash ^= hash >>> 32;
    }

    /** The application beside {@code rank} is at {@code index} with a state of this digest. */
    public void applied(int rank, long index, long digest) {
        appDigests = room(appDigests, index);
        if (differs(appDigests, index, digest)) {
            violation("invariant 5: application " + rank + " has another state than others at index " + index);
        }
    }

    /** The session table of {@code rank} at {@code index}. */
    public void sessions(int rank, long index, long digest) {
        sessionDigests = room(sessionDigests, index);
        if (differs(sessionDigests, index, digest)) {
            violation("invariant 12: member " + rank + " has another session table than others at index " + index);
        }
    }

    /** Something above the cores that should happen sometimes. */
    public void met(Happening what) {
        coverage.met(what);
        if (what == Happening.SESSION_EXPIRED) {
            coverage.met(Coverage.Feature.SESSION_EXPIRY);
        }
    }

    /** The search for an order of what clients saw was given up. */
    public void unjudged() {
        coverage.unjudged();
    }

    /** A client was told that the command at {@code index} in {@code term} is done. */
    public void acknowledged(int rank, long index, long term) {
        acknowledged(rank, index);
        if (index <= committedIndex && committed[(int) index] != term) {
            violation("invariant 8: member " + rank + " has acknowledged " + index + "@" + term + ", but "
                    + committed[(int) index] + " is the term committed there");
        }
    }

    /** A client was told that the command at {@code index} is done. */
    public void acknowledged(int rank, long index) {
        if (index > committedIndex) {
            violation("invariant 8: member " + rank + " has acknowledged " + index + " before it was committed");
        }
        acknowledgedIndex = Math.max(acknowledgedIndex, index);
    }

    public long acknowledgedIndex() {
        return acknowledgedIndex;
    }

    private static boolean differs(long[] digests, long index, long digest) {
        long seen = digest == 0 ? 1 : digest;
        if (digests[(int) index] == 0) {
            digests[(int) index] = seen;
        }
        return digests[(int) index] != seen;
    }

    private static long[] room(long[] array, long index) {
        return index < array.length ? array : Arrays.copyOf(array, (int) Math.max(index + 1, 2L * array.length));
    }

    // ---- configurations ----

    Configuration committedConfiguration() {
        return committedConfiguration;
    }

    /** Every configuration that may be in force anywhere: the committed one, and later ones in any log. */
    List<Configuration> liveConfigurations(List<SimNode> nodes) {
        List<Configuration> live = new ArrayList<>();
        live.add(committedConfiguration);
        for (Placed placed : configurations) {
            if (placed.index > committedConfigurationIndex && isHeld(placed, nodes)) {
                live.add(placed.configuration);
            }
        }
        return live;
    }

    private static boolean isHeld(Placed placed, List<SimNode> nodes) {
        for (SimNode node : nodes) {
            Shadow shadow = node.shadow();
            boolean durable = placed.index > shadow.floor && shadow.holds(placed.index, placed.term)
                    || shadow.mayHold(placed.index, placed.term);
            if (durable || node.isUp() && node.holds(placed.index, placed.term)) {
                return true;
            }
        }
        return false;
    }

    // ---- disks ----

    Shadow shadow(String storageId) {
        return shadows.computeIfAbsent(storageId, Shadow::new);
    }

    /** A process starts on what it found; nothing that its disk has ever promised may be missing. */
    void booted(SimNode node, NodeDisk.Found found) {
        Shadow shadow = node.shadow();
        LogOutline outline = found.outline();
        HardState before = shadow.hardState;
        HardState now = found.hardState();
        boolean voteKept = now.term() > before.term()
                || now.term() == before.term()
                        && (before.votedFor().isEmpty() || before.votedFor().equals(now.votedFor()));
        if (!voteKept) {
            violation("invariant 2: " + node.id + " came back with " + now + " after " + before + " was durable");
        }
        long snapshotIndex = outline.snapshot().map(Snapshot::index).orElse(0L);
        if (snapshotIndex < shadow.floor && !shadow.lost) {
            violation("invariant 6: " + node.id + " came back with a snapshot of " + snapshotIndex + ", but one of "
                    + shadow.floor + " was durable");
        }
        compareTerms(node, shadow, outline);
        shadow.doubt(List.of());
        shadow.hardState = now;
        // A snapshot may have been installed though nobody heard of it.
        shadow.floor = Math.max(shadow.floor, snapshotIndex);
        shadow.last = Math.max(shadow.last, shadow.floor);
    }

    private void compareTerms(SimNode node, Shadow shadow, LogOutline outline) {
        int run = 0;
        List<LogOutline.TermStart> terms = outline.terms();
        long durable = shadow.last;
        // What was on its way when the process ended may have superseded the end of the log.
        boolean superseded = false;
        for (long index = outline.firstIndex(); index <= outline.lastIndex(); index++) {
            while (run + 1 < terms.size() && terms.get(run + 1).firstIndex() <= index) {
                run++;
            }
            long term = terms.get(run).term();
            if (index <= durable && index > shadow.floor) {
                superseded |= term > shadow.termAt(index);
                if (term < shadow.termAt(index)
                        || term != shadow.termAt(index) && isCommitted(index, shadow.termAt(index))) {
                    violation("invariant 9: " + node.id + " came back with " + index + "@" + term + " instead of @"
                            + shadow.termAt(index));
                }
            }
            shadow.put(index, term);
        }
        long last = Math.max(outline.lastIndex(), outline.firstIndex() - 1);
        for (long index = Math.max(last, shadow.floor) + 1; index <= durable; index++) {
            if (!superseded || isCommitted(index, shadow.termAt(index))) {
                violation("invariant 9: " + node.id + " came back with a log up to " + last + ", but " + durable
                        + " was durable");
                break;
            }
        }
        shadow.last = last;
    }

    private boolean isCommitted(long index, long term) {
        return index <= committedIndex && committed[(int) index] == term;
    }

    /** A force has returned. */
    void persisted(SimNode node, List<Ready> batch) {
        Shadow shadow = node.shadow();
        for (int i = 0; i < batch.size(); i++) {
            Ready ready = batch.get(i);
            if (ready.hardState().isPresent()) {
                shadow.hardState = ready.hardState().get();
            }
            if (ready.install().isPresent()) {
                Snapshot installed = ready.install().get();
                shadow.cover(installed.index(), installed.term());
            }
            List<Entry> appends = ready.appends();
            for (int k = 0; k < appends.size(); k++) {
                put(node, shadow, appends.get(k));
            }
        }
    }

    /** The process has ended while these writes were under way. */
    void brokenOff(SimNode node, List<Ready> underWay) {
        List<Entry> entries = new ArrayList<>();
        underWay.forEach(ready -> entries.addAll(ready.appends()));
        node.shadow().doubt(entries);
    }

    private void put(SimNode node, Shadow shadow, Entry entry) {
        long index = entry.index();
        if (index <= shadow.last && index <= committedIndex) {
            boolean cuts = index <= shadow.floor || shadow.termAt(index) == committed[(int) index];
            if (cuts && entry.term() != committed[(int) index]) {
                violation("invariant 9: " + node.id + " replaces the committed entry " + index);
            }
        }
        if (index > shadow.last + 1) {
            violation("invariant 9: " + node.id + " stores entry " + index + " behind " + shadow.last);
        }
        shadow.put(index, entry.term());
    }

    void snapshotSaved(SimNode node, Snapshot snapshot) {
        if (snapshot.index() > committedIndex || committed[(int) snapshot.index()] != snapshot.term()) {
            violation("invariant 6: " + node.id + " has a snapshot of what is not committed: " + snapshot);
        }
        Shadow shadow = node.shadow();
        shadow.cover(snapshot.index(), snapshot.term());
    }

    // ---- what leaves a core ----

    void handedOut(SimNode node, Ready ready) {
        List<Entry> appends = ready.appends();
        if (!appends.isEmpty()) {
            appended(node, appends);
        }
        if (ready.install().isPresent()) {
            installed(node, ready.install().get());
        }
        for (int i = 0; i < ready.receipts().size(); i++) {
            received(node, ready.receipts().get(i));
        }
        for (int i = 0; i < ready.reads().size(); i++) {
            granted(node, ready.reads().get(i));
        }
    }

    private void appended(SimNode node, List<Entry> appends) {
        RaftCore core = node.core();
        Entry first = appends.get(0);
        long chain = chainAt(node, first.index() - 1, core.termAt(first.index() - 1));
        for (int i = 0; i < appends.size(); i++) {
            Entry entry = appends.get(i);
            long index = entry.index();
            if (index <= committedIndex && index <= node.run().commitIndex && committed[(int) index] != entry.term()) {
                violation("invariant 9: " + node.id + " replaces " + index + ", which it knows to be committed");
            }
            chain = link(chain, entry);
            boolean isNew = chains.get(index, entry.term()) == 0;
            if (chains.putIfAbsent(index, entry.term(), chain) != chain) {
                violation(
                        "invariant 3: two logs differ up to " + index + "@" + entry.term() + ", second at " + node.id);
            }
            if (isNew) {
                created(node, entry);
            }
        }
    }

    private long chainAt(SimNode node, long index, long term) {
        if (index == 0) {
            return 1;
        }
        long chain = chains.get(index, term);
        if (chain == 0) {
            violation("invariant 3: " + node.id + " builds upon " + index + "@" + term + ", which nobody ever had");
        }
        return chain;
    }

    private static long link(long before, Entry entry) {
        long chain = before * 0x9E3779B97F4A7C15L + entry.term();
        chain = chain * 31 + entry.kind().tag();
        chain = chain * 31 + entry.timeMillis();
        chain = (chain ^ chain >>> 29) * 0xBF58476D1CE4E5B9L + entry.data().hashCode();
        return chain == 0 ? 1 : chain;
    }

    /** An entry turns up for the first time: in the log of the leader that made it. */
    private void created(SimNode node, Entry entry) {
        if (entry.kind() == Entry.Kind.CONFIGURATION) {
            configured(node, entry);
        } else if (entry.kind() == Entry.Kind.COMMAND) {
            Placement placement = placements.get(entry.data());
            if (placement == null) {
                violation("invariant 8: entry " + entry.index() + "@" + entry.term() + " was proposed by nobody");
            } else {
                place(placement, entry.index(), entry.term());
            }
        }
    }

    private void place(Placement placement, long index, long term) {
        if (placement.refused) {
            violation("invariant 8: a command that was refused is at " + index + "@" + term);
        } else if (placement.index != 0 && (placement.index != index || placement.term != term)) {
            violation("invariant 8: one proposal is at " + placement.index + "@" + placement.term + " and at " + index
                    + "@" + term);
        }
        placement.index = index;
        placement.term = term;
    }

    /** Every attempt to propose gets payloads of its own, so that they can be told apart wherever they turn up. */
    List<Payload> proposed(SimNode node, long proposalId, List<Payload> commands) {
        List<Payload> own = new ArrayList<>(commands.size());
        Placement[] placed = new Placement[commands.size()];
        for (int i = 0; i < placed.length; i++) {
            Payload payload = Payload.of(commands.get(i).array().clone());
            placed[i] = new Placement();
            placements.put(payload, placed[i]);
            own.add(payload);
        }
        node.run().proposals.put(proposalId, placed);
        return own;
    }

    private void received(SimNode node, ProposeReceipt receipt) {
        Placement @Nullable [] placed = node.run().proposals.get(receipt.proposalId());
        if (placed == null && receipt.proposalId() >> 40 != node.bootEpoch()) {
            return;
        }
        if (placed == null) {
            violation("invariant 8: " + node.id + " has a receipt for what it never proposed: " + receipt);
            return;
        }
        if (receipt.refusal() == ProposeReceipt.Refusal.OVERLOADED) {
            coverage.met(Coverage.Sometimes.PROPOSAL_OVERLOADED);
        } else if (receipt.refusal() == ProposeReceipt.Refusal.TRANSFERRING) {
            coverage.met(Coverage.Sometimes.PROPOSAL_WHILE_TRANSFERRING);
        }
        for (int i = 0; i < placed.length; i++) {
            if (receipt.appended()) {
                place(placed[i], receipt.firstIndex() + i, receipt.entryTerm());
            } else {
                if (placed[i].index != 0) {
                    violation("invariant 8: a command was refused as " + receipt.refusal() + ", but is at "
                            + placed[i].index + "@" + placed[i].term);
                }
                placed[i].refused = true;
            }
        }
    }

    void asked(SimNode node, long readId) {
        node.run().reads.put(readId, committedIndex);
        coverage.met(Coverage.Feature.READ_INDEX);
        RaftCore core = node.core();
        if (core.role() == RoleName.LEADER && core.termAt(core.commitIndex()) != core.term()) {
            coverage.met(Coverage.Sometimes.READ_WAITED_FOR_NOOP);
        }
    }

    private void granted(SimNode node, ReadGrant grant) {
        Long known = node.run().reads.get(grant.readId());
        // Answers to what an earlier run of this process has asked may still come.
        if (known == null && grant.readId() >> 40 != node.bootEpoch()) {
            return;
        }
        if (known == null) {
            violation("invariant 17: " + node.id + " was granted a read that it never asked for: " + grant);
        } else if (grant.granted() && grant.readIndex() < known) {
            violation("invariant 17: " + node.id + " reads at " + grant.readIndex() + ", but " + known
                    + " was committed when it asked");
        }
    }

    private void installed(SimNode node, Snapshot snapshot) {
        coverage.met(Coverage.Sometimes.SNAPSHOT_INSTALLED);
        coverage.met(Coverage.Feature.SNAPSHOT);
        if (snapshot.index() > committedIndex || committed[(int) snapshot.index()] != snapshot.term()) {
            violation("invariant 14: " + node.id + " installs a snapshot of what is not committed: " + snapshot);
        } else if (!configurationAt(snapshot.index()).equals(snapshot.configuration())) {
            violation("invariant 10: " + node.id + " installs a snapshot with a configuration that was not in force at "
                    + snapshot.index() + ": " + snapshot.configuration());
        }
    }

    /** What was committed as configuration up to {@code index}, itself committed. */
    Configuration configurationAt(long index) {
        Configuration found = formed;
        for (Placed placed : configurations) {
            boolean inForce = placed.index <= index && committed[(int) placed.index] == placed.term;
            if (inForce) {
                found = placed.configuration;
            }
        }
        return found;
    }

    // ---- messages ----

    void sent(SimNode node, Message message) {
        Shadow shadow = node.shadow();
        HardState durable = shadow.hardState;
        boolean mayBeAhead = message.kind() == Message.Kind.VOTE_REQUEST && ((VoteRequest) message).preVote()
                || message.kind() == Message.Kind.VOTE_RESPONSE && ((VoteResponse) message).preVote();
        if (message.term() > durable.term() && !mayBeAhead) {
            violation("invariant 11: " + node.id + " sends of a term that is not durable: " + message);
        }
        switch (message.kind()) {
            case VOTE_REQUEST -> {
                VoteRequest request = (VoteRequest) message;
                if (request.preVote()) {
                    coverage.met(Coverage.Feature.PRE_VOTE);
                } else {
                    vote(node, request.term(), request.from());
                }
            }
            case VOTE_RESPONSE -> {
                VoteResponse response = (VoteResponse) message;
                if (!response.preVote() && response.granted()) {
                    vote(node, response.term(), response.to());
                }
            }
            case APPEND_RESPONSE -> {
                AppendResponse response = (AppendResponse) message;
                if (response.accepted() && response.matchIndex() > Math.max(shadow.last, shadow.floor)) {
                    violation("invariant 11: " + node.id + " acknowledges what is not durable: " + response);
                }
            }
            case SNAPSHOT_RESPONSE -> {
                SnapshotResponse response = (SnapshotResponse) message;
                if (response.installed() && response.index() > Math.max(shadow.last, shadow.floor)) {
                    violation("invariant 11: " + node.id + " says installed before it is durable: " + response);
                }
            }
            case TIMEOUT_NOW -> coverage.met(Coverage.Feature.TRANSFER);
            default -> {}
        }
    }

    private void vote(SimNode node, long term, MemberId candidate) {
        Shadow shadow = node.shadow();
        if (!shadow.named) {
            violation("invariant 10: " + node.id + " votes on a disk that no configuration names, in term " + term);
        }
        MemberId other = votes.putIfAbsent(new Ballot(term, shadow.storageId), candidate);
        if (other != null && !other.equals(candidate)) {
            violation("invariant 2: " + node.id + " votes in term " + term + " for " + other + " and for " + candidate);
        }
        HardState durable = shadow.hardState;
        boolean isDurable = durable.term() > term
                || durable.term() == term
                        && durable.votedFor().isPresent()
                        && durable.votedFor().get().equals(candidate);
        if (!isDurable) {
            violation("invariant 11: " + node.id + " gives its vote in term " + term + " before it is durable");
        }
    }

    // ---- the state of a core ----

    /** Checks a member after any input. */
    void check(SimNode node) {
        RaftCore core = node.core();
        NodeRun run = node.run();
        Shadow shadow = node.shadow();
        shadow.named = shadow.named || core.configuration().contains(node.id, shadow.storageId);
        if (!shadow.named && core.role() != RoleName.FOLLOWER) {
            violation("invariant 10: " + node.id + " is " + core.role() + " on a disk that no configuration names");
        }
        long term = core.term();
        long commit = core.commitIndex();
        if (term < run.term || commit < run.commitIndex || core.deliverableIndex() < run.deliverableIndex) {
            violation("invariant 6: " + node.id + " went back: term " + run.term + " to " + term + ", commit index "
                    + run.commitIndex + " to " + commit);
        }
        if (core.lastIndex() < commit) {
            violation("invariant 6: " + node.id + " has committed " + commit + " of a log up to " + core.lastIndex());
        }
        if (core.role() == RoleName.LEADER && run.ledTerm != term) {
            run.ledTerm = term;
            elected(node, core);
        }
        if (commit > run.commitIndex) {
            commits(node, core, run);
        }
        run.term = term;
        run.commitIndex = commit;
        run.deliverableIndex = core.deliverableIndex();
        mix(node.rank + 31L * (core.role().ordinal() + 31L * (term + 31L * (commit + 31L * core.lastIndex()))));
    }

    /** Looks at what is too dear for every input. */
    void checkMemory(SimNode node, CoreOptions options) {
        RaftCore core = node.core();
        // No-ops and configurations are never refused, and a proposal is taken whole.
        long allowed = options.uncommittedBytesMax()
                + 600L * (core.lastIndex() - core.commitIndex() > 0 ? 8 + core.term() : 0);
        if (core.role() == RoleName.LEADER && core.uncommittedBytes() > allowed) {
            violation("invariant 15: " + node.id + " holds " + core.uncommittedBytes() + " uncommitted bytes");
        }
        CoreMemory memory = core.memory();
        long appendBytes = Math.max(options.appendBytesMax(), ENTRY_BYTES_MAX);
        // What came since the last write may be more than fits, until the next one.
        long tailBytes =
                options.tailBytesMax() + memory.unsettledBytes() + options.inflightBytesMax() + 2 * appendBytes;
        if (memory.tailBytes() > tailBytes
                || memory.inflightAppendsMax() > options.inflightAppendsMax()
                || memory.inflightBytesMax() > options.inflightBytesMax() + appendBytes
                || memory.pendingReads() > options.pendingReadsMax()) {
            violation("invariant 15: " + node.id + " holds " + memory + ", with " + options);
        }
    }

    private void elected(SimNode node, RaftCore core) {
        long term = core.term();
        // Who wins an older term when the votes arrive at last takes the lead from nobody.
        if (term > newestLedTerm) {
            newestLedTerm = term;
            elections++;
        }
        long number = node.rank + 1;
        if (leaders.putIfAbsent(term, 0, number) != number) {
            violation("invariant 1: two leaders in term " + term + ", one of them " + node.id);
        }
        HardState durable = node.shadow().hardState;
        if (durable.term() < term) {
            violation("invariant 11: " + node.id + " leads term " + term + ", which is not durable");
        }
        // Who was elected in an older term, and learns of it late, need not have what a newer term committed since.
        long last = committedIndex;
        while (last > 0 && committedIn[(int) last] >= term) {
            last--;
        }
        boolean complete = last == 0
                || last < core.firstIndex() - 1
                || last <= core.lastIndex() && core.termAt(last) == committed[(int) last];
        if (!complete) {
            violation("invariant 4: " + node.id + " leads term " + term + " without the committed entry " + last);
        }
        if (!decided(node.configuration(), member -> hasVoted(member, term, node))) {
            violation("invariant 1: " + node.id + " leads term " + term + " without the votes for it; configuration "
                    + node.configuration());
        }
    }

    private boolean hasVoted(Member voter, long term, SimNode candidate) {
        MemberId votedFor = votes.get(new Ballot(term, voter.storageId()));
        // Its own vote need not be sent to anybody when it is the only one.
        return votedFor == null
                ? voter.storageId().equals(candidate.shadow().storageId)
                : votedFor.equals(candidate.id);
    }

    static boolean decided(Configuration configuration, Predicate<Member> says) {
        return majority(configuration.members(), says)
                && (!configuration.isJoint() || majority(configuration.next(), says));
    }

    private static boolean majority(List<Member> members, Predicate<Member> says) {
        int voters = 0;
        int yes = 0;
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).votes()) {
                voters++;
                yes += says.test(members.get(i)) ? 1 : 0;
            }
        }
        return 2 * yes > voters;
    }

    private void commits(SimNode node, RaftCore core, NodeRun run) {
        long commit = core.commitIndex();
        long first = Math.max(run.commitIndex + 1, Math.max(1, core.firstIndex() - 1));
        long before = committedIndex;
        for (long index = first; index <= commit; index++) {
            long term = core.termAt(index);
            if (index <= before) {
                if (committed[(int) index] != term) {
                    violation("invariant 5: " + node.id + " commits " + index + "@" + term + ", others committed @"
                            + committed[(int) index]);
                }
            } else {
                committed = room(committed, index);
                committed[(int) index] = term;
                committedIn = room(committedIn, index);
                committedIn[(int) index] = core.term();
            }
        }
        if (commit > before) {
            committedIndex = commit;
            long term = core.termAt(commit);
            if (!decided(
                    node.configuration(), member -> shadow(member.storageId()).holds(commit, term))) {
                violation("invariant 7: " + node.id + " commits " + commit + "@" + term
                        + " without a durable majority of " + node.configuration());
            }
            if (term != core.term() && core.role() == RoleName.LEADER) {
                violation("invariant 4: " + node.id + " commits an entry of term " + term + " by counting in "
                        + core.term());
            }
            configurationsCommitted(before);
        }
    }

    private void configurationsCommitted(long before) {
        for (Placed placed : configurations) {
            boolean now = placed.index > before
                    && placed.index <= committedIndex
                    && committed[(int) placed.index] == placed.term;
            if (now && placed.index > committedConfigurationIndex) {
                committedConfiguration = placed.configuration;
                committedConfigurationIndex = placed.index;
            }
        }
    }

    private void configured(SimNode node, Entry entry) {
        Configuration next = Configuration.decode(entry.data());
        coverage.met(Coverage.Feature.MEMBERSHIP);
        RaftCore core = node.core();
        Configuration before = formed;
        for (int i = configurations.size() - 1; i >= 0; i--) {
            Placed placed = configurations.get(i);
            boolean inThisLog = placed.index < entry.index()
                    && (placed.index < core.firstIndex()
                            ? placed.index <= committedIndex && committed[(int) placed.index] == placed.term
                            : core.termAt(placed.index) == placed.term);
            if (inThisLog) {
                before = placed.configuration;
                if (placed.index > core.commitIndex()) {
                    violation("invariant 10: " + node.id + " appends a configuration at " + entry.index()
                            + " while that of " + placed.index + " is not committed");
                }
                break;
            }
        }
        if (core.role() == RoleName.LEADER
                && core.term() == entry.term()
                && core.termAt(core.commitIndex()) != core.term()) {
            violation("invariant 10: " + node.id
                    + " appends a configuration before an entry of its own term is committed");
        }
        if (!overlap(before, next)) {
            violation("invariant 10: quorums of adjacent configurations do not overlap: " + before + ", " + next);
        }
        notePromotion(before, next);
        configurations.add(new Placed(entry.index(), entry.term(), next));
        configurations.sort((one, other) ->
                one.index != other.index ? Long.compare(one.index, other.index) : Long.compare(one.term, other.term));
    }

    private void notePromotion(Configuration before, Configuration after) {
        for (Member member : after.afterChange().members()) {
            boolean learned = before.find(member.id())
                    .filter(known -> known.standing() == Configuration.Standing.JOINING)
                    .isPresent();
            if (learned && member.votes()) {
                coverage.met(Coverage.Sometimes.LEARNER_PROMOTED);
            }
        }
    }

    /** Whether no two disjoint sets of disks can decide, one in each. */
    static boolean overlap(Configuration one, Configuration other) {
        TreeSet<String> all = new TreeSet<>();
        List<List<String>> ones = voterDisks(one, all);
        List<List<String>> others = voterDisks(other, all);
        List<String> disks = List.copyOf(all);
        for (int set = 0; set < 1 << disks.size(); set++) {
            int chosen = set;
            boolean here = decides(ones, disk -> (chosen >> disks.indexOf(disk) & 1) == 1);
            if (here && decides(others, disk -> (chosen >> disks.indexOf(disk) & 1) == 0)) {
                return false;
            }
        }
        return true;
    }

    private static List<List<String>> voterDisks(Configuration configuration, TreeSet<String> all) {
        List<List<String>> lists = new ArrayList<>();
        lists.add(disks(configuration.members()));
        if (configuration.isJoint()) {
            lists.add(disks(configuration.next()));
        }
        lists.forEach(all::addAll);
        return lists;
    }

    private static List<String> disks(List<Member> members) {
        return members.stream().filter(Member::votes).map(Member::storageId).toList();
    }

    private static boolean decides(List<List<String>> lists, Predicate<String> in) {
        for (List<String> list : lists) {
            if (!new Majority<>(list).reachedBy(in)) {
                return false;
            }
        }
        return true;
    }

    private record Ballot(long term, String storageId) {}

    private record Placed(long index, long term, Configuration configuration) {}

    /** Where one attempt to propose one command has gone. */
    static final class Placement {
        long index;
        long term;
        boolean refused;
    }

    /** What is known of one run of one process. */
    static final class NodeRun {
        long term;
        long commitIndex;
        long deliverableIndex;
        long ledTerm;
        final Map<Long, Placement[]> proposals = new HashMap<>();
        final Map<Long, Long> reads = new HashMap<>();
    }
}
