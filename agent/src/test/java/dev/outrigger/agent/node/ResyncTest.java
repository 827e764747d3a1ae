package dev.outrigger.agent.node;

import static dev.outrigger.agent.node.NodeFixture.WAIT;
import static dev.outrigger.agent.node.NodeFixture.await;
import static dev.outrigger.agent.node.NodeFixture.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.AppStatus.State;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.node.Problem.Code;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How an application in quarantine comes to a clean state again, on an operator's word. */
class ResyncTest {
    private static final UnaryOperator<String> REVERSED =
            text -> new StringBuilder(text).reverse().toString();

    private final NodeFixture cluster = new NodeFixture("a", "b", "c");

    @TempDir
    private Path directory;

    @AfterEach
    void close() {
        cluster.close();
        assertEquals(List.of(), cluster.fatal);
    }

    @Test
    void anApplicationWithoutSnapshotsIsStartedEmptyAndGetsEverythingAgain() throws Exception {
        cluster.startAll();
        MemberId leader = cluster.leader();
        MemberId bad = cluster.follower();
        diverge(bad);
        Future<Answer<Long>> resync = resync(bad, WAIT);
        until(
                "the page says what to do",
                () -> cluster.onLoop(() -> cluster.node(bad).status().app().reason())
                        .filter(reason -> reason.contains("restart the application without state"))
                        .isPresent());
        cluster.submit(leader, "meanwhile");
        cluster.app(bad).forget();
        assertInstanceOf(Answer.Ok.class, await(resync));
        awaitSame(leader, bad);
        assertEquals("elihw a retfa", cluster.submit(bad, "after a while"));
        cluster.stop(bad);
        cluster.start(bad);
        until("trusted after a restart too", () -> state(bad) == State.SERVING);
    }

    @Test
    void anOwnSnapshotFromBeforeIsRestored() throws Exception {
        cluster.onDisk(directory).startAll();
        MemberId leader = cluster.leader();
        MemberId bad = cluster.follower();
        cluster.submit(bad, "before");
        assertInstanceOf(
                Answer.Ok.class, await(cluster.onLoop(() -> cluster.node(bad).takeSnapshot(WAIT))));
        diverge(bad);
        assertInstanceOf(Answer.Ok.class, await(resync(bad, WAIT)));
        awaitSame(leader, bad);
        assertEquals(Optional.empty(), mark(bad));
    }

    @Test
    void withoutOneTheLeadersSnapshotIsRestored() throws Exception {
        cluster.onDisk(directory).startAll();
        MemberId leader = cluster.leader();
        MemberId bad = cluster.follower();
        diverge(bad);
        assertInstanceOf(Answer.Ok.class, await(resync(bad, WAIT)));
        awaitSame(leader, bad);
        assertTrue(cluster.onLoop(() -> cluster.node(bad).status().snapshot()).isPresent());
    }

    @Test
    void anOwnSnapshotFromBehindIsNeverUsedAndGoes() throws Exception {
        cluster.onDisk(directory).startAll();
        MemberId leader = cluster.leader();
        MemberId away = cluster.follower();
        MemberId bad = cluster.nodes.keySet().stream()
                .filter(member -> !member.equals(leader) && !member.equals(away))
                .findFirst()
                .orElseThrow();
        cluster.submit(leader, "before");
        cluster.stop(away);
        cluster.app(bad).answersWith(text -> text + UUID.randomUUID());
        cluster.submit(leader, "now");
        until("applied there", () -> cluster.app(bad).journal().size() == 2);
        assertInstanceOf(
                Answer.Ok.class, await(cluster.onLoop(() -> cluster.node(bad).takeSnapshot(WAIT))));
        cluster.start(away);
        until("in quarantine", () -> state(bad) == State.QUARANTINED);
        long tainted = snapshotIndex(bad);
        assertInstanceOf(
                Answer.Failed.class,
                await(cluster.onLoop(() -> cluster.node(bad).latestSnapshot())));
        cluster.app(bad).answersWith(REVERSED);
        cluster.submit(leader, "later");
        assertInstanceOf(Answer.Ok.class, await(resync(bad, WAIT)));
        awaitSame(leader, bad);
        assertTrue(snapshotIndex(bad) > tainted);
        assertEquals(1, directory.resolve(bad.name()).resolve("snap").toFile().list().length, "the old one is gone");
    }

    @Test
    void isRefusedWhereNothingIsInQuarantine() throws Exception {
        cluster.startAll();
        Answer<Long> answer = await(resync(cluster.leader(), WAIT));
        assertTrue(
                answer instanceof Answer.Failed<Long> failed && failed.problem().code() == Code.NOT_QUARANTINED);
    }

    private void diverge(MemberId bad) {
        cluster.app(bad).answersWith(text -> text + UUID.randomUUID());
        cluster.submit(cluster.leader(), "one");
        cluster.submit(cluster.leader(), "two");
        until("in quarantine", () -> state(bad) == State.QUARANTINED);
        cluster.app(bad).answersWith(REVERSED);
    }

    private void awaitSame(MemberId one, MemberId other) {
        until(
                "the same state",
                () -> state(other) == State.SERVING
                        && cluster.app(one).journal().equals(cluster.app(other).journal()));
    }

    private long snapshotIndex(MemberId member) {
        return cluster.onLoop(() -> cluster.node(member).status().snapshot())
                .orElseThrow()
                .index();
    }

    private Optional<?> mark(MemberId member) {
        return cluster.onLoop(() -> cluster.node(member).status()).diagnosis().stream()
                .filter(found -> found.code().equals("DIVERGED"))
                .findFirst();
    }

    private Future<Answer<Long>> resync(MemberId member, Duration wait) {
        return cluster.onLoop(() -> cluster.node(member).resync(wait));
    }

    private State state(MemberId member) {
        return cluster.onLoop(() -> cluster.node(member).status().app().state());
    }
}
