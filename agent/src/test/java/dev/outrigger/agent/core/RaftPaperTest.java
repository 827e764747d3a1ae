package dev.outrigger.agent.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Message.AppendRequest;
import dev.outrigger.agent.core.message.Message.AppendResponse;
import dev.outrigger.agent.core.message.Message.VoteRequest;
import dev.outrigger.agent.core.message.Message.VoteResponse;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ReadGrant;
import dev.outrigger.agent.core.message.Ready;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The sentences of the Raft paper (extended version, 2014), and of the dissertation where we follow that. */
class RaftPaperTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");
    private static final MemberId C = new MemberId("c");

    @Nested
    class Section5_1_Basics {
        /** "If a server receives a request with a stale term number, it rejects the request." */
        @Test
        void rejectsRequestsOfAStaleTerm() {
            Cluster cluster = withLogs(5, "1");
            VoteResponse vote = (VoteResponse) answer(cluster, new VoteRequest(B, A, 4, 9, 4, false, false));
            AppendResponse append = (AppendResponse) answer(cluster, append(B, 4, 1, 1, 0));
            assertFalse(vote.granted());
            assertFalse(append.accepted());
            assertEquals(5, append.term());
        }

        /** "If one server's current term is smaller than the other's, then it updates its current term to the
         *  larger value." */
        @Test
        void takesOverALargerTerm() {
            Cluster cluster = withLogs(5, "1");
            cluster.core("a").step(append(B, 8, 1, 1, 0));
            assertEquals(8, cluster.core("a").term());
        }

        /** "If a candidate or leader discovers that its term is out of date, it immediately reverts to follower state." */
        @Test
        void revertsToFollowerWhenItsTermIsOutOfDate() {
            Cluster cluster = new Cluster(3);
            cluster.campaign("a", List.of("b"));
            assertEquals(RoleName.LEADER, cluster.core("a").role());
            cluster.core("a").step(new AppendResponse(C, A, 7, false, 0, 0, 0, 0, 0));
            assertEquals(RoleName.FOLLOWER, cluster.core("a").role());
            assertEquals(7, cluster.core("a").term());
        }
    }

    @Nested
    class Section5_2_LeaderElection {
        /** "When servers start up, they begin as followers." */
        @Test
        void startsAsFollower() {
            assertEquals(RoleName.FOLLOWER, withLogs(3, "1,2,3").core("a").role());
        }

        /** "A server remains in follower state as long as it receives valid RPCs from a leader ..." */
        @Test
        void remainsFollowerWhileItHearsALeader() {
            Cluster cluster = withLogs(1, "1");
            for (int i = 0; i < 100; i++) {
                cluster.tick("a", Cluster.ELECTION_TICKS - 1);
                cluster.core("a").step(append(B, 1, 1, 1, 0));
            }
            assertEquals(Optional.of(B), cluster.core("a").leader());
        }

        /** "Leaders send periodic heartbeats ... to all followers in order to maintain their authority." */
        @Test
        void leaderSendsPeriodicHeartbeats() {
            Cluster cluster = elected(3, "a");
            cluster.tick("a", Cluster.HEARTBEAT_TICKS);
            assertEquals(List.of(B, C), receiversOfAppends(cluster.ready("a")));
            assertFalse(cluster.core("a").hasReady());
            cluster.tick("a", Cluster.HEARTBEAT_TICKS - 1);
            assertFalse(cluster.core("a").hasReady());
            cluster.tick("a", 1);
            assertTrue(cluster.core("a").hasReady());
        }

        /** "To begin an election, a follower increments its current term ... It then votes for itself." */
        @Test
        void candidateIncrementsItsTermAndVotesForItself() {
            Cluster cluster = withLogs(4, "1");
            cluster.campaign("a", List.of());
            cluster.deliver(new VoteResponse(B, A, 5, true, true));
            assertEquals(RoleName.CANDIDATE, cluster.core("a").role());
            assertEquals(5, cluster.core("a").term());
            assertEquals(Optional.of(A), cluster.core("a").votedFor());
        }

        /** "A candidate wins an election if it receives votes from a majority of the servers ... for the same term." */
        @Test
        void winsWithAMajorityOfTheFullCluster() {
            Cluster cluster = new Cluster(5);
            cluster.campaign("a", List.of("b"));
            assertNotEquals(RoleName.LEADER, cluster.core("a").role());
            cluster = new Cluster(5);
            cluster.campaign("a", List.of("b", "c"));
            assertEquals(RoleName.LEADER, cluster.core("a").role());
        }

        /** "Each server will vote for at most one candidate in a given term, on a first-come-first-served basis." */
        @Test
        void votesForOneCandidateInATerm() {
            Cluster cluster = withLogs(1, "1");
            assertTrue(vote(cluster, new VoteRequest(B, A, 2, 1, 1, false, false)));
            assertFalse(vote(cluster, new VoteRequest(C, A, 2, 1, 1, false, false)));
            assertTrue(vote(cluster, new VoteRequest(B, A, 2, 1, 1, false, false)));
            assertTrue(vote(cluster, new VoteRequest(C, A, 3, 1, 1, false, false)));
        }

        /** "If the leader's term ... is at least as large as the candidate's current term, then the candidate ... returns
         *  to follower state. If the term in the RPC is smaller ... the candidate continues." */
        @Test
        void candidateFollowsALeaderOfItsTermButNotOfAnOlderOne() {
            Cluster cluster = candidate("a", "b");
            long term = cluster.core("a").term();
            cluster.core("a").step(append(C, term - 1, 0, 0, 0));
            assertEquals(RoleName.CANDIDATE, cluster.core("a").role());
            cluster.core("a").step(append(C, term, 0, 0, 0));
            assertEquals(Optional.of(C), cluster.core("a").leader());
        }

        /** "If many followers become candidates at the same time, votes could be split ... each candidate will time out
         *  and start a new election." */
        @Test
        void startsAnewWhenTheVoteIsSplit() {
            Cluster cluster = candidate("a", "b");
            long term = cluster.core("a").term();
            cluster.tick("a", 2 * Cluster.ELECTION_TICKS);
            cluster.campaign("a", List.of("b", "c"));
            assertEquals(RoleName.LEADER, cluster.core("a").role());
            assertTrue(cluster.core("a").term() > term);
        }

        /** "Election timeouts are chosen randomly from a fixed interval." */
        @Test
        void electionTimeoutsDiffer() {
            Cluster cluster = new Cluster(5);
            cluster.members.keySet().forEach(name -> cluster.tick(name, Cluster.ELECTION_TICKS));
            List<String> campaigning = cluster.members.keySet().stream()
                    .filter(name -> cluster.core(name).role() != RoleName.FOLLOWER)
                    .toList();
            assertEquals(List.of("a"), campaigning);
        }
    }

    @Nested
    class Section5_3_LogReplication {
        /** "The leader appends the command to its log as a new entry, then issues AppendEntries RPCs in parallel." */
        @Test
        void leaderAppendsAndReplicatesToAll() {
            Cluster cluster = elected(5, "a");
            cluster.core("a").propose(1, commands("x"));
            assertEquals(2, cluster.core("a").lastIndex());
            assertEquals(4, receiversOfAppends(cluster.ready("a")).size());
        }

        /** "A log entry is committed once the leader that created the entry has replicated it on a majority." */
        @Test
        void commitsWhatAMajorityHolds() {
            Cluster cluster = elected(5, "a");
            cluster.core("a").propose(1, commands("x"));
            cluster.ready("a");
            cluster.persist("a");
            replicate(cluster, "a", "b");
            assertEquals(1, cluster.core("a").commitIndex());
            replicate(cluster, "a", "c");
            assertEquals(2, cluster.core("a").commitIndex());
        }

        /** "Once a follower learns that a log entry is committed, it applies the entry (in log order)." */
        @Test
        void followersLearnWhatIsCommitted() {
            Cluster cluster = elected(3, "a");
            cluster.core("a").propose(1, commands("x", "y"));
            cluster.settle();
            List<Entry> delivered = cluster.core("c").deliverable(1, 10_000).orElseThrow();
            assertEquals(
                    List.of(1L, 2L, 3L), delivered.stream().map(Entry::index).toList());
        }

        /** "If followers crash or run slowly ... the leader retries AppendEntries RPCs indefinitely." */
        @Test
        void retriesUntilAFollowerHasAll() {
            Cluster cluster = elected(3, "a");
            cluster.isolate("c");
            cluster.core("a").propose(1, commands("x"));
            for (int i = 0; i < 50; i++) {
                cluster.tick("a", Cluster.HEARTBEAT_TICKS);
                cluster.settle();
            }
            cluster.heal();
            cluster.tick("a", Cluster.HEARTBEAT_TICKS);
            cluster.settle();
            assertEquals(2, cluster.core("c").commitIndex());
        }

        /** "If the follower does not find an entry in its log with the same index and term, then it refuses." */
        @Test
        void refusesEntriesThatDoNotFollowItsOwn() {
            Cluster cluster = withLogs(3, "1,1,2");
            assertFalse(accepts(cluster, append(B, 3, 4, 2, 0)));
            assertFalse(accepts(cluster, append(B, 3, 3, 1, 0)));
            assertTrue(accepts(cluster, append(B, 3, 3, 2, 0)));
        }

        /** "Conflicting entries in follower logs will be overwritten with entries from the leader's log." */
        @Test
        void replacesConflictingEntriesOnly() {
            Cluster cluster = withLogs(3, "1,1,2,2");
            cluster.core("a").step(append(B, 3, 1, 1, 0, 1, 3));
            assertEquals("1@1 2@1 3@3", Prose.log(cluster.core("a")));
        }

        /** "(AppendEntries) Append any new entries not already in the log"; and only those that conflict are deleted. */
        @Test
        void keepsWhatIsBehindTheEntriesOfAnAppend() {
            Cluster cluster = withLogs(3, "1,1,2,2");
            cluster.core("a").step(append(B, 3, 0, 0, 0, 1, 1));
            assertEquals("1@1 2@1 3@2 4@2", Prose.log(cluster.core("a")));
        }

        /** "A leader never overwrites or deletes entries in its log; it only appends new entries." (Fig. 3) */
        @Test
        void leaderKeepsItsLog() {
            Cluster cluster = new Cluster(3);
            cluster.member("a").restart(disk(4, "1,1,4"));
            cluster.member("b").restart(disk(4, "1,2,2,2,2,2"));
            cluster.elect("a");
            cluster.settle();
            assertEquals("1@1 2@1 3@4 4@5", Prose.log(cluster.core("a")));
        }

        /** The followers of Fig. 7: whatever a follower misses or has too much, it ends up with the leader's log. */
        @Test
        void followersOfFigure7EndUpWithTheLeadersLog() {
            String leader = "1,1,1,4,4,5,5,6,6,6";
            List<String> followers = List.of(
                    "1,1,1,4,4,5,5,6,6",
                    "1,1,1,4",
                    "1,1,1,4,4,5,5,6,6,6,6",
                    "1,1,1,4,4,5,5,6,6,6,7,7",
                    "1,1,1,4,4,4,4",
                    "1,1,1,2,2,2,3,3,3,3,3");
            for (String follower : followers) {
                Cluster cluster = new Cluster(3);
                cluster.member("a").restart(disk(7, leader));
                cluster.member("b").restart(disk(7, follower));
                cluster.elect("a"); // with the vote of c, whose log is empty
                assertEquals(Prose.log(cluster.core("a")), Prose.log(cluster.core("b")), follower);
                assertEquals(11, cluster.core("b").commitIndex(), follower);
            }
        }

        /** "With this optimization, one AppendEntries RPC will be required for each term with conflicting entries." */
        @Test
        void probesOnceForEachConflictingTerm() {
            Cluster cluster = new Cluster(2);
            cluster.member("a").restart(disk(30, repeat(500, 1, 30)));
            cluster.member("b").restart(disk(29, repeat(500, 1) + "," + repeat(500, 2, 3, 4, 5, 6, 7)));
            cluster.campaign("a", List.of("b"));
            int probes = 0;
            while (cluster.core("a").commitIndex() == 0) {
                probes++;
                exchange(cluster, "a", "b");
            }
            assertTrue(probes <= 6 + 2, probes + " round trips");
        }
    }

    @Nested
    class Section5_4_Safety {
        /** "If the logs have last entries with different terms, then the log with the later term is more up-to-date. If the
         *  logs end with the same term, then whichever log is longer is more up-to-date." (§5.4.1) */
        @Test
        void votesOnlyForALogAtLeastAsUpToDate() {
            assertFalse(vote(withLogs(3, "1,2,2"), new VoteRequest(B, A, 4, 9, 1, false, false)));
            assertFalse(vote(withLogs(3, "1,2,2"), new VoteRequest(B, A, 4, 2, 2, false, false)));
            assertTrue(vote(withLogs(3, "1,2,2"), new VoteRequest(B, A, 4, 3, 2, false, false)));
            assertTrue(vote(withLogs(3, "1,2,2"), new VoteRequest(B, A, 4, 4, 2, false, false)));
            assertTrue(vote(withLogs(3, "1,2,2"), new VoteRequest(B, A, 4, 1, 3, false, false)));
        }

        /** "Raft never commits log entries from previous terms by counting replicas." (§5.4.2) */
        @Test
        void neverCommitsAnOlderTermsEntryByCounting() {
            Cluster cluster = new Cluster(3);
            cluster.members.values().forEach(member -> member.restart(disk(1, "1,1")));
            cluster.campaign("a", List.of("b"));
            cluster.ready("a");
            cluster.persist("a");
            cluster.core("a").step(new AppendResponse(B, A, 2, true, 2, 0, 0, 0, 1));
            cluster.core("a").step(new AppendResponse(C, A, 2, true, 2, 0, 0, 0, 1));
            assertEquals(0, cluster.core("a").commitIndex());
        }

        /** "Once an entry from the current term has been committed in this way, then all prior entries are committed
         *  indirectly." */
        @Test
        void commitsOlderEntriesWithOneOfItsOwnTerm() {
            Cluster cluster = new Cluster(3);
            cluster.members.values().forEach(member -> member.restart(disk(1, "1,1")));
            cluster.campaign("a", List.of("b"));
            cluster.ready("a");
            cluster.persist("a");
            cluster.core("a").step(new AppendResponse(B, A, 2, true, 3, 0, 0, 0, 1));
            assertEquals(3, cluster.core("a").commitIndex());
        }

        /** "If leaderCommit > commitIndex, set commitIndex = min(leaderCommit, index of last new entry)." (Fig. 2) */
        @Test
        void followerCommitsNoFurtherThanTheEntriesJustVerified() {
            Cluster cluster = withLogs(3, "1,1,2,2");
            cluster.core("a").step(append(B, 3, 2, 1, 4));
            assertEquals(2, cluster.core("a").commitIndex());
            cluster.core("a").step(append(B, 3, 2, 1, 4, 2));
            assertEquals(3, cluster.core("a").commitIndex());
        }
    }

    @Nested
    class Section5_5_Crashes {
        /** "Raft RPCs are idempotent, so this causes no harm." */
        @Test
        void messagesThatComeTwiceDoNoHarm() {
            Cluster cluster = elected(3, "a");
            cluster.core("a").propose(1, commands("x"));
            cluster.ready("a");
            List<Message> appends = cluster.inFlight("a", "b");
            appends.forEach(cluster::arrive);
            appends.forEach(cluster::arrive);
            cluster.settle();
            assertEquals("1@1 2@1", Prose.log(cluster.core("b")));
            assertEquals(2, cluster.core("a").commitIndex());
        }

        /** Fig. 2: "Persistent state ... updated on stable storage before responding to RPCs". */
        @Test
        void termVoteAndEntriesAreDurableBeforeAnyAnswerToThem() {
            Cluster cluster = withLogs(1, "1");
            cluster.core("a").step(new VoteRequest(B, A, 2, 1, 1, false, false));
            Ready vote = cluster.ready("a");
            assertEquals(Optional.of(new HardState(2, Optional.of(B))), vote.hardState());
            assertTrue(vote.sendNow().isEmpty());
            assertEquals(1, vote.sendAfterPersist().size());
            cluster.persist("a");

            cluster.core("a").step(append(B, 2, 1, 1, 0, 2));
            Ready entry = cluster.ready("a");
            assertEquals(1, ((AppendResponse) entry.sendNow().get(0)).matchIndex());
            cluster.persist("a");
            assertEquals(2, ((AppendResponse) cluster.ready("a").sendNow().get(0)).matchIndex());
        }
    }

    @Nested
    class Section8_ClientInteraction {
        /** "If the client's first choice is not the leader, that server will ... supply information about the most recent
         *  leader it has heard from": here it hands the command on itself. */
        @Test
        void handsCommandsOnToTheLeader() {
            Cluster cluster = elected(3, "a");
            cluster.core("b").propose(7, commands("x"));
            assertEquals(A, cluster.ready("b").sendNow().get(0).to());
        }

        /** "Raft handles this by having each leader commit a blank no-op entry into the log at the start of its term." */
        @Test
        void leaderBeginsItsTermWithANoOp() {
            Cluster cluster = new Cluster(3);
            cluster.campaign("a", List.of("b"));
            assertEquals(Entry.Kind.NOOP, cluster.ready("a").appends().get(0).kind());
        }

        /** "A leader must check whether it has been deposed before processing a read-only request" by "having the leader
         *  exchange heartbeat messages with a majority of the cluster." */
        @Test
        void readsWaitForAMajoritysWord() {
            Cluster cluster = elected(3, "a");
            cluster.core("a").read(1);
            assertTrue(cluster.ready("a").reads().isEmpty());
            replicate(cluster, "a", "b");
            assertEquals(1, cluster.ready("a").reads().get(0).readIndex());
        }
    }

    @Nested
    class Dissertation {
        /** §9.6: "a candidate only increments its term if it first learns from a majority ... that they would be willing." */
        @Test
        void incrementsItsTermOnlyWhenAMajorityWouldVoteForIt() {
            Cluster cluster = new Cluster(3);
            cluster.isolate("a");
            cluster.tick("a", 1000);
            cluster.settle();
            assertEquals(0, cluster.core("a").term());
        }

        /** §4.2.3: "if a server receives a RequestVote request within the minimum election timeout of hearing from a
         *  current leader, it does not update its term or grant its vote." */
        @Test
        void ignoresCandidatesWhileItHearsALeader() {
            Cluster cluster = elected(3, "a");
            assertFalse(vote(cluster, "b", new VoteRequest(C, B, 9, 9, 9, false, false)));
            assertEquals(1, cluster.core("b").term());
            cluster.tick("b", Cluster.ELECTION_TICKS);
            assertTrue(vote(cluster, "b", new VoteRequest(C, B, 9, 9, 9, false, false)));
        }

        /** §6.2: "a leader ... steps down if an election timeout elapses without a successful round of heartbeats to a
         *  majority of its cluster." */
        @Test
        void leaderStepsDownWhenNoMajorityAnswers() {
            Cluster cluster = elected(5, "a");
            cluster.tick("a", 2 * Cluster.ELECTION_TICKS);
            assertEquals(RoleName.FOLLOWER, cluster.core("a").role());
            assertEquals(1, cluster.core("a").term());
        }

        /** §6.4: "If the leader has not yet marked an entry from its current term committed, it waits until it has done
         *  so." */
        @Test
        void readsWaitForTheLeadersOwnEntry() {
            Cluster cluster = new Cluster(3);
            cluster.campaign("a", List.of("b"));
            cluster.core("a").read(1);
            cluster.ready("a");
            cluster.persist("a");
            cluster.core("a").step(new AppendResponse(B, A, 1, true, 0, 0, 0, 0, 1));
            assertFalse(cluster.core("a").hasReady());
            cluster.core("a").step(new AppendResponse(B, A, 1, true, 1, 0, 0, 0, 1));
            assertTrue(cluster.ready("a").reads().isEmpty());
            cluster.core("a").step(new AppendResponse(B, A, 1, true, 1, 0, 0, 0, 2));
            assertEquals(List.of(new ReadGrant(1, true, 1)), cluster.ready("a").reads());
        }

        /** §10.2.1: "the leader can write to its disk in parallel with replicating to the followers" and "may even commit
         *  an entry before it has been written to its own disk." */
        @Test
        void commitsWithoutItsOwnDiskButDeliversWithIt() {
            Cluster cluster = elected(3, "a");
            cluster.core("a").propose(1, commands("x"));
            cluster.ready("a");
            replicate(cluster, "a", "b");
            replicate(cluster, "a", "c");
            assertEquals(2, cluster.core("a").commitIndex());
            assertEquals(1, cluster.core("a").deliverableIndex());
            cluster.persist("a");
            assertEquals(2, cluster.core("a").deliverableIndex());
        }
    }

    // ---- what the tests are made of ----

    private static Cluster elected(int size, String leader) {
        Cluster cluster = new Cluster(size);
        cluster.elect(leader);
        assertEquals(RoleName.LEADER, cluster.core(leader).role());
        return cluster;
    }

    /** A member that may campaign, but that nobody has voted for yet. */
    private static Cluster candidate(String name, String supporter) {
        Cluster cluster = new Cluster(3);
        cluster.campaign(name, List.of());
        String self = name;
        cluster.inFlight(self, supporter).forEach(cluster::deliver);
        cluster.ready(supporter);
        cluster.deliver(supporter, self);
        assertEquals(RoleName.CANDIDATE, cluster.core(self).role());
        return cluster;
    }

    /** Three members of which {@code a} comes back with this term and log. */
    private static Cluster withLogs(long term, String terms) {
        Cluster cluster = new Cluster(3);
        cluster.member("a").restart(disk(term, terms));
        return cluster;
    }

    private static Disk disk(long term, String terms) {
        long[] log = Arrays.stream(terms.split(",")).mapToLong(Long::parseLong).toArray();
        return Disk.of(new HardState(term, Optional.empty()), log);
    }

    private static String repeat(int entries, long... terms) {
        StringBuilder repeated = new StringBuilder();
        LongStream.of(terms).forEach(term -> repeated.append((term + ",").repeat(entries)));
        return repeated.substring(0, repeated.length() - 1);
    }

    private static List<Payload> commands(String... commands) {
        return Arrays.stream(commands)
                .map(command -> Payload.of(command.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    private static AppendRequest append(
            MemberId leader, long term, long prevIndex, long prevTerm, long commit, long... terms) {
        List<Entry> entries = new ArrayList<>();
        for (long entryTerm : terms) {
            entries.add(new Entry(prevIndex + entries.size() + 1, entryTerm, Entry.Kind.COMMAND, 0, Payload.EMPTY));
        }
        return new AppendRequest(leader, A, term, prevIndex, prevTerm, entries, commit, 1);
    }

    /** What {@code a} answers to a message. */
    private static Message answer(Cluster cluster, Message message) {
        return answer(cluster, "a", message);
    }

    private static Message answer(Cluster cluster, String name, Message message) {
        cluster.core(name).step(message);
        Ready ready = cluster.ready(name);
        cluster.persist(name);
        List<Message> answers = ready.sendNow().isEmpty() ? ready.sendAfterPersist() : ready.sendNow();
        return answers.get(0);
    }

    private static boolean vote(Cluster cluster, VoteRequest request) {
        return vote(cluster, "a", request);
    }

    private static boolean vote(Cluster cluster, String name, VoteRequest request) {
        return ((VoteResponse) answer(cluster, name, request)).granted();
    }

    private static boolean accepts(Cluster cluster, AppendRequest request) {
        return ((AppendResponse) answer(cluster, request)).accepted();
    }

    private static List<MemberId> receiversOfAppends(Ready ready) {
        return ready.sendNow().stream()
                .filter(message -> message.kind() == Message.Kind.APPEND_REQUEST)
                .map(Message::to)
                .toList();
    }

    /** What is on its way to the follower arrives, is made durable, and is acknowledged. */
    private static void replicate(Cluster cluster, String leader, String follower) {
        cluster.deliver(leader, follower);
        cluster.ready(follower);
        cluster.persist(follower);
        if (cluster.core(follower).hasReady()) {
            cluster.ready(follower);
        }
        cluster.deliver(follower, leader);
    }

    /** One round trip, with all that the two have to do for it. */
    private static void exchange(Cluster cluster, String leader, String follower) {
        if (cluster.core(leader).hasReady()) {
            cluster.ready(leader);
        }
        cluster.persist(leader);
        cluster.fetch(leader);
        if (cluster.core(leader).hasReady()) {
            cluster.ready(leader);
        }
        replicate(cluster, leader, follower);
    }
}
