package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.peer.Admission;
import dev.outrigger.agent.peer.PeerEvents;
import dev.outrigger.agent.peer.PeerTransport;
import dev.outrigger.agent.wire.Hello;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Connects nodes that share one event loop; links can be cut one way. */
final class MemoryNetwork {
    private final Context context;
    private final Map<MemberId, Endpoint> up = new TreeMap<>();
    private final Set<String> cuts = new HashSet<>();

    MemoryNetwork(Context context) {
        this.context = context;
    }

    PeerTransport transport(MemberId self, Map<MemberId, String> addresses, Supplier<Hello> hello, PeerEvents events) {
        return new Endpoint(self, addresses, hello, events);
    }

    /** Messages from {@code from} to {@code to} are lost from now on; nobody is told. Call on the event loop. */
    void cut(MemberId from, MemberId to) {
        cuts.add(from + ">" + to);
    }

    /** Those that are not connected greet each other again and again from now on, as real agents do. */
    void knockEvery(Duration pause) {
        context.runOnContext(ignored -> context.owner()
                .setPeriodic(pause.toMillis(), timer -> up.values().forEach(Endpoint::knock)));
    }

    void heal() {
        cuts.clear();
    }

    private final class Endpoint implements PeerTransport {
        private final MemberId self;
        private Map<MemberId, String> addresses;
        private final Supplier<Hello> hello;
        private final PeerEvents events;
        private final Map<MemberId, Hello> greeted = new HashMap<>();
        private final Set<MemberId> admitted = new HashSet<>();

        Endpoint(MemberId self, Map<MemberId, String> addresses, Supplier<Hello> hello, PeerEvents events) {
            this.self = self;
            this.addresses = addresses;
            this.hello = hello;
            this.events = events;
        }

        @Override
        public Future<Void> start() {
            up.put(self, this);
            reconnect();
            return Future.succeededFuture();
        }

        @Override
        public void reconnect() {
            for (Endpoint other : up.values()) {
                if (other != this) {
                    context.runOnContext(ignored -> greet(other));
                }
            }
        }

        @Override
        public void follow(Map<MemberId, String> peers) {
            addresses = Map.copyOf(peers);
            if (up.get(self) == this) {
                reconnect();
            }
        }

        private void knock() {
            for (Endpoint other : up.values()) {
                if (other != this && !admitted.contains(other.self)) {
                    context.runOnContext(ignored -> greet(other));
                }
            }
        }

        private void greet(Endpoint other) {
            if (up.get(self) != this || up.get(other.self) != other) {
                return;
            }
            Hello mine = hello.get();
            Hello theirs = other.hello.get();
            Admission here = events.admit(theirs);
            Admission there = other.events.admit(mine);
            greeted.put(other.self, theirs);
            other.greeted.put(self, mine);
            boolean refused = here instanceof Admission.Refused || there instanceof Admission.Refused;
            if (refused) {
                admitted.remove(other.self);
                other.admitted.remove(self);
            } else if (here instanceof Admission.Admitted
                    && there instanceof Admission.Admitted
                    && !admitted.contains(other.self)) {
                admitted.add(other.self);
                other.admitted.add(self);
                events.connected(theirs);
                other.events.connected(mine);
            }
        }

        @Override
        public boolean send(Message message) {
            Endpoint other = up.get(message.to());
            if (other == null || !admitted.contains(message.to())) {
                return false;
            }
            if (!cuts.contains(self + ">" + message.to())) {
                context.runOnContext(ignored -> {
                    if (up.get(message.to()) == other) {
                        other.events.received(message);
                    }
                });
            }
            return true;
        }

        @Override
        public Map<MemberId, PeerView> peers() {
            Map<MemberId, PeerView> views = new TreeMap<>();
            addresses.forEach((member, address) -> {
                if (!member.equals(self)) {
                    views.put(
                            member,
                            new PeerView(
                                    address,
                                    up.containsKey(member) && admitted.contains(member),
                                    Optional.ofNullable(greeted.get(member)),
                                    Optional.empty(),
                                    Optional.empty()));
                }
            });
            return views;
        }

        @Override
        public Future<Void> close() {
            up.remove(self);
            for (Endpoint other : up.values()) {
                if (other.admitted.remove(self)) {
                    context.runOnContext(ignored -> other.events.disconnected(self));
                }
            }
            return Future.succeededFuture();
        }
    }
}
