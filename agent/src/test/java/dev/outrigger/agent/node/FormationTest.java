package dev.outrigger.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.CoreOptions;
import dev.outrigger.agent.core.RaftCore;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.peer.Admission;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.wire.Hello;
import java.time.Duration;
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
        Formation wiped = new Formation(options(B), "new-disk");
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
        Formation wiped = new Formation(options(A), "new-disk");
        wiped.admit(hello(B, "disk-b", Optional.of(cluster("x"))));
        wiped.admit(empty(C));
        assertEquals(Optional.empty(), wiped.proposal("id"));
    }

    @Test
    void refusesOtherClustersOtherListsAndStrangers() {
        Formation a = formation(A, Optional.empty());
        assertRefused(
                "WRONG_CLUSTER", a.admit(new Hello("other", B, "disk-b", 1, list(), Optional.empty(), "1", "", 0)));
        assertRefused(
                "MEMBERS_DIFFER",
                a.admit(new Hello("test", B, "disk-b", 1, List.of("a=x:1", "b=y:1"), Optional.empty(), "1", "", 0)));
        assertRefused("UNKNOWN_MEMBER", a.admit(empty(new MemberId("z"))));
        Formation formed = formation(A, Optional.of(cluster("x")));
        assertRefused("WRONG_CLUSTER", formed.admit(hello(B, "disk-b", Optional.of(cluster("y")))));
        assertTrue(formed.admit(hello(B, "disk-b", Optional.of(cluster("x")))) instanceof Admission.Admitted);
    }

    private static void assertRefused(String code, Admission admission) {
        assertEquals(code, assertInstanceOf(Admission.Refused.class, admission).code());
    }

    private static Formation formation(MemberId self, Optional<ClusterIdentity> cluster) {
        Formation formation = new Formation(options(self), "disk-" + self);
        cluster.ifPresent(identity -> formation.joined(membership(self, identity, LogOutline.EMPTY)));
        return formation;
    }

    private static Membership membership(MemberId self, ClusterIdentity identity, LogOutline log) {
        CoreOptions options = CoreOptions.of(self, identity.formed());
        return new Membership(identity, new RaftCore(options, HardState.INITIAL, log, new SplittableRandom(1)));
    }

    private static NodeOptions options(MemberId self) {
        return new NodeOptions(
                "test",
                self,
                MEMBERS,
                Duration.ofSeconds(1),
                Duration.ofMillis(100),
                true,
                "1",
                Optional.empty(),
                0,
                NodeOptions.Limits.DEFAULT);
    }

    private static Hello empty(MemberId member) {
        return hello(member, "disk-" + member, Optional.empty());
    }

    private static Hello hello(MemberId member, String disk, Optional<ClusterIdentity> cluster) {
        return new Hello("test", member, disk, 1, list(), cluster, "1", "", 0);
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
