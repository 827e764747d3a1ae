package dev.outrigger.agent.peer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.MemberId;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A name keeps its member while the address behind it changes. */
@Timeout(60)
class PeerNamesTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");

    private final TestNet net = new TestNet();
    private final NameServer names = new NameServer();

    @AfterEach
    void closeAll() {
        net.close();
        names.close();
    }

    @Test
    void unknownNameIsShownAndFoundAsSoonAsItExists() {
        TestAgent b = net.start("b");
        TestAgent a = start(b.port());
        a.awaitProblem("b", "PEER_DNS");
        assertTrue(a.view("b").problem().orElseThrow().message().contains("b.members.invalid"));

        names.address = Optional.of("127.0.0.1");
        TestAgent.until("reached", () -> b.count("outrigger.peer.refused", "code", "UNKNOWN_MEMBER") > 0);
    }

    @Test
    void addressThatWasGoodForAnHourIsAskedForAgainAtEveryConnect() {
        names.address = Optional.of("127.0.0.1");
        TestAgent b = net.start("b", "a");
        TestAgent a = start(b.port());
        a.awaitConnected("b");

        names.address = Optional.of("127.0.0.2");
        b.close();
        TestAgent moved = net.start(PeerOptions.of(
                B,
                "127.0.0.2",
                b.port(),
                Map.of(A, "127.0.0.1:" + net.cableTo("a").port())));
        a.awaitConnected("b");
        assertTrue(moved.view("a").hello().isPresent());
    }

    @Test
    void everyAttemptAsksAnew() {
        TestAgent a = start(1);
        a.awaitProblem("b", "PEER_DNS");
        int asked = names.questions.get();
        TestAgent.until("asked again", () -> names.questions.get() > asked + 6);
    }

    private TestAgent start(int portOfB) {
        AddressResolverOptions resolver = TcpPeerTransport.resolverOptions()
                .setServers(List.of(names.hostAndPort()))
                .setSearchDomains(List.of());
        PeerOptions options = PeerOptions.of(A, "127.0.0.1", 0, Map.of(B, "b.members.invalid:" + portOfB));
        return net.start(new TestAgent(options, new VertxOptions().setAddressResolverOptions(resolver)));
    }
}
