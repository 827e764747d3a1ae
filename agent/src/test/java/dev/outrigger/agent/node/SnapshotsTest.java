package dev.outrigger.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.SnapshotSink;
import dev.outrigger.agent.app.SnapshotTaken;
import dev.outrigger.agent.core.CoreOptions;
import dev.outrigger.agent.core.RaftCore;
import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Ready;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.ForwardingStorage;
import dev.outrigger.agent.storage.MemoryStorage;
import dev.outrigger.agent.storage.NoRoomException;
import dev.outrigger.agent.storage.NoSnapshots;
import dev.outrigger.agent.storage.SnapshotHead;
import dev.outrigger.agent.storage.SnapshotStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A follower with entries 1 to 5, its application at 5, and a disk that says what is asked of it. */
class SnapshotsTest {
    private static final MemberId SELF = new MemberId("a");
    private static final MemberId LEADER = new MemberId("b");
    private static final Configuration BOTH = Configuration.of(List.of(SELF, LEADER));

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final Disk disk = new Disk();
    private final List<Throwable> fatal = new CopyOnWriteArrayList<>();
    private final Promise<SnapshotTaken> appEnds = Promise.promise();
    private final RaftCore core = new RaftCore(
            CoreOptions.of(SELF, List.of(SELF, LEADER)),
            disk.recovered().hardState(),
            disk.recovered().log(),
            new SplittableRandom(1));
    private final Snapshots snapshots = new Snapshots(
            vertx,
            new NodeOptions.SnapshotOptions(1, 0, 1 << 30),
            core,
            new ClusterIdentity("test", "id", List.of(new ClusterIdentity.Member(SELF, "host:1", "disk"))),
            disk,
            new LogThread(disk, context),
            new SnapshotThread(disk.snapshots(), context),
            this::appBegins,
            () -> 5,
            Runnable::run,
            fatal::add,
            new SnapshotMetrics(new SimpleMeterRegistry()));
    private Optional<SnapshotSink> sink = Optional.empty();
    private long readyNumber;

    @BeforeEach
    void start() throws Exception {
        onLoop(() -> {
            core.step(new Message.AppendRequest(LEADER, SELF, 1, 0, 0, entries(), 5, 0));
            ready();
            core.persisted(readyNumber);
            assertEquals(5, core.deliverableIndex());
            return null;
        });
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void aLogThatCannotBeCutForWantOfRoomIsCutLater() throws Exception {
        disk.refusals = 1;
        Answer<Snapshot> answer = take(() -> {});
        assertEquals(5, assertInstanceOf(Answer.Ok.class, answer).value() instanceof Snapshot s ? s.index() : 0);
        await(() -> disk.compacted.equals(List.of(6L)));
        assertEquals(List.of(), fatal);
        assertEquals(6, onLoop(core::firstIndex));
    }

    @Test
    void whatTheLogOnDiskBeginsBehindStaysUntilTheLeadersSnapshotIsInTheLog() throws Exception {
        Snapshot leaders = new Snapshot(9, 1, 9, BOTH, 3, 7);
        Answer<Snapshot> answer = take(() -> {
            core.step(new Message.SnapshotRequest(LEADER, SELF, 1, leaders, 0, Payload.of(new byte[] {1, 2, 3}), 0));
            core.chunkStored(leaders, 3);
            assertEquals(Optional.of(leaders), ready().install());
        });
        assertInstanceOf(Answer.Failed.class, answer);
        assertEquals(List.of(), disk.dropped, "not durable yet");
        onLoop(() -> {
            core.persisted(readyNumber);
            snapshots.installed(leaders);
            return null;
        });
        await(() -> disk.dropped.equals(List.of(leaders)));
        assertEquals(List.of(), disk.compacted);
    }

    /** Takes one; {@code meanwhile} happens on the event loop before the application has given all of it. */
    private Answer<Snapshot> take(Runnable meanwhile) throws Exception {
        Future<Answer<Snapshot>> answer = onLoop(() -> snapshots.take());
        done(onLoop(() -> sink.orElseThrow().begin(5, 1, "test/1", () -> Payload.EMPTY)));
        done(onLoop(() -> sink.orElseThrow().write(Payload.of(new byte[] {4, 2}))));
        onLoop(() -> {
            meanwhile.run();
            appEnds.complete(new SnapshotTaken.Taken(5, 1, 2));
            return null;
        });
        return done(answer);
    }

    private Future<SnapshotTaken> appBegins(SnapshotSink given) {
        sink = Optional.of(given);
        return appEnds.future();
    }

    private Ready ready() {
        Ready ready = core.ready();
        readyNumber = ready.number();
        return ready;
    }

    private static List<Entry> entries() {
        return LongStream.rangeClosed(1, 5)
                .mapToObj(index -> new Entry(index, 1, Entry.Kind.COMMAND, index, Payload.EMPTY))
                .toList();
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        Promise<T> promise = Promise.promise();
        context.runOnContext(ignored -> {
            try {
                promise.complete(task.call());
            } catch (Throwable e) {
                promise.fail(e);
            }
        });
        return done(promise.future());
    }

    private static <T> T done(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private void await(Callable<Boolean> condition) throws Exception {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!onLoop(condition)) {
            assertTrue(
                    System.nanoTime() - deadlineNanos < 0,
                    () -> "dropped " + disk.dropped + ", compacted " + disk.compacted + ", fatal " + fatal);
        }
    }

    /** Remembers what is asked of it. */
    private static final class Disk extends ForwardingStorage {
        private final List<Long> compacted = new CopyOnWriteArrayList<>();
        private final List<Snapshot> dropped = new CopyOnWriteArrayList<>();
        private volatile int refusals;

        Disk() {
            super(new MemoryStorage.Disk("disk").open());
        }

        @Override
        public List<Entry> read(long firstIndex, int bytesMax) {
            return new ArrayList<>(entries().subList((int) firstIndex - 1, (int) firstIndex));
        }

        @Override
        public long compact(long firstIndex) {
            if (refusals-- > 0) {
                throw new NoRoomException("full");
            }
            compacted.add(firstIndex);
            return firstIndex;
        }

        @Override
        public SnapshotStore snapshots() {
            return new NoSnapshots() {
                @Override
                public Draft begin(SnapshotHead head) {
                    return new Written(head);
                }

                @Override
                public void dropOlderThan(Snapshot inForce) {
                    dropped.add(inForce);
                }
            };
        }
    }

    private record Written(SnapshotHead head) implements SnapshotStore.Draft {
        @Override
        public void write(ByteBuffer bytes) {}

        @Override
        public long bytes() {
            return 2;
        }

        @Override
        public Snapshot finish() {
            return new Snapshot(head.index(), head.term(), head.timeMillis(), head.configuration(), 2, 1);
        }

        @Override
        public void close() {}
    }
}
