package dev.outrigger.agent.peer;

import static org.junit.jupiter.api.Assertions.fail;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.peer.PeerTransport.PeerView;
import dev.outrigger.agent.wire.Hello;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** A transport on an event loop of its own, and everything it has told. */
final class TestAgent implements PeerEvents, AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;

    final MemberId id;
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final List<Message> received = new CopyOnWriteArrayList<>();
    final List<Hello> connected = new CopyOnWriteArrayList<>();
    final List<MemberId> disconnected = new CopyOnWriteArrayList<>();
    volatile Function<Hello, Admission> admission = hello -> new Admission.Admitted();
    volatile Function<TestAgent, Hello> greeting;

    private final Vertx vertx;
    private final Context context;
    private final TcpPeerTransport transport;
    private boolean closed;

    TestAgent(PeerOptions options) {
        this(options, new VertxOptions().setAddressResolverOptions(TcpPeerTransport.resolverOptions()));
    }

    TestAgent(PeerOptions options, VertxOptions vertxOptions) {
        id = options.self();
        greeting = agent -> hello(agent.id.name());
        vertx = Vertx.vertx(vertxOptions.setEventLoopPoolSize(1).setWorkerPoolSize(2));
        context = vertx.getOrCreateContext();
        transport = new TcpPeerTransport(vertx, context, options, () -> greeting.apply(this), this, registry);
    }

    static Hello hello(String name) {
        return new Hello(
                "orders",
                new MemberId(name),
                "s-" + name,
                1,
                List.of(),
                Optional.empty(),
                "0.1.0",
                "",
                0,
                true,
                Optional.empty());
    }

    TestAgent start() {
        await(transport.start());
        return this;
    }

    int port() {
        return transport.port();
    }

    boolean send(Message message) {
        return onLoop(() -> transport.send(message));
    }

    void reconnect() {
        onLoop(() -> {
            transport.reconnect();
            return true;
        });
    }

    PeerView view(String peer) {
        PeerView view = onLoop(transport::peers).get(new MemberId(peer));
        if (view == null) {
            throw new AssertionError("no peer " + peer);
        }
        return view;
    }

    boolean isConnectedTo(String peer) {
        return view(peer).connected();
    }

    String problemWith(String peer) {
        return view(peer).problem().map(PeerTransport.Problem::code).orElse("");
    }

    void awaitConnected(String peer) {
        until(id + " connected to " + peer, () -> isConnectedTo(peer));
    }

    void awaitProblem(String peer, String code) {
        until(
                id + " has problem " + code + " with " + peer,
                () -> problemWith(peer).equals(code));
    }

    /** Sum over all tags that are not named. */
    double count(String meter, String... tags) {
        return registry.find(meter).tags(tags).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    /** Runs {@code work} on the event loop, where the transport may be used. */
    <T> T onLoop(Supplier<T> work) {
        Promise<T> done = Promise.promise();
        context.runOnContext(turn -> {
            try {
                done.complete(work.get());
            } catch (RuntimeException e) {
                done.fail(e);
            }
        });
        return await(done.future());
    }

    TcpPeerTransport transport() {
        return transport;
    }

    Vertx vertx() {
        return vertx;
    }

    /** As when the process ends: sockets close, and nothing more is heard. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        // Vert.x alone may leave the listening socket open, and a peer would connect to nobody.
        await(transport.close());
        await(vertx.close());
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                fail("waited " + PATIENCE_SECONDS + " s in vain: " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    @Override
    public Admission admit(Hello remote) {
        return admission.apply(remote);
    }

    @Override
    public void connected(Hello remote) {
        connected.add(remote);
    }

    @Override
    public void disconnected(MemberId peer) {
        disconnected.add(peer);
    }

    @Override
    public void received(Message message) {
        received.add(message);
    }
}
