package dev.outrigger.agent.peer;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;

/** A cable between agents: its near end is there before its far end, and it can be cut or freeze. */
final class Relay implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final NetServer server = vertx.createNetServer();
    private final NetClient client = vertx.createNetClient();
    private final List<NetSocket> sockets = new ArrayList<>();
    private volatile int targetPort;
    private boolean frozen;

    Relay() {
        server.connectHandler(this::arrived);
        Promise<NetServer> listening = Promise.promise();
        context.runOnContext(turn -> server.listen(0, "127.0.0.1").onComplete(listening));
        TestAgent.await(listening.future());
    }

    int port() {
        return server.actualPort();
    }

    void target(int port) {
        targetPort = port;
    }

    /** Nothing passes any more, and nobody is told, on the connections that are open; new ones freeze as well. */
    void freeze() {
        context.runOnContext(turn -> {
            frozen = true;
            sockets.forEach(NetSocket::pause);
        });
    }

    /** Connections made from now on work; those that were frozen stay so. */
    void mend() {
        context.runOnContext(turn -> {
            frozen = false;
            sockets.clear();
        });
    }

    void cut() {
        context.runOnContext(turn -> {
            sockets.forEach(NetSocket::close);
            sockets.clear();
        });
    }

    @Override
    public void close() {
        TestAgent.await(vertx.close());
    }

    private void arrived(NetSocket near) {
        if (targetPort == 0) {
            near.close();
            return;
        }
        near.exceptionHandler(ended -> {});
        near.pause();
        sockets.add(near);
        client.connect(targetPort, "127.0.0.1")
                .onSuccess(far -> join(near, far))
                .onFailure(e -> near.close());
    }

    private void join(NetSocket near, NetSocket far) {
        sockets.add(far);
        near.handler(far::write);
        far.handler(near::write);
        far.exceptionHandler(ended -> {});
        near.closeHandler(closed -> far.close());
        far.closeHandler(closed -> near.close());
        if (!frozen) {
            near.resume();
        }
    }
}
