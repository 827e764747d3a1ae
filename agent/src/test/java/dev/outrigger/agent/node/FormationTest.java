package dev.outrigger.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.CoreOptions;
import dev.outrigger.agent.core.RaftCore;
import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Configuration.Standing;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.peer.Admission;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.wire.Hello;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FormationTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");
    private static final MemberId C = new MemberId("c");
    private static final MemberId D = new MemberId("d");
    private static final SortedMap<MemberId, String> MEMBERS = new TreeMap<>();

    static {
        MEMBERS.put(A, "ha:1");
        MEMBERS.put(B, "hb:1");
        MEMBERS.put(C, "hc:1");
    }

    @Test
    void theFirstByNameFormsOnceEverybodyHasGreeted() {
        Formation a = formation(A, Optional.empty());
        a.admit(empty(B));
        assertEquals(Optional.empty(), a.proposal("id"));
        assertEquals(List.of(C), a.missing());
        a.admit(empty(C));
        ClusterIdentity formed = a.proposal("id").orElseThrow();
        assertEquals("id", formed.clusterId());
        assertEquals("disk-c", formed.member(C).orElseThrow().storageId());
        assertEquals("ha:1", formed.member(A).orElseThrow().peer());
    }

    @Test
    void nobodyElseForms() {
        Formation b = formation(B, Optional.empty());
        b.admit(empty(A));
        b.admit(empty(C));
        assertEquals(Optional.empty(), b.proposal("id"));
    }

    @Test
    void joinsTheClusterWhoseRecordNamesThisDisk() {
        Formation b = formation(B, Optional.empty());
        assertInstanceOf(Admission.Meeting.class, b.admit(hello(A, "disk-a", Optional.of(cluster("x")))));
        assertEquals(cluster("x"), b.proposal("id").orElseThrow());
    }

    @Test
    void anEmptiedDiskUnderAKnownNameIsNotThatMember() {
        Formation wiped = new Formation(options(B), "new-disk", true, Optional.empty());
        wiped.admit(hello(A, "disk-a", Optional.of(cluster("x"))));
        assertEquals(Optional.empty(), wiped.proposal("id"));
        assertEquals("x", wiped.foreignRecord().orElseThrow().clusterId());

        Formation a = formation(A, Optional.of(cluster("x")));
        Admission.Refused refused =
                assertInstanceOf(Admission.Refused.class, a.admit(hello(B, "new-disk", Optional.empty())));
        assertEquals("VOLUME_EMPTY", refused.code());
    }

    @Test
    void theFirstByNameNeverFormsASecondClusterAfterLosingItsDisk() {
        Formation wiped = new Formation(options(A), "new-disk", true, Optional.empty());
        wiped.admit(hello(B, "disk-b", Optional.of(cluster("x"))));
        wiped.admit(empty(C));
        assertEquals(Optional.empty(), wiped.proposal("id"));
    }

    /** The worst that could happen: an empty cluster over what the old one had acknowledged. */
    @Test
    void membersWhoseDisksWereDamagedNeverFormACluster() {
        for (Optional<String> rejoins : List.of(Optional.of(""), Optional.of("x"))) {
            Formation a = new Formation(options(A), "new-a", true, rejoins);
            a.admit(damaged(B, rejoins));
            a.admit(damaged(C, rejoins));
            assertEquals(List.of(), a.missing());
            assertEquals(Optional.empty(), a.proposal("id"));
            assertEquals(List.of(A, B, C), a.used());
        }
    }

    @Test
    void oneDamagedOrUsedDiskIsEnoughToFormNoCluster() {
        Formation damagedSelf = new Formation(options(A), "new-a", true, Optional.of(""));
        damagedSelf.admit(empty(B));
        damagedSelf.admit(empty(C));
        assertEquals(Optional.empty(), damagedSelf.proposal("id"));

        Formation usedSelf = new Formation(options(A), "disk-a", false, Optional.empty());
        usedSelf.admit(empty(B));
        usedSelf.admit(empty(C));
        assertEquals(Optional.empty(), usedSelf.proposal("id"));

        Formation a = formation(A, Optional.empty());
        a.admit(empty(B));
        a.admit(damaged(C, Optional.of("")));
        assertEquals(Optional.empty(), a.proposal("id"));
        assertEquals(List.of(C), a.used());
        a.admit(new Hello("test", C, "disk-c", 1, list(), Optional.empty(), "1", "", 0, false, Optional.empty()));
        assertEquals(Optional.empty(), a.proposal("id"));
        assertEquals(List.of(C), a.used());
    }

    @Test
    void aDamagedDiskRejoinsItsClusterAndNoOther() {
        ClusterIdentity named = cluster("x").with(committed(10, member(A, "disk-a"), member(B, "new-b")));
        Formation other = new Formation(options(B), "new-b", true, Optional.of("y"));
        assertRefused("WRONG_CLUSTER", other.admit(hello(A, "disk-a", Optional.of(named))));
        assertEquals(Optional.empty(), other.proposal("id"));
        for (String known : List.of("x", "")) {
            Formation b = new Formation(options(B), "new-b", true, Optional.of(known));
            b.admit(hello(A, "disk-a", Optional.of(cluster("x"))));
            assertEquals(Optional.empty(), b.proposal("id"));
            b.admit(hello(A, "disk-a", Optional.of(named)));
            assertEquals(named, b.proposal("id").orElseThrow());
        }
    }

    @Test
    void refusesOtherClustersOtherListsAndStrangers() {
        Formation a = formation(A, Optional.empty());
        assertRefused(
                "WRONG_CLUSTER",
                a.admit(new Hello(
                        "other", B, "disk-b", 1, list(), Optional.empty(), "1", "", 0, true, Optional.empty())));
        assertRefused(
                "MEMBERS_DIFFER",
                a.admit(new Hello(
                        "test",
                        B,
                        "disk-b",
                        1,
                        List.of("a=x:1", "b=y:1"),
                        Optional.empty(),
                        "1",
                        "",
                        0,
                        true,
                        Optional.empty())));
        assertRefused("UNKNOWN_MEMBER", a.admit(empty(new MemberId("z"))));
        Formation formed = formation(A, Optional.of(cluster("x")));
        assertRefused("WRONG_CLUSTER", formed.admit(hello(B, "disk-b", Optional.of(cluster("y")))));
        assertTrue(formed.admit(hello(B, "disk-b", Optional.of(cluster("x")))) instanceof Admission.Admitted);
    }

    @Test
    void whoWouldBeAMemberIsRefusedAndRemembered() {
        Formation a = formation(A, Optional.of(cluster("x")));
        assertRefused("UNKNOWN_MEMBER", a.admit(empty(D)));
        assertEquals("disk-d", a.met(D).orElseThrow().storageId());
        assertRefused("VOLUME_EMPTY", a.admit(hello(B, "new-disk", Optional.empty())));
        assertEquals("new-disk", a.met(B).orElseThrow().storageId());
        assertRefused("WRONG_CLUSTER", a.admit(hello(C, "new-disk", Optional.of(cluster("y")))));
        assertEquals(Optional.empty(), a.met(C));
    }

    @Test
    void onlySoManyStrangersAreRemembered() {
        Formation a = formation(A, Optional.of(cluster("x")));
        for (int i = 0; i <= 16; i++) {
            a.admit(empty(new MemberId("s" + i)));
        }
        assertEquals(Optional.empty(), a.met(new MemberId("s0")));
        assertTrue(a.met(new MemberId("s1")).isPresent());
    }

    @Test
    void joinsOnceACommittedConfigurationNamesThisDisk() {
        Formation d = new Formation(options(D), "disk-d", true, Optional.empty());
        d.admit(hello(A, "disk-a", Optional.of(cluster("x"))));
        assertEquals(Optional.empty(), d.proposal("id"));
        ClusterIdentity another = cluster("x").with(committed(10, member(A, "disk-a"), member(D, "old-disk")));
        d.admit(hello(A, "disk-a", Optional.of(another)));
        assertEquals(Optional.empty(), d.proposal("id"));
        ClusterIdentity named = cluster("x").with(committed(10, member(A, "disk-a"), member(D, "disk-d")));
        d.admit(hello(A, "disk-a", Optional.of(named)));
        assertEquals(named, d.proposal("id").orElseThrow());
    }

    @Test
    void anAgentThatIsBehindHearsWhoWasAddedMeanwhile() {
        Formation a = formation(A, Optional.of(cluster("x")));
        ClusterIdentity later = cluster("x").with(committed(10, member(A, "disk-a"), member(D, "disk-d")));
        assertInstanceOf(Admission.Admitted.class, a.admit(hello(D, "disk-d", Optional.of(later))));
        assertEquals("hd:1", a.membership().orElseThrow().find(D).orElseThrow().peer());
        assertRefused("REMOVED", a.admit(hello(B, "disk-b", Optional.of(cluster("x")))));
        // Who says that something is committed must belong to it all the same.
        assertRefused("REMOVED", a.admit(hello(C, "disk-c", Optional.of(later))));
    }

    @Test
    void aDiskThatWasReplacedStaysOutWhereverTheReplacementIsKnown() {
        Configuration second = Configuration.stable(List.of(member(A, "disk-a"), member(B, "disk-b2")));
        Configuration third = Configuration.stable(List.of(member(A, "disk-a"), member(B, "disk-b3")));
        Formation a = formation(A, log(second, third));
        ClusterIdentity asSecond = cluster("x").with(new ClusterIdentity.Committed(1, 1, second));
        assertRefused("VOLUME_EMPTY", a.admit(hello(B, "disk-b", Optional.of(cluster("x")))));
        assertRefused("VOLUME_EMPTY", a.admit(hello(B, "disk-b2", Optional.of(asSecond))));
        assertInstanceOf(Admission.Admitted.class, a.admit(hello(B, "disk-b3", Optional.of(asSecond))));
        assertInstanceOf(Admission.Meeting.class, a.admit(hello(B, "disk-b3", Optional.empty())));
    }

    @Test
    void aCommittedConfigurationBeatsAnUncommittedOneOfAnotherTerm() {
        Configuration lost = Configuration.stable(List.of(member(A, "disk-a"), member(B, "disk-b")));
        Formation a = formation(A, log(lost));
        ClusterIdentity.Committed decided = new ClusterIdentity.Committed(
                1, 2, Configuration.stable(List.of(member(A, "disk-a"), member(D, "disk-d"))));
        Admission admission =
                a.admit(hello(D, "disk-d", Optional.of(cluster("x").with(decided))));
        assertInstanceOf(Admission.Admitted.class, admission);
    }

    @Test
    void whoIsBeingRemovedIsHeardUntilThatIsCommitted() {
        List<Configuration.Member> all = cluster("x").formed().members();
        List<Configuration.Member> rest = List.of(member(A, "disk-a"), member(B, "disk-b"));
        LogOutline log = log(new Configuration(all, rest), Configuration.stable(rest));
        RaftCore core = core(A, cluster("x"), log);
        Membership members = new Membership(cluster("x"), core);
        Formation a = new Formation(options(A), "disk-a", true, Optional.empty());
        a.joined(members);
        Hello leader = hello(C, "disk-c", Optional.of(cluster("x")));
        assertInstanceOf(Admission.Admitted.class, a.admit(leader));
        core.step(new Message.AppendRequest(C, A, 1, 2, 1, List.of(), 2, 1));
        members.follow();
        assertRefused("REMOVED", a.admit(leader));
        assertEquals(2, a.cluster().orElseThrow().committed().index());
    }

    @Test
    void nobodySpeaksForAMemberWhoseDiskIsBeingReplaced() {
        List<Configuration.Member> all = cluster("x").formed().members();
        Configuration joint = new Configuration(
                all,
                List.of(
                        member(A, "disk-a"),
                        member(B, "disk-b"),
                        member(C, "new").with(Standing.JOINING)));
        Formation a = formation(A, log(joint));
        assertRefused("REMOVED", a.admit(hello(C, "disk-c", Optional.of(cluster("x")))));
        assertRefused("UNKNOWN_MEMBER", a.admit(hello(C, "new", Optional.empty())));
    }

    /** Known bug 36: settings that were changed since do not change who is a member. */
    @Test
    void aMemberOfAClusterGoesByItsRecordAndNotByItsSettings() {
        SortedMap<MemberId, String> others = new TreeMap<>();
        others.put(A, "ha:1");
        others.put(new MemberId("z"), "hz:1");
        NodeOptions changed = options(A, others);
        Formation a = new Formation(changed, "disk-a", true, Optional.empty());
        a.joined(membership(A, cluster("x"), LogOutline.EMPTY));
        assertEquals(cluster("x"), a.cluster().orElseThrow());
        assertTrue(a.admit(hello(B, "disk-b", Optional.of(cluster("x")))) instanceof Admission.Admitted);
        assertRefused("UNKNOWN_MEMBER", a.admit(empty(new MemberId("z"))));
        assertEquals(Optional.empty(), a.proposal("id"));
    }

    /** A log of nothing but these configurations, in term 1. */
    private static LogOutline log(Configuration... configurations) {
        List<Entry> entries = new ArrayList<>();
        for (Configuration configuration : configurations) {
            entries.add(new Entry(entries.size() + 1, 1, Entry.Kind.CONFIGURATION, 0, configuration.encode()));
        }
        return new LogOutline(1, entries.size(), List.of(new LogOutline.TermStart(1, 1)), 0, entries, Optional.empty());
    }

    private static Formation formation(MemberId self, LogOutline log) {
        Formation formation = new Formation(options(self), "disk-" + self, true, Optional.empty());
        formation.joined(membership(self, cluster("x"), log));
        return formation;
    }

    private static ClusterIdentity.Committed committed(long index, Configuration.Member... members) {
        return new ClusterIdentity.Committed(index, 2, Configuration.stable(List.of(members)));
    }

    private static Configuration.Member member(MemberId name, String disk) {
        return new Configuration.Member(name, disk, "h" + name + ":1", Standing.VOTER);
    }

    private static void assertRefused(String code, Admission admission) {
        assertEquals(code, assertInstanceOf(Admission.Refused.class, admission).code());
    }

    private static Formation formation(MemberId self, Optional<ClusterIdentity> cluster) {
        Formation formation = new Formation(options(self), "disk-" + self, true, Optional.empty());
        cluster.ifPresent(identity -> formation.joined(membership(self, identity, LogOutline.EMPTY)));
        return formation;
    }

    private static Membership membership(MemberId self, ClusterIdentity identity, LogOutline log) {
        return new Membership(identity, core(self, identity, log));
    }

    private static RaftCore core(MemberId self, ClusterIdentity identity, LogOutline log) {
        CoreOptions options = CoreOptions.of(self, "disk-" + self, identity.formed());
        return new RaftCore(options, HardState.INITIAL, log, new SplittableRandom(1));
    }

    private static NodeOptions options(MemberId self) {
        return options(self, MEMBERS);
    }

    private static NodeOptions options(MemberId self, SortedMap<MemberId, String> members) {
        return new NodeOptions(
                "test",
                self,
                members,
                Duration.ofSeconds(1),
                Duration.ofMillis(100),
                true,
                "1",
                Optional.empty(),
                0,
                NodeOptions.SnapshotOptions.DEFAULT,
                Duration.ofHours(1),
                NodeOptions.Limits.DEFAULT);
    }

    private static Hello damaged(MemberId member, Optional<String> rejoins) {
        return new Hello("test", member, "new-" + member, 1, list(), Optional.empty(), "1", "", 0, true, rejoins);
    }

    private static Hello empty(MemberId member) {
        return hello(member, "disk-" + member, Optional.empty());
    }

    private static Hello hello(MemberId member, String disk, Optional<ClusterIdentity> cluster) {
        return new Hello("test", member, disk, 1, list(), cluster, "1", "", 0, cluster.isEmpty(), Optional.empty());
    }

    private static List<String> list() {
        return List.of("a=ha:1", "b=hb:1", "c=hc:1");
    }

    private static ClusterIdentity cluster(String id) {
        return new ClusterIdentity(
                "test",
                id,
                List.of(
                        new ClusterIdentity.Member(A, "ha:1", "disk-a"),
                        new ClusterIdentity.Member(B, "hb:1", "disk-b"),
                        new ClusterIdentity.Member(C, "hc:1", "disk-c")));
    }
}
