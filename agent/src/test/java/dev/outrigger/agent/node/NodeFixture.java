package dev.outrigger.agent.node;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.fail;

import dev.outrigger.agent.app.AppChannel;
import dev.outrigger.agent.app.AppOptions;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.node.Answer.Applied;
import dev.outrigger.agent.storage.Durability;
import dev.outrigger.agent.storage.MemoryStorage;
import dev.outrigger.agent.storage.Storage;
import dev.outrigger.agent.storage.chronicle.ChronicleStorage;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Nodes on one event loop, each with a disk in memory and an application of its own over HTTP. */
final class NodeFixture implements AutoCloseable {
    static final Duration WAIT = Duration.ofSeconds(10);

    final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    final Context context = vertx.getOrCreateContext();
    final MemoryNetwork network = new MemoryNetwork(context);
    final Map<MemberId, Running> nodes = new TreeMap<>();
    final List<Throwable> fatal = new CopyOnWriteArrayList<>();
    private final SortedMap<MemberId, String> members = new TreeMap<>();
    private final Map<MemberId, MemoryStorage.Disk> disks = new TreeMap<>();
    private final Map<MemberId, JournalApp> apps = new TreeMap<>();
    private Function<MemberId, Storage> storages = this::inMemory;

    NodeFixture(String... names) {
        for (String name : names) {
            members.put(new MemberId(name), name + ":7412");
        }
    }

    private Storage inMemory(MemberId member) {
        return disks.computeIfAbsent(member, name -> new MemoryStorage.Disk("disk-" + name))
                .open();
    }

    /** Nodes that start from now on have these instead of disks in memory. */
    void storages(Function<MemberId, Storage> open) {
        storages = open;
    }

    /** With real disks below {@code directory}, which hold snapshots too. */
    NodeFixture onDisk(Path directory) {
        storages = member -> ChronicleStorage.open(
                directory.resolve(member.name()),
                ChronicleStorage.Options.of(member.name(), "test", Durability.MEMORY));
        return this;
    }

    NodeFixture startAll() throws Exception {
        for (MemberId member : members.keySet()) {
            apps.put(member, new JournalApp(0));
            start(member);
        }
        return this;
    }

    void start(MemberId member) {
        JournalApp app = apps.get(member);
        start(member, app == null ? URI.create("http://127.0.0.1:1") : app.uri());
    }

    void start(MemberId member, URI app) {
        disks.computeIfAbsent(member, name -> new MemoryStorage.Disk("disk-" + name));
        GatedStorage storage = new GatedStorage(storages.apply(member));
        NodeOptions options = new NodeOptions(
                "test",
                member,
                members,
                Duration.ofMillis(300),
                Duration.ofMillis(50),
                true,
                "1",
                Optional.empty(),
                0,
                new NodeOptions.SnapshotOptions(128L << 20, 0, 64L << 20),
                Duration.ofHours(1),
                NodeOptions.Limits.DEFAULT);
        AgentNode node = new AgentNode(
                vertx,
                context,
                options,
                storage,
                (hello, events) -> network.transport(member, members, hello, events),
                (log, events) -> new AppChannel(
                        vertx,
                        AppOptions.of(app, "test", storage.recovered().bootEpoch()),
                        log,
                        events,
                        new SimpleMeterRegistry()),
                new SimpleMeterRegistry(),
                fatal::add);
        nodes.put(member, new Running(node, storage));
        await(node.start());
    }

    void stop(MemberId member) {
        Running running = known(nodes, member);
        nodes.remove(member);
        running.storage().release();
        await(running.node().stop());
    }

    /** The disk and the application's state are gone; the member does not run. */
    void wipe(MemberId member) throws Exception {
        disks.put(member, new MemoryStorage.Disk("new-disk-" + member));
        replaceApp(member);
    }

    /** The member is to start with a disk of which an earlier content was damaged. */
    void damage(MemberId member) {
        disks.put(member, new MemoryStorage.Disk("new-disk-" + member, Optional.of("")));
    }

    Future<Answer<Answer.Changed>> change(MemberId asked, MembersOrder order, Duration wait) {
        return onLoop(() -> node(asked).changeMembers(order, wait));
    }

    AgentNode node(MemberId member) {
        return known(nodes, member).node();
    }

    GatedStorage storage(MemberId member) {
        return known(nodes, member).storage();
    }

    MemoryStorage.Disk disk(MemberId member) {
        return known(disks, member);
    }

    JournalApp app(MemberId member) {
        return known(apps, member);
    }

    void replaceApp(MemberId member) throws Exception {
        JournalApp old = known(apps, member);
        int port = old.port();
        old.close();
        apps.put(member, new JournalApp(port));
    }

    /** The leader, once one leads and every running node knows it. */
    MemberId leader() {
        AtomicReference<@Nullable MemberId> agreed = new AtomicReference<>();
        until("a leader known to all", () -> {
            List<Optional<MemberId>> known = new ArrayList<>();
            for (Running running : nodes.values()) {
                known.add(onLoop(() -> running.node().status().leader()));
            }
            boolean all = known.stream().allMatch(Optional::isPresent)
                    && known.stream().distinct().count() == 1
                    && nodes.containsKey(known.get(0).orElseThrow());
            agreed.set(known.get(0).orElse(null));
            return all;
        });
        return Objects.requireNonNull(agreed.get());
    }

    /** Waits until somebody knows that another member than {@code before} leads. */
    void awaitOtherLeader(MemberId before) {
        until(
                "another leads than " + before,
                () -> nodes.values().stream()
                        .anyMatch(
                                running -> onLoop(() -> running.node().status().leader())
                                        .filter(leader -> !leader.equals(before))
                                        .isPresent()));
    }

    MemberId follower() {
        MemberId leader = leader();
        return nodes.keySet().stream()
                .filter(member -> !member.equals(leader))
                .findFirst()
                .orElseThrow();
    }

    Future<Answer<Applied>> submit(MemberId member, String command, Duration wait) {
        return onLoop(() -> node(member)
                .submit(List.of(ClientCommand.of(payload(command))), wait)
                .map(answers -> answers.get(0)));
    }

    /** Submits, and expects a good answer. */
    String submit(MemberId member, String command) {
        Answer<Applied> answer = await(submit(member, command, WAIT));
        Applied applied = (Applied)
                assertInstanceOf(Answer.Ok.class, answer, answer::toString).value();
        return new String(applied.data().array(), StandardCharsets.UTF_8);
    }

    String query(MemberId member) {
        Answer<Payload> answer = await(onLoop(() -> node(member).query(payload("all"), true, 0, WAIT)));
        Payload data = (Payload)
                assertInstanceOf(Answer.Ok.class, answer, answer::toString).value();
        return new String(data.array(), StandardCharsets.UTF_8);
    }

    <T> T onLoop(Supplier<T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        context.runOnContext(ignored -> {
            try {
                result.complete(action.get());
            } catch (Throwable failure) {
                result.completeExceptionally(failure);
            }
        });
        try {
            return result.get(10, TimeUnit.SECONDS);
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }

    static void until(String what, Callable<Boolean> condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        try {
            while (!condition.call()) {
                if (System.nanoTime() - deadline > 0) {
                    fail("did not come to pass within 20 s: " + what);
                }
                LockSupport.parkNanos(5_000_000);
            }
        } catch (Exception failure) {
            throw new AssertionError(what, failure);
        }
    }

    static Payload payload(String text) {
        return Payload.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static <T> T known(Map<MemberId, T> all, MemberId member) {
        return Objects.requireNonNull(all.get(member), member::name);
    }

    @Override
    public void close() {
        List.copyOf(nodes.keySet()).forEach(this::stop);
        apps.values().forEach(JournalApp::close);
        await(vertx.close());
    }

    record Running(AgentNode node, GatedStorage storage) {}
}
