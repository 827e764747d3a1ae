package dev.outrigger.agent.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.ChunkWrite;
import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Configuration.Member;
import dev.outrigger.agent.core.message.Configuration.Standing;
import dev.outrigger.agent.core.message.Control.ChangeMembers;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberChange;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message.AppendResponse;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Ready;
import dev.outrigger.agent.session.SessionLimits;
import dev.outrigger.agent.session.SessionTable;
import dev.outrigger.agent.session.Verdict;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Bugs that were found in other implementations of Raft, by their number in {@code docs/known-bugs.md}, which also names
 * the tests of the bugs that are none of the core's. Most are stories, told as transcripts in
 * {@code src/test/resources/raft/bugs}; what matters in them is said here once more, so that writing them anew cannot
 * lose it.
 */
class KnownBugsTest {
    private static final Path TABLE = Path.of("docs/known-bugs.md");
    private static final Path STORIES = Path.of("src/test/resources/raft/bugs");
    private static final Pattern IN_QUOTES = Pattern.compile("`([^`]+)`");
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");
    private static final MemberId C = new MemberId("c");
    private static final MemberId D = new MemberId("d");

    @Test
    @DisplayName("1: members are changed before an entry of the own term is committed (dissertation, 2015; Hydro)")
    void noChangeOfMembersBeforeAnEntryOfTheOwnTermIsCommitted() throws IOException {
        play("01_two_disjoint_majorities").tells("b control #2 PENDING").neverTells("a is LEADER in term 3");
    }

    @Test
    @DisplayName("2: a second change of the members while one is uncommitted (KAFKA-20740)")
    void noSecondChangeOfMembersWhileOneIsOpen() throws IOException {
        play("02_second_change_while_one_is_open").tells("a control #2 PENDING").tells("b control #3 PENDING");
    }

    @Test
    @DisplayName("3: a vote is answered before it is durable (SOFAJRaft 1241, PySyncObj 202)")
    void votesAreDurableBeforeTheyAreGiven() throws IOException {
        play("03_vote_before_the_disk")
                .tells("b then b->a t1 vote granted")
                .neverTells("b send b->a t1 vote granted")
                .neverTells("a is LEADER in term 1")
                .endsWith("b FOLLOWER of - in term 1, vote c, log ends 0@0, durable 0, commit 0");
    }

    @Test
    @DisplayName("4: a vote is forgotten on a step-down in the same term (etcd 2461, CCF 8094, Nebula 2405)")
    void aVoteIsKeptOnAStepDownInTheSameTerm() throws IOException {
        play("04_vote_forgotten")
                .tells("a is FOLLOWER of - in term 1")
                .tells("a send a->c t1 vote refused")
                .neverTells("c is LEADER in term 1");
    }

    @Test
    @DisplayName("5: a candidate does not record its vote for itself (Nebula 3415)")
    void aCandidatesOwnVoteIsOnItsDisk() throws IOException {
        play("05_no_vote_for_itself")
                .tells("a store term 1 vote a")
                .tells("a send a->c t1 vote refused")
                .neverTells("c is LEADER in term 1");
    }

    @Test
    @DisplayName("6: a vote of an older term is counted (little-raft 44)")
    void votesCountInTheirTermOnly() throws IOException {
        play("06_vote_of_an_older_term").tells("b->a t1 vote granted").neverTells("a is LEADER in term 2");
    }

    @Test
    @DisplayName("7: entries are acknowledged before they are durable (NATS, Redis-Raft, LazyFS)")
    void entriesAreDurableBeforeTheyAreAcknowledged() throws IOException {
        play("07_acknowledged_before_the_disk")
                .tells("b send b->a t1 match 1 round 2")
                .neverTells("b send b->a t1 match 2 round 2")
                .tells("a LEADER in term 1, vote a, log ends 2@1, durable 2, commit 1")
                .endsWith("a commits up to 2");
    }

    @Test
    @DisplayName("9: an index is used twice in a term after a failed write (canonical/raft 320)")
    void anIndexIsNeverUsedTwiceInATerm() throws IOException {
        play("09_index_used_twice").tells("a has 1@1").tells("a has 1@1 2@2").tells("b has 1@1 2@2");
    }

    @Test
    @DisplayName("11: an empty disk votes under a known name (KIP-853, Dragonboat)")
    void anEmptyDiskDoesNotVoteUnderAKnownName() throws IOException {
        play("11_empty_disk_under_a_known_name")
                .tells("c send c->b t0 pre-vote refused")
                .neverTells("b is CANDIDATE in term 2")
                .tells("b send b->a t2 pre-vote? log ends 6@1")
                .neverTells("b send b->c t2 pre-vote? log ends 6@1")
                .tells("c has 1@1 2@1 3@1 4@1 5@1 6@1 7@1 8@1 9@1");
    }

    @Test
    @DisplayName("11: an empty disk counts under a known name (KIP-853, Dragonboat)")
    void nobodyCountsInTheNameOfADiskThatIsBeingReplaced() {
        Cluster cluster = new Cluster(4);
        cluster.elect("a");
        RaftCore core = cluster.core("a");
        Member replacement = new Member(B, "b2", "b", Standing.VOTER);
        core.control(1, new ChangeMembers(List.of(MemberChange.put(replacement))));
        core.read(2);
        cluster.ready("a");
        cluster.persist("a");
        // With a and c this would be three of the four that decide, and two of the three that will.
        core.step(new AppendResponse(B, A, 1, true, 2, 0, 0, 0, 2));
        core.step(new AppendResponse(C, A, 1, true, 2, 0, 0, 0, 2));
        assertEquals(1, core.commitIndex());
        assertFalse(core.hasReady(), "no read is confirmed");
        core.step(new AppendResponse(D, A, 1, true, 2, 0, 0, 0, 2));
        assertEquals(2, core.commitIndex());
        assertEquals(1, cluster.ready("a").reads().size());
    }

    @Test
    @DisplayName("12: an entry of an older term is committed by counting (Paper Fig. 8)")
    void anOlderTermsEntryIsNotCommittedByCounting() throws IOException {
        play("12_older_entry_committed_by_counting")
                .tells("b->a t4 match 2 round 1")
                .neverTells("a commits up to 2")
                .tells("b has 1@1 2@3 3@5");
    }

    @Test
    @DisplayName("13: an append without entries commits more than it verified (Copycat 265)")
    void aHeartbeatCommitsNoMoreThanItVerifies() throws IOException {
        play("13_heartbeat_commits_too_much")
                .tells("a->b t4 append after 2@1 [] commit 3 round 1")
                .tells("b commits up to 2")
                .tells("b FOLLOWER of a in term 4, vote -, log ends 3@2, durable 3, commit 2");
    }

    @Test
    @DisplayName("14: a purged entry is taken for a conflict, and committed ones are deleted (OpenRaft 509)")
    void aPurgedEntryIsNoConflict() throws IOException {
        play("14_purged_entry_taken_for_a_conflict")
                .tells("b send b->a t1 match 6 round 1")
                .tells("b send b->a t1 match 8 round 1")
                .tells("b FOLLOWER of a in term 1, vote a, log ends 6@1, durable 6, commit 6")
                .endsWith("b FOLLOWER of a in term 1, vote a, log ends 8@1, durable 8, commit 8");
    }

    @Test
    @DisplayName("15: a snapshot older than the log takes the log's place (Zeebe 6092)")
    void anOldSnapshotDoesNotResetTheLog() throws IOException {
        play("15_old_snapshot_resets_the_log")
                .tells("c->a t1 match 6 round 1")
                .tells("c FOLLOWER of a in term 1, vote a, log ends 6@1, durable 6, commit 4")
                .endsWith("c FOLLOWER of a in term 1, vote a, log ends 6@1, durable 6, commit 6");
    }

    @Test
    @DisplayName("16: a snapshot without members, or with uncommitted ones; old ones are kept (canonical/raft 250)")
    void theMembersComeFromTheSnapshot() throws IOException {
        play("16_snapshot_and_members").tells("c has the members {voter a, voter b, voter c, learner d}");
    }

    @Test
    @DisplayName("16: a snapshot without members, after a restart (swarmkit 238, OpenRaft 1808)")
    void theMembersOfASnapshotAreThereAfterARestart() {
        Cluster cluster = changed();
        cluster.member("a").takeSnapshot(2, 3, 25);
        Configuration members = cluster.core("a").configuration();
        cluster.member("a").restart(0);
        assertTrue(members.contains(D));
        assertEquals(members, cluster.core("a").configuration());
    }

    @Test
    @DisplayName("17: commands are skipped or doubled after a crash (etcd 13766 and 14685)")
    void nothingIsDeliveredThatAPowerCutCouldTakeBack() {
        Cluster cluster = elected();
        cluster.core("a").propose(1, List.of(payload("x")));
        cluster.ready("a");
        cluster.ready("a");
        for (String follower : List.of("b", "c")) {
            cluster.deliver("a", follower);
            cluster.ready(follower);
            cluster.persist(follower);
            cluster.ready(follower);
            cluster.deliver(follower, "a");
        }
        assertEquals(2, cluster.core("a").commitIndex());
        assertEquals(1, cluster.core("a").deliverableIndex());
        cluster.member("a").restart(0);
        assertEquals(1, cluster.core("a").lastIndex());
    }

    @Test
    @DisplayName("18: a fresh leader answers reads before its no-op is committed (etcd 7331, TiKV 9239, Redis-Raft)")
    void readsOfAFreshLeaderWaitForItsNoOp() throws IOException {
        play("18_read_of_a_fresh_leader")
                .neverTells("b read #2 at 1")
                .neverTells("b read #2 at 2")
                .endsWith("b read #2 at 3");
    }

    @Test
    @DisplayName("19: a read is confirmed by an earlier round (etcd 20418)")
    void anEarlierRoundConfirmsNoRead() throws IOException {
        play("19_read_confirmed_by_an_older_round")
                .neverTells("a read #2 at 1")
                .neverTells("a read #3 at 1")
                .tells("a read #2 refused");
    }

    @Test
    @DisplayName("20: a read is answered without a quorum round (d-engine 381)")
    void noReadWithoutARound() throws IOException {
        play("20_read_without_a_round").neverTells("a read #1 at 1").endsWith("a read #1 refused");
    }

    @Test
    @DisplayName("21: lease reads under pause, jump or drift (Consul 2014, Aerospike)")
    void aPauseMakesNoReadStale() throws IOException {
        play("21_read_after_a_pause").neverTells("a read #2 at 1").endsWith("a read #2 refused");
    }

    @Test
    @DisplayName("22: a removed or partly connected member raises terms for ever (LogCabin 56, Cloudflare 2020)")
    void nobodyRaisesTermsForEver() throws IOException {
        play("22_terms_rise_for_ever")
                .tells("a LEADER in term 1, vote a, log ends 3@1, durable 3, commit 3")
                .tells("c FOLLOWER of - in term 1, vote a, log ends 2@1, durable 2, commit 1")
                .tells("c PRE_CANDIDATE in term 1, vote a, log ends 1@1, durable 1, commit 1");
    }

    @Test
    @DisplayName("23: pre-vote and check quorum leave nobody to elect (etcd 8243 and 8501, OpenRaft 1796)")
    void somebodyCanAlwaysBeElected() throws IOException {
        play("23_nobody_can_be_elected")
                .tells("b LEADER in term 6, vote b, log ends 3@6, durable 3, commit 3")
                .tells("a LEADER in term 10, vote a, log ends 2@10, durable 2, commit 2");
    }

    @Test
    @DisplayName("24: a leader that hears nobody leads on (TigerBeetle)")
    void aLeaderThatHearsNobodyGivesUp() throws IOException {
        play("24_leader_that_hears_nobody")
                .tells("a is FOLLOWER of - in term 1")
                .tells("c LEADER in term 2, vote c, log ends 3@2, durable 3, commit 3");
    }

    @Test
    @DisplayName("25: a leader's disk stalls, and its heartbeats go on (hashicorp/raft 503, 666, 683)")
    void aLeaderWhoseDiskStallsGivesUp() throws IOException {
        play("25_stalled_disk").tells("a is FOLLOWER of - in term 1").tells("a send a->b t1 campaign now");
    }

    @Test
    @DisplayName("27: a failed transfer is never over (hashicorp/raft 493, ra 228)")
    void aTransferEndsWithinAnElectionTimeout() throws IOException {
        play("27_transfer_that_fails")
                .tells("a proposal #2 TRANSFERRING")
                .tells("a proposal #4 2@1")
                .tells("a proposal #7 4@1");
    }

    @Test
    @DisplayName("28: a learner votes before it caught up (RedisRaft 125, EastGuard 150)")
    void aLearnerVotesOnceItHasCaughtUp() throws IOException {
        play("28_learner_promoted_too_early")
                .tells("a LEADER in term 1, vote a, log ends 3@1, durable 3, commit 3")
                .tells("a has the members {voter a, voter b, joining c -> voter a, voter b, voter c}");
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // for ever would be in one call of the core
    @DisplayName("29: what is larger than a limit is tried for ever (Copycat 181, engula 1080, raft-grpc-transport 9)")
    void entriesAboveEveryLimitArriveOneByOne() {
        Cluster cluster = new Cluster(3, KnownBugsTest::tight, line -> {});
        cluster.elect("a");
        cluster.isolate("c");
        for (int i = 0; i < 5; i++) {
            cluster.core("a").propose(i, List.of(payload("larger than any limit")));
            cluster.settle(); // this throws when it never comes to rest
        }
        assertEquals(6, cluster.core("a").commitIndex());
        cluster.heal();
        cluster.tick("a", Cluster.HEARTBEAT_TICKS);
        cluster.settle();
        assertEquals(6, cluster.core("c").commitIndex());
    }

    @Test
    @DisplayName("30: the uncommitted tail grows without bound, or its bound starts anew with each leader (etcd 10167)")
    void theUncommittedTailIsBoundedAcrossTerms() throws IOException {
        play("30_uncommitted_tail")
                .tells("b proposal #3 OVERLOADED")
                .tells("b proposal #4 UNSETTLED")
                .tells("b proposal #5 7@3");
    }

    @Test
    @DisplayName("31: a clock is read while applying, and members differ (ziti 4088)")
    void sessionsEndByTheLogsTimeOnAllMembers() {
        Cluster cluster = new Cluster(3);
        List.of("a", "b", "c").forEach(name -> cluster.core(name).wallClock(name.equals("a") ? 4_000_000 : 400_000));
        cluster.elect("a");
        propose(cluster, "a", "open");
        propose(cluster, "a", "2 1");
        cluster.elect("b"); // whose clock is an hour behind
        propose(cluster, "b", "2 2");
        cluster.core("b").wallClock(4_001_000);
        propose(cluster, "b", "2 3");

        List<Applied> members = List.of(apply(cluster, "a"), apply(cluster, "b"), apply(cluster, "c"));
        assertEquals(
                List.of(Verdict.Kind.APPLY, Verdict.Kind.APPLY, Verdict.Kind.EXPIRED),
                members.get(0).kinds());
        for (Applied member : members) {
            assertEquals(members.get(0).verdicts(), member.verdicts());
            assertEquals(members.get(0).table().digest(), member.table().digest());
            assertEquals(4_001_000, member.table().agreedMillis());
        }
        long[] times =
                entries(cluster, "b").stream().mapToLong(Entry::timeMillis).toArray();
        assertEquals(Arrays.toString(Arrays.stream(times).sorted().toArray()), Arrays.toString(times));
    }

    @Test
    @DisplayName("32: a retry over a change of the leader is executed twice (curvine 676, etcd 18424, IoTDB 11045)")
    void aRetryOverAChangeOfTheLeaderIsADuplicate() {
        Cluster cluster = new Cluster(3);
        cluster.elect("a");
        propose(cluster, "a", "open");
        propose(cluster, "a", "2 1"); // its client hears nothing of that, and asks b
        cluster.elect("b");
        propose(cluster, "b", "2 1");
        for (String name : List.of("a", "b", "c")) {
            assertEquals(
                    List.of(new Verdict(Verdict.Kind.APPLY, 0), new Verdict(Verdict.Kind.DUPLICATE, 3)),
                    apply(cluster, name).verdicts());
        }
    }

    @Test
    @DisplayName("33: a command fails for its client, and is committed later (Aerospike 3.99, ra 228)")
    void onlyWhatIsCertainIsRefused() throws IOException {
        play("33_refused_and_yet_committed")
                .neverTells("b proposal #1 NO_LEADER")
                .tells("a LEADER in term 1, vote a, log ends 2@1, durable 2, commit 2")
                .tells("b proposal #2 NO_LEADER")
                .neverTells("b proposal #3 NO_LEADER");
    }

    @Test
    @DisplayName("34: a member is ready before it caught up, and a rolling restart loses the majority (ArcadeDB 4834)")
    void aMemberKnowsHowFarBehindItsClusterItIs() {
        Cluster cluster = elected();
        cluster.isolate("c");
        List.of("u", "v", "w", "x").forEach(command -> propose(cluster, "a", command));
        cluster.heal();
        cluster.tick("a", Cluster.HEARTBEAT_TICKS);
        cluster.ready("a");
        cluster.deliver("a", "c");
        assertEquals(1, cluster.core("c").commitIndex());
        assertEquals(5, cluster.core("c").clusterCommitIndex());
    }

    @Test
    @DisplayName("36: the members are taken from the settings at a restart (typesense 235, d-engine 431)")
    void theMembersAreThoseOfTheLogAfterARestart() {
        Cluster cluster = changed();
        Configuration members = cluster.core("a").configuration();
        cluster.member("a").restart(0);
        assertTrue(members.contains(D));
        assertEquals(members, cluster.core("a").configuration());
    }

    @Test
    @DisplayName("37: a bad snapshot makes a member delete what it has (NATS 7556)")
    void aBadSnapshotChangesNothing() {
        Cluster cluster = elected();
        cluster.isolate("c");
        propose(cluster, "a", "x");
        propose(cluster, "a", "y");
        cluster.member("a").takeSnapshot(3, 4, 5);
        cluster.heal();
        cluster.tick("a", Cluster.HEARTBEAT_TICKS);
        ChunkWrite last = lastPiece(cluster);

        // All of it is there, and its checksum is another: the disk has thrown it away, and says so.
        RaftCore core = cluster.core("c");
        String before = Prose.state(core) + Prose.log(core);
        core.chunkStored(last.snapshot(), 0);
        Ready ready = cluster.ready("c");
        assertEquals(before, Prose.state(core) + Prose.log(core));
        assertEquals(Optional.empty(), ready.install());
        assertEquals(Optional.empty(), core.snapshot());

        // The leader hears of it, and begins anew after a while.
        for (int heartbeat = 0; heartbeat < 10; heartbeat++) {
            cluster.settle();
            cluster.tick("a", Cluster.HEARTBEAT_TICKS);
        }
        cluster.settle();
        assertEquals(3, core.commitIndex());
    }

    // ---- the table ----

    @Test
    void theTableNamesEveryBugWithTestsThatExist() throws IOException {
        List<String> rows = Files.readAllLines(TABLE).stream()
                .filter(line -> line.matches("\\| \\d+ \\|.*"))
                .toList();
        assertEquals(37, rows.size());
        Map<String, Class<?>> tests = testClasses();
        for (int number = 1; number <= rows.size(); number++) {
            String row = rows.get(number - 1);
            assertTrue(row.startsWith("| " + number + " |"), row);
            String named = row.substring(row.lastIndexOf('|', row.length() - 2));
            List<String> names = IN_QUOTES
                    .matcher(named)
                    .results()
                    .map(result -> result.group(1))
                    .toList();
            assertFalse(names.isEmpty(), row);
            names.forEach(name -> assertTrue(exists(name, tests), name));
        }
    }

    @Test
    void everyStoryIsInTheTableAndIsPlayed() throws IOException {
        String table = Files.readString(TABLE);
        String source = Files.readString(Path.of("src/test/java/dev/outrigger/agent/core/KnownBugsTest.java"));
        try (Stream<Path> stories = Files.list(STORIES)) {
            stories.map(story -> story.getFileName().toString()).forEach(story -> {
                assertTrue(table.contains("`" + story + "`"), story);
                assertTrue(source.contains("play(\"" + story.replace(".txt", "") + "\")"), story);
            });
        }
    }

    private static boolean exists(String name, Map<String, Class<?>> tests) {
        if (name.endsWith(".txt")) {
            return Files.exists(STORIES.resolve(name));
        }
        String[] classAndMethod = name.split("#");
        Class<?> test = Objects.requireNonNull(tests.get(classAndMethod[0]), name);
        return Arrays.stream(test.getDeclaredMethods())
                .anyMatch(method -> method.getName().equals(classAndMethod[1])
                        && (method.isAnnotationPresent(Test.class)
                                || method.isAnnotationPresent(ParameterizedTest.class)));
    }

    /** By simple name; a nested one as {@code Outer.Nested}. */
    private static Map<String, Class<?>> testClasses() throws IOException {
        Map<String, Class<?>> found = new TreeMap<>();
        Path sources = Path.of("src/test/java");
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(path -> path.toString().endsWith("Test.java"))
                    .sorted()
                    .toList()) {
                String path = sources.relativize(file).toString();
                Class<?> test = load(path.replace(".java", "").replace(File.separatorChar, '.'));
                found.put(test.getSimpleName(), test);
                for (Class<?> nested : test.getDeclaredClasses()) {
                    found.put(test.getSimpleName() + "." + nested.getSimpleName(), nested);
                }
            }
        }
        return found;
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, KnownBugsTest.class.getClassLoader());
        } catch (ClassNotFoundException missing) {
            throw new AssertionError(missing);
        }
    }

    // ---- what the tests are made of ----

    /** Plays {@code raft/bugs/<name>.txt}. */
    private static Story play(String name) throws IOException {
        String happened = TranscriptTest.play(STORIES.resolve(name + ".txt"));
        Story story = new Story(name, happened.lines().toList());
        assertTrue(story.lines().stream().noneMatch(line -> line.startsWith("STOPPED")), name);
        return story;
    }

    /** What came of a transcript, line by line. */
    private record Story(String name, List<String> lines) {
        Story tells(String line) {
            assertTrue(lines.contains(line), () -> name + " does not tell: " + line);
            return this;
        }

        Story neverTells(String line) {
            assertFalse(lines.contains(line), () -> name + " tells: " + line);
            return this;
        }

        void endsWith(String line) {
            assertEquals(line, lines.get(lines.size() - 1), name);
        }
    }

    private static Cluster elected() {
        Cluster cluster = new Cluster(3);
        cluster.elect("a");
        return cluster;
    }

    /** {@code d} has become a member, which {@code a} and all others know from index 2 of their logs. */
    private static Cluster changed() {
        Cluster cluster = new Cluster(3, 1, options -> options, line -> {});
        cluster.elect("a");
        Member learner = new Member(D, "d1", "d", Standing.LEARNER);
        cluster.core("a").control(1, new ChangeMembers(List.of(MemberChange.put(learner))));
        cluster.settle();
        return cluster;
    }

    /** Limits that no entry keeps. */
    private static CoreOptions tight(CoreOptions options) {
        return new CoreOptions(
                options.self(),
                options.storageId(),
                options.formed(),
                options.electionTicks(),
                options.heartbeatTicks(),
                1,
                1,
                1,
                1,
                1,
                1,
                1,
                1);
    }

    private static Payload payload(String text) {
        return Payload.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void propose(Cluster cluster, String leader, String command) {
        cluster.core(leader).propose(cluster.core(leader).lastIndex(), List.of(payload(command)));
        cluster.settle();
    }

    /** Works until {@code c} has been given the last piece of a snapshot, which its disk has not answered. */
    private static ChunkWrite lastPiece(Cluster cluster) {
        List<ChunkWrite> written = new ArrayList<>();
        for (int turn = 0; written.stream().allMatch(write -> write.bytes().length() == 0); turn++) {
            assertTrue(turn < 10, "c is never given anything");
            cluster.fetch("a");
            cluster.fetch("c");
            cluster.ready("a");
            cluster.deliver("a", "c");
            Ready ready = cluster.ready("c");
            cluster.persist("c");
            written.addAll(ready.chunkWrites());
            cluster.deliver("c", "a");
        }
        cluster.member("c").forgetAnswers();
        return written.get(written.size() - 1);
    }

    private static List<Entry> entries(Cluster cluster, String name) {
        return cluster.core(name).deliverable(1, Integer.MAX_VALUE).orElseThrow();
    }

    /** What a member's session table makes of its log: "open" opens a session, "2 1" is command 1 of session 2. */
    private static Applied apply(Cluster cluster, String name) {
        SessionTable table = new SessionTable(new SessionLimits(3, 4));
        List<Verdict> verdicts = new ArrayList<>();
        for (Entry entry : entries(cluster, name)) {
            String command = new String(entry.data().array(), StandardCharsets.UTF_8);
            if (command.isEmpty()) {
                table.advance(entry.index(), entry.timeMillis());
            } else if (command.equals("open")) {
                table.open(1000, entry.index(), entry.timeMillis());
            } else {
                String[] numbers = command.split(" ");
                long session = Long.parseLong(numbers[0]);
                long sequence = Long.parseLong(numbers[1]);
                verdicts.add(table.check(session, sequence, 0, entry.index(), entry.timeMillis()));
            }
        }
        return new Applied(table, verdicts);
    }

    private record Applied(SessionTable table, List<Verdict> verdicts) {
        List<Verdict.Kind> kinds() {
            return verdicts.stream().map(Verdict::kind).toList();
        }
    }
}
