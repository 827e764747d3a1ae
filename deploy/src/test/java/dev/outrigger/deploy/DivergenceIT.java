package dev.outrigger.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An application that uses its clock is found in the running cluster, named, kept from doing harm, and healed. */
class DivergenceIT {
    private static final Duration FOUND_MAX = Duration.ofSeconds(60);
    private static final Duration HEALED_MAX = Duration.ofSeconds(90);

    private final LocalCluster cluster = new LocalCluster(
            Path.of(".."),
            Path.of("target/divergence"),
            List.of("a", "b", "c"),
            place -> UnsteadyApp.command(place.appPort(), flag(place)));

    @BeforeEach
    void start() {
        cluster.start();
        cluster.awaitReady();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void aFollowersApplicationThatUsesItsClockIsQuarantinedAndBroughtBack() throws IOException {
        Instance leader = cluster.leader();
        quarantineAndHeal(cluster.othersThan(leader).get(0), leader);
    }

    @Test
    void aLeaderGivesTheLeadAway() throws IOException {
        Instance leader = cluster.leader();
        quarantineAndHeal(leader, cluster.othersThan(leader).get(0));
        assertEquals(200, leader.submit("after").statusCode());
    }

    private void quarantineAndHeal(Instance unsteady, Instance client) throws IOException {
        Files.createFile(flag(unsteady.place()));
        for (int i = 0; i < 50; i++) {
            index(client.submit("before-" + i));
        }
        long first = index(client.submit(UnsteadyApp.TIME));
        for (int i = 0; i < 50; i++) {
            index(client.submit("between-" + i));
        }

        Await.until(
                unsteady + " is in quarantine",
                FOUND_MAX,
                () -> state(unsteady).equals("quarantined")
                        && differsFrom(unsteady).equals(Optional.of(first)));
        assertEquals(503, unsteady.ops("/readyz").statusCode());
        assertEquals(503, unsteady.localQuery("count").statusCode());
        Await.until(
                "another leads",
                FOUND_MAX,
                () -> cluster.othersThan(unsteady).stream().anyMatch(Instance::isLeader));
        for (Instance other : cluster.othersThan(unsteady)) {
            index(other.submit("without-it"));
            assertEquals("serving", state(other));
        }

        Files.delete(flag(unsteady.place()));
        unsteady.app().kill();
        unsteady.app().start();
        HttpResponse<String> resync = unsteady.send(unsteady.request("/v1/resync")
                .timeout(HEALED_MAX)
                .header("Prefer", "wait=" + HEALED_MAX.toSeconds())
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
        assertEquals(200, resync.statusCode(), resync.body());
        Await.until(unsteady + " serves again", HEALED_MAX, unsteady::isReady);
        index(unsteady.submit(UnsteadyApp.TIME));
        String count = client.query("count").body();
        for (Instance instance : cluster.instances()) {
            assertEquals(count, instance.query("count").body());
            assertEquals(Optional.empty(), differsFrom(instance));
        }
        assertFalse(unsteady.ops("/status").body().contains("DIVERGED"));
    }

    private static Path flag(Place place) {
        return place.directory().resolve("unsteady");
    }

    private static long index(HttpResponse<String> answer) {
        assertEquals(200, answer.statusCode(), answer.body());
        return Long.parseLong(answer.headers().firstValue("Outrigger-Index").orElseThrow());
    }

    private static String state(Instance instance) {
        return status(instance).at("/app/state").asString();
    }

    /** The index from which on this member's own application is said to differ. */
    private static Optional<Long> differsFrom(Instance instance) {
        for (JsonNode diagnosis : status(instance).get("diagnosis")) {
            JsonNode evidence = diagnosis.get("evidence");
            if (diagnosis.get("code").asString().equals("DIVERGED")
                    && evidence.path("member").asString().equals(instance.name())) {
                return Optional.of(evidence.get("differsFrom").asLong());
            }
        }
        return Optional.empty();
    }

    private static JsonNode status(Instance instance) {
        return Json.parse(instance.ops("/status").body());
    }
}
