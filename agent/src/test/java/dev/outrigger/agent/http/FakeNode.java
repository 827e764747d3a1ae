package dev.outrigger.agent.http;

import dev.outrigger.agent.app.AppStatus;
import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.BackupDownload;
import dev.outrigger.agent.node.ClientCommand;
import dev.outrigger.agent.node.LogReader;
import dev.outrigger.agent.node.MembersOrder;
import dev.outrigger.agent.node.Node;
import dev.outrigger.agent.node.NodeStatus;
import dev.outrigger.agent.node.Problem;
import dev.outrigger.agent.node.RestoreUpload;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A node whose answers the test decides, and that remembers what it was asked. By default it applies every command as
 * entry 42 of term 3 and answers with the command itself.
 */
public final class FakeNode implements Node {
    public record Query(Payload query, boolean linearizable, long minIndex, Duration patience) {}

    public final List<Payload> submitted = new CopyOnWriteArrayList<>();
    public final List<Optional<ClientCommand.Place>> places = new CopyOnWriteArrayList<>();
    public final List<String> sessionsAsked = new CopyOnWriteArrayList<>();
    public volatile Future<Answer<Long>> closed = Future.succeededFuture(new Answer.Ok<>(43L));
    public volatile Future<Answer<Answer.Numbered>> numbered =
            Future.succeededFuture(new Answer.Ok<>(new Answer.Numbered.Unseen()));
    public final List<Duration> waits = new CopyOnWriteArrayList<>();
    public final List<Query> queries = new CopyOnWriteArrayList<>();

    public volatile Function<List<Payload>, Future<List<Answer<Answer.Applied>>>> onSubmit = FakeNode::echo;
    public volatile Future<Answer<Long>> barrier = Future.succeededFuture(new Answer.Ok<>(90L));
    public volatile Function<Payload, Future<Answer<Payload>>> onQuery =
            query -> Future.succeededFuture(new Answer.Ok<>(query));
    public final List<Optional<MemberId>> transfers = new CopyOnWriteArrayList<>();
    public final List<MembersOrder> orders = new CopyOnWriteArrayList<>();
    public volatile Future<Answer<Answer.Led>> transfer =
            Future.succeededFuture(new Answer.Ok<>(new Answer.Led(new MemberId("b"), 6)));
    public volatile Future<Answer<Answer.Changed>> changed = Future.succeededFuture(new Answer.Ok<>(new Answer.Changed(
            97,
            List.of(new Configuration.Member(
                    new MemberId("d"), "disk-d", "host-d:7412", Configuration.Standing.VOTER)))));
    public static final Snapshot SNAPSHOT =
            new Snapshot(40, 4, 9, Configuration.of(List.of(new MemberId("a"))), 2048, 1);
    public volatile Future<Answer<Snapshot>> taken = Future.succeededFuture(new Answer.Ok<>(SNAPSHOT));
    public volatile Future<Answer<BackupDownload>> download = Future.succeededFuture(new Answer.Failed<>(
            Problem.of(Problem.Code.NOT_FOUND, Problem.Outcome.NONE, "No snapshot is on this disk yet.")));
    public volatile Future<Answer<RestoreUpload>> upload = Future.succeededFuture(new Answer.Failed<>(
            Problem.of(Problem.Code.NOT_EMPTY, Problem.Outcome.NONE, "The cluster has applied something already.")));
    public volatile Future<Answer<Optional<MemberId>>> drained =
            Future.succeededFuture(new Answer.Ok<>(Optional.of(new MemberId("b"))));
    public final List<Long> logReads = new CopyOnWriteArrayList<>();
    public volatile Answer<LogReader> log = new Answer.Failed<>(
            Problem.of(Problem.Code.OVERLOADED, Problem.Outcome.NONE, "16 readers follow this agent's log already."));
    public volatile NodeStatus status = leader();
    public volatile Runnable onStatus = () -> {};

    private final Context context;

    public FakeNode(Context context) {
        this.context = context;
    }

    @Override
    public Context context() {
        return context;
    }

    @Override
    public Future<List<Answer<Answer.Applied>>> submit(List<ClientCommand> asked, Duration wait) {
        List<Payload> commands = asked.stream().map(ClientCommand::body).toList();
        places.addAll(asked.stream().map(ClientCommand::place).toList());
        submitted.addAll(commands);
        waits.add(wait);
        return onSubmit.apply(commands);
    }

    @Override
    public Future<Answer<Answer.Opened>> openSession(OptionalLong timeToLiveMillis, Duration wait) {
        waits.add(wait);
        sessionsAsked.add("open " + timeToLiveMillis);
        return Future.succeededFuture(
                new Answer.Ok<>(new Answer.Opened("42-5f0c", timeToLiveMillis.orElse(3_600_000))));
    }

    @Override
    public Future<Answer<Long>> closeSession(String session, Duration wait) {
        waits.add(wait);
        sessionsAsked.add("close " + session);
        return closed;
    }

    @Override
    public Future<Answer<Answer.Numbered>> sessionCommand(String session, long sequence, Duration wait) {
        waits.add(wait);
        sessionsAsked.add("look " + session + " " + sequence);
        return numbered;
    }

    @Override
    public Future<Answer<Long>> barrier(Duration wait) {
        waits.add(wait);
        return barrier;
    }

    @Override
    public Future<Answer<Payload>> query(Payload query, boolean linearizable, long minIndex, Duration wait) {
        queries.add(new Query(query, linearizable, minIndex, wait));
        return onQuery.apply(query);
    }

    @Override
    public Future<Answer<Answer.Led>> transfer(Optional<MemberId> to, Duration wait) {
        waits.add(wait);
        transfers.add(to);
        return transfer;
    }

    @Override
    public Future<Answer<Answer.Changed>> changeMembers(MembersOrder order, Duration wait) {
        waits.add(wait);
        orders.add(order);
        return changed;
    }

    @Override
    public Future<Answer<Snapshot>> takeSnapshot(Duration wait) {
        waits.add(wait);
        return taken;
    }

    public volatile Future<Answer<Long>> resynced = Future.succeededFuture(new Answer.Ok<>(41L));

    public record Skip(long index, String reason) {}

    public final List<Skip> skips = new CopyOnWriteArrayList<>();

    @Override
    public Future<Answer<Answer.Skipped>> skip(long index, String reason, Duration wait) {
        waits.add(wait);
        skips.add(new Skip(index, reason));
        return Future.succeededFuture(new Answer.Ok<>(new Answer.Skipped(index)));
    }

    @Override
    public Future<Answer<Long>> resync(Duration wait) {
        waits.add(wait);
        return resynced;
    }

    @Override
    public Future<Answer<BackupDownload>> latestSnapshot() {
        return download;
    }

    @Override
    public Future<Answer<RestoreUpload>> restore(int entryBytesMax, Duration wait) {
        waits.add(wait);
        return upload;
    }

    @Override
    public Future<Answer<Optional<MemberId>>> drain(Duration wait) {
        waits.add(wait);
        return drained;
    }

    @Override
    public Future<Answer<LogReader>> readLog(long from) {
        logReads.add(from);
        return Future.succeededFuture(log);
    }

    @Override
    public NodeStatus status() {
        onStatus.run();
        return status;
    }

    /** Every command fails with {@code problem}. */
    public void failWith(Problem problem) {
        onSubmit = commands -> Future.succeededFuture(commands.stream()
                .<Answer<Answer.Applied>>map(command -> new Answer.Failed<>(problem))
                .toList());
    }

    /** Every command is refused by the state machine. */
    public void refuseWith(int code, byte[] data) {
        onSubmit = commands -> Future.succeededFuture(commands.stream()
                .<Answer<Answer.Applied>>map(
                        command -> new Answer.Ok<>(new Answer.Applied(42, 3, code, Payload.of(data))))
                .toList());
    }

    private static Future<List<Answer<Answer.Applied>>> echo(List<Payload> commands) {
        List<Answer<Answer.Applied>> answers = new ArrayList<>();
        for (Payload command : commands) {
            answers.add(new Answer.Ok<>(new Answer.Applied(42 + answers.size(), 3, 0, command)));
        }
        return Future.succeededFuture(answers);
    }

    /** A leader that is well, but for one finding. */
    public static NodeStatus leader() {
        return new NodeStatus(
                "orders",
                Optional.of("5f0c"),
                new NodeStatus.Self(new MemberId("a"), "disk-1", 7, "0.1.0", Optional.of("east"), 61_000, false),
                "leader",
                5,
                Optional.of(new MemberId("a")),
                new NodeStatus.Log(1, 91, 91, 90, 90, 90, 4096, Optional.of(812L)),
                Optional.of(new NodeStatus.Snapshot(40, 4, 2048)),
                new AppStatus(
                        AppStatus.State.SERVING,
                        Optional.of("kv"),
                        Optional.of("1.4.2"),
                        90,
                        5,
                        Optional.empty(),
                        System.nanoTime()),
                new NodeStatus.Sessions(2, 4096),
                List.of(
                        new NodeStatus.Member(
                                new MemberId("a"),
                                "host-a:7412",
                                "voter",
                                Optional.of(91L),
                                Optional.empty(),
                                Optional.of("east"),
                                Optional.of("0.1.0")),
                        new NodeStatus.Member(
                                new MemberId("b"),
                                "host-b:7412",
                                "voter",
                                Optional.of(80L),
                                Optional.of(12L),
                                Optional.empty(),
                                Optional.empty())),
                List.of(new NodeStatus.Diagnosis(
                        "PEER_SILENT",
                        "warning",
                        Instant.parse("2026-11-24T10:00:00Z"),
                        "b has not been heard.",
                        Map.of("silentMs", 9000L),
                        "look at b's log")));
    }

    /** A follower that knows no leader and whose application is away. */
    public static NodeStatus lonely(String reason) {
        NodeStatus well = leader();
        return new NodeStatus(
                well.clusterName(),
                Optional.empty(),
                new NodeStatus.Self(new MemberId("a"), "disk-1", 1, "0.1.0", Optional.empty(), 10, false),
                "follower",
                6,
                Optional.empty(),
                new NodeStatus.Log(1, 0, 0, 0, 0, 0, 0, Optional.empty()),
                Optional.empty(),
                new AppStatus(
                        AppStatus.State.WAITING,
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        0,
                        Optional.of(reason),
                        System.nanoTime()),
                well.sessions(),
                well.members(),
                List.of());
    }
}
