package dev.outrigger.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Configuration.Standing;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.node.AutomaticReplacement.Group;
import dev.outrigger.agent.node.AutomaticReplacement.Verdict;
import dev.outrigger.agent.node.AutomaticReplacement.Verdict.Kind;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.wire.Hello;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A leads a, b and c with an election timeout of one second; c was heard of last at 0 s, and its empty disk knocks. */
class AutomaticReplacementTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");
    private static final MemberId C = new MemberId("c");
    private static final List<String> LISTED = List.of("a=ha:1", "c=hc:1");

    private final AutomaticReplacement replacement = new AutomaticReplacement(A, Duration.ofSeconds(1));

    @Test
    void beginsWhenTheOldDiskWasSilentAndTheNewOneKnockedForLong() {
        leadsSince(0);
        replacement.heard(C, at(0));
        assertEquals(Kind.WAIT, decide(blank(), 2, 9.9).kind());
        assertEquals(Kind.WAIT, decide(blank(), 2, 11.9).kind());
        assertEquals(Kind.NOW, decide(blank(), 2, 12).kind());
    }

    @Test
    void waitsWhileTheOldDiskIsHeardOf() {
        leadsSince(0);
        replacement.heard(C, at(50));
        assertEquals(Kind.WAIT, decide(blank(), 2, 59.9).kind());
        assertEquals(Kind.NOW, decide(blank(), 2, 60).kind());
    }

    /** The leader before it may have heard of the old disk a moment ago. */
    @Test
    void aNewLeaderKnowsNothingOfWhatWasBefore() {
        replacement.heard(C, at(0));
        leadsSince(30);
        assertEquals(Kind.WAIT, decide(blank(), 2, 39.9).kind());
        assertEquals(Kind.NOW, decide(blank(), 2, 40).kind());
        replacement.leads(false, at(41));
        assertEquals(Kind.WAIT, decide(blank(), 2, 42).kind());
        leadsSince(50);
        assertEquals(Kind.WAIT, decide(blank(), 2, 59.9).kind());
    }

    @Test
    void onlyALeaderDecides() {
        assertWaits("leader", decide(blank(), 0, 100));
    }

    @Test
    void nothingBeginsWhileAnotherChangeIsUnderWay() {
        leadsSince(0);
        replacement.heard(B, at(100));
        Verdict verdict = replacement.decide(met(blank(), 0), new Group("x", configuration(A, B, C), true), at(100));
        assertWaits("change", verdict);
    }

    @Test
    void nothingBeginsWithoutAMajorityOfTheOthers() {
        leadsSince(0);
        assertWaits("majority", replacement.decide(met(blank(), 0), group(A, B, C), at(100)));
        replacement.heard(B, at(99));
        assertWaits("majority", replacement.decide(met(blank(), 0), group(A, B, C), at(100)));
        replacement.heard(B, at(99.5));
        assertEquals(
                Kind.NOW,
                replacement.decide(met(blank(), 0), group(A, B, C), at(100)).kind());
        // Of two there is no majority without one; and of four two are none.
        assertWaits("majority", replacement.decide(met(blank(), 0), group(A, C), at(100)));
        assertWaits("majority", replacement.decide(met(blank(), 0), group(A, B, C, new MemberId("d")), at(100)));
    }

    @Test
    void oneAttemptAtATime() {
        leadsSince(0);
        replacement.heard(B, at(20));
        replacement.attempted(at(20));
        assertWaits("attempt", decide(blank(), 0, 39.9));
        assertEquals(Kind.NOW, decide(blank(), 0, 40).kind());
        // What was begun is not broken off for having begun.
        replacement.attempted(at(40));
        assertEquals(
                Kind.NOW,
                replacement.judge(met(blank(), 0), group(A, B, C), at(40)).kind());
    }

    @Test
    void aDiskThatHoldsAnythingIsNeverPutInThePlaceOfAnother() {
        leadsSince(0);
        assertEquals(
                Kind.NEVER,
                decide(hello(false, Optional.empty(), Optional.empty()), 0, 100).kind());
    }

    /** Else two emptied disks of one name could take turns. */
    @Test
    void neitherIsADiskThatWasAMembersBefore() {
        leadsSince(0);
        assertEquals(
                Kind.NEVER,
                decide(hello(true, Optional.of(cluster()), Optional.empty()), 0, 100)
                        .kind());
    }

    @Test
    void aDamagedDiskComesBackToItsOwnClusterOnly() {
        leadsSince(0);
        assertEquals(
                Kind.NEVER,
                decide(hello(true, Optional.empty(), Optional.of("y")), 0, 100).kind());
        assertEquals(
                Kind.NOW,
                decide(hello(true, Optional.empty(), Optional.of("x")), 0, 100).kind());
        assertEquals(
                Kind.NOW,
                decide(hello(true, Optional.empty(), Optional.of("")), 0, 100).kind());
    }

    @Test
    void whoListsNobodyOfTheClusterIsOfAnother() {
        leadsSince(0);
        Hello hello = hello(true, Optional.empty(), Optional.empty(), List.of("c=hc:1", "aa=ha:1"));
        assertEquals(Kind.NEVER, decide(hello, 0, 100).kind());
    }

    private Verdict decide(Hello hello, double knocksSince, double now) {
        replacement.heard(B, at(now));
        return replacement.decide(met(hello, knocksSince), group(A, B, C), at(now));
    }

    private void leadsSince(double seconds) {
        replacement.leads(true, at(seconds));
        replacement.leads(true, at(seconds + 1));
    }

    private static void assertWaits(String why, Verdict verdict) {
        assertEquals(Kind.WAIT, verdict.kind());
        assertTrue(verdict.reason().contains(why), verdict::reason);
    }

    /** The clock may start anywhere, also below zero. */
    private static long at(double seconds) {
        return Math.round(seconds * 1e9) - 15_000_000_000L;
    }

    private static Strangers.Met met(Hello hello, double since) {
        return new Strangers.Met(hello, at(since), at(since));
    }

    private static Hello blank() {
        return hello(true, Optional.empty(), Optional.empty());
    }

    private static Hello hello(boolean blank, Optional<ClusterIdentity> cluster, Optional<String> rejoins) {
        return hello(blank, cluster, rejoins, LISTED);
    }

    private static Hello hello(
            boolean blank, Optional<ClusterIdentity> cluster, Optional<String> rejoins, List<String> listed) {
        return new Hello("test", C, "new-disk", 1, listed, cluster, "1", "", 0, blank, rejoins);
    }

    private static ClusterIdentity cluster() {
        return new ClusterIdentity("test", "x", List.of(new ClusterIdentity.Member(C, "hc:1", "new-disk")));
    }

    private static Group group(MemberId... voters) {
        return new Group("x", configuration(voters), false);
    }

    private static Configuration configuration(MemberId... voters) {
        List<Configuration.Member> members = new ArrayList<>();
        for (MemberId voter : voters) {
            members.add(new Configuration.Member(voter, "disk-" + voter, "h" + voter + ":1", Standing.VOTER));
        }
        return Configuration.stable(members);
    }
}
