package dev.outrigger.agent.peer;

import dev.outrigger.agent.core.message.MemberId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Agents on loopback, each reached through a cable of its own. */
final class TestNet implements AutoCloseable {
    private final Map<String, Relay> cables = new HashMap<>();
    private final List<TestAgent> agents = new ArrayList<>();

    /** The cable that leads to the agent of this name, whether or not it is there. */
    Relay cableTo(String name) {
        return cables.computeIfAbsent(name, any -> new Relay());
    }

    PeerOptions options(String self, String... peers) {
        Map<MemberId, String> addresses = new TreeMap<>();
        for (String peer : peers) {
            addresses.put(new MemberId(peer), "127.0.0.1:" + cableTo(peer).port());
        }
        return PeerOptions.of(new MemberId(self), "127.0.0.1", 0, addresses);
    }

    TestAgent start(String self, String... peers) {
        return start(options(self, peers));
    }

    TestAgent start(PeerOptions options) {
        return start(new TestAgent(options));
    }

    TestAgent start(TestAgent agent) {
        agents.add(agent);
        agent.start();
        cableTo(agent.id.name()).target(agent.port());
        return agent;
    }

    /** Agents {@code a} and {@code b}, connected both ways. */
    List<TestAgent> pair(UnaryOperator<PeerOptions> change) {
        TestAgent a = start(change.apply(options("a", "b")));
        TestAgent b = start(change.apply(options("b", "a")));
        a.awaitConnected("b");
        b.awaitConnected("a");
        return List.of(a, b);
    }

    @Override
    public void close() {
        agents.forEach(TestAgent::close);
        cables.values().forEach(Relay::close);
    }
}
