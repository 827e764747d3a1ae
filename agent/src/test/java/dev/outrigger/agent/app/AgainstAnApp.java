package dev.outrigger.agent.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.agent.app.ScriptedApp.Call;
import dev.outrigger.agent.core.message.MemberId;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A channel, not yet started, and a real application for it on a port. */
@SuppressWarnings("NullAway.Init")
abstract class AgainstAnApp {
    static final AppLimits IMPATIENT = ChannelFixture.limits(Duration.ofMillis(150), 1 << 20, 1024);

    static Vertx agentSide;
    static Vertx appSide;

    final MemoryLog log = new MemoryLog();
    ScriptedApp app;
    ChannelFixture fixture;

    @BeforeAll
    static void openBothSides() {
        agentSide = Vertx.vertx();
        appSide = Vertx.vertx();
    }

    @AfterAll
    static void closeBothSides() {
        ChannelFixture.await(agentSide.close());
        ChannelFixture.await(appSide.close());
    }

    @BeforeEach
    void openApp() {
        app = new ScriptedApp(appSide);
        fixture = new ChannelFixture(agentSide, app.uri(), log, ChannelFixture.LIMITS);
    }

    @AfterEach
    void closeApp() {
        fixture.close();
        app.close();
        assertEquals(List.of(), fixture.recorder.violations());
    }

    /** With a stream: once it is open, so that every batch goes by it. */
    ChannelFixture start() {
        if (app.fastest() != Push.Form.STREAM) {
            return fixture.start();
        }
        long committed = log.deliverableIndex();
        log.commit(0);
        fixture.start().awaitStream();
        return fixture.changeLog(log -> log.commit(committed), false);
    }

    ChannelFixture start(AppLimits limits) {
        fixture.close();
        fixture = new ChannelFixture(agentSide, app.uri(), log, limits);
        return start();
    }

    void lead(String role, long term, Optional<String> leader) {
        fixture.on(channel -> channel.leadership(role, term, leader.map(MemberId::new)));
    }

    Call lastApply() {
        List<Call> calls = app.calls("apply");
        return calls.get(calls.size() - 1);
    }

    List<List<Long>> batches() {
        return app.calls("apply").stream().map(Call::indexes).toList();
    }

    static List<Long> range(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }
}
