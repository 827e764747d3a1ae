package dev.outrigger.agent.node;

import static dev.outrigger.agent.node.NodeFixture.WAIT;
import static dev.outrigger.agent.node.NodeFixture.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.storage.chronicle.Backups;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A backup and a group of nodes, each with an application of its own. */
class RestoreThroughLogTest {
    private static final int ENTRY_BYTES = 4 << 10;

    private final NodeFixture fixture = new NodeFixture("a", "b", "c");
    private final String state =
            IntStream.range(0, 4_000).mapToObj(i -> "command-" + i).collect(Collectors.joining(","));

    @AfterEach
    void close() {
        fixture.close();
        assertEquals(List.of(), fixture.fatal);
    }

    @Test
    void everyApplicationGetsItAndGoesOnFromThere() throws Exception {
        fixture.startAll();
        MemberId asked = fixture.follower();
        Answer<Long> restored = restore(asked);
        assertInstanceOf(Answer.Ok.class, restored, restored::toString);
        assertEquals("retfa", fixture.submit(fixture.leader(), "after"));
        for (MemberId member : fixture.nodes.keySet()) {
            awaitState(member, state + ",after");
        }
    }

    @Test
    void anApplicationThatStartsAnewGetsItFromTheLog() throws Exception {
        fixture.startAll();
        assertInstanceOf(Answer.Ok.class, restore(fixture.leader()));
        fixture.submit(fixture.leader(), "after");
        MemberId member = fixture.follower();
        fixture.replaceApp(member);
        NodeFixture.until(
                "all of it is back",
                () -> String.join(",", fixture.app(member).journal()).equals(state + ",after"));
        fixture.stop(member);
        fixture.start(member);
        awaitState(member, state + ",after");
    }

    @Test
    void aClusterWithStateRefusesIt() throws Exception {
        fixture.startAll();
        fixture.submit(fixture.leader(), "something");
        Answer<RestoreUpload> begun = begin(fixture.follower());
        assertEquals(
                Code.NOT_EMPTY,
                assertInstanceOf(Answer.Failed.class, begun).problem().code());
    }

    @Test
    void whatIsAppliedMeanwhileWinsOnEveryMember() throws Exception {
        fixture.startAll();
        MemberId asked = fixture.follower();
        RestoreUpload upload = upload(begin(asked));
        byte[] backup = backup();
        write(upload, Arrays.copyOf(backup, backup.length / 2));
        fixture.submit(fixture.leader(), "first");
        write(upload, Arrays.copyOfRange(backup, backup.length / 2, backup.length));
        Answer<Long> restored = await(fixture.onLoop(() -> upload.finish(WAIT)));
        assertEquals(
                Code.NOT_EMPTY,
                assertInstanceOf(Answer.Failed.class, restored).problem().code());
        fixture.submit(asked, "second");
        for (MemberId member : fixture.nodes.keySet()) {
            awaitState(member, "first,second");
        }
    }

    @Test
    void aLeaderThatGoesTakesNothingOfItAway() throws Exception {
        fixture.startAll();
        MemberId leader = fixture.leader();
        MemberId asked = fixture.follower();
        RestoreUpload upload = upload(begin(asked));
        byte[] backup = backup();
        write(upload, Arrays.copyOf(backup, backup.length / 2));
        fixture.stop(leader);
        write(upload, Arrays.copyOfRange(backup, backup.length / 2, backup.length));
        Answer<Long> restored = await(fixture.onLoop(() -> upload.finish(WAIT)));
        assertInstanceOf(Answer.Ok.class, restored, restored::toString);
        fixture.start(leader);
        for (MemberId member : fixture.nodes.keySet()) {
            awaitState(member, state);
        }
    }

    @Test
    void aDownloadNeedsASnapshot() throws Exception {
        fixture.startAll();
        MemberId member = fixture.leader();
        Answer<BackupDownload> none =
                await(fixture.onLoop(() -> fixture.node(member).latestSnapshot()));
        assertEquals(
                Code.NOT_FOUND,
                assertInstanceOf(Answer.Failed.class, none).problem().code());
    }

    @Test
    void ofAnApplicationWithoutStateNoSnapshotIsTaken() throws Exception {
        fixture.startAll();
        MemberId member = fixture.leader();
        NodeFixture.until(
                "attached",
                () -> fixture.onLoop(() -> fixture.node(member).status().app().attached()));
        Answer<?> none = await(fixture.onLoop(() -> fixture.node(member).takeSnapshot(WAIT)));
        Problem problem = assertInstanceOf(Answer.Failed.class, none).problem();
        assertEquals(Code.SNAPSHOT_FAILED, problem.code());
        assertTrue(problem.detail().contains("applied nothing"), problem.detail());
    }

    /** Right after a hand-shake a query may still be told that the application is away. */
    private void awaitState(MemberId member, String expected) {
        NodeFixture.until(member + " has what was restored", () -> {
            Answer<Payload> answer =
                    await(fixture.onLoop(() -> fixture.node(member).query(NodeFixture.payload("all"), true, 0, WAIT)));
            return answer instanceof Answer.Ok<Payload> ok
                    && new String(ok.value().array(), StandardCharsets.UTF_8).equals(expected);
        });
    }

    private Answer<Long> restore(MemberId member) {
        RestoreUpload upload = upload(begin(member));
        write(upload, backup());
        return await(fixture.onLoop(() -> upload.finish(WAIT)));
    }

    private Answer<RestoreUpload> begin(MemberId member) {
        return await(fixture.onLoop(() -> fixture.node(member).restore(ENTRY_BYTES, WAIT)));
    }

    private static RestoreUpload upload(Answer<RestoreUpload> begun) {
        return (RestoreUpload)
                assertInstanceOf(Answer.Ok.class, begun, begun::toString).value();
    }

    private void write(RestoreUpload upload, byte[] bytes) {
        assertEquals(Optional.empty(), await(fixture.onLoop(() -> upload.write(Payload.of(bytes)))));
    }

    private byte[] backup() {
        return Backups.of("journal/1", state.getBytes(StandardCharsets.UTF_8));
    }
}
