package dev.outrigger.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Disks that are damaged or gone, with real processes: members come back by themselves, or stand and say why not. */
class RepairIT {
    private static final Duration REPAIR_MAX = Duration.ofSeconds(90);
    private static final Duration AGREEMENT_MAX = Duration.ofSeconds(30);
    private static final int COMMANDS = 40;

    private Optional<LocalCluster> cluster = Optional.empty();

    @AfterEach
    void stop() {
        cluster.ifPresent(LocalCluster::close);
    }

    @Test
    void aDamagedAndThenAnEmptiedMemberComeBackByThemselves() throws IOException {
        LocalCluster members = started("one");
        Instance victim = members.othersThan(members.leader()).get(0);
        String disk = storageId(victim);
        victim.agent().kill();
        damage(victim);
        submit(members.leader(), "meanwhile");
        victim.agent().start();
        awaitVoter(victim, members);
        assertFalse(disk.equals(storageId(victim)), "the same disk as before");
        JsonNode found = diagnosis(victim, "DISK_DAMAGED").orElseThrow();
        Path kept = victim.place().data().resolve("damaged-1");
        assertEquals(
                kept.toAbsolutePath().toString(),
                found.get("evidence").get("directory").asString());
        assertTrue(found.get("evidence").get("reason").asString().contains(".cq4"), found::toString);
        assertTrue(Files.exists(kept.resolve("log-1")));
        assertAgreement(members);

        Instance emptied = members.othersThan(members.leader()).get(0);
        members.wipe(emptied);
        emptied.agent().start();
        emptied.app().start();
        awaitVoter(emptied, members);
        assertAgreement(members);
    }

    /** The third has everything, but is no majority; and what the damaged two held is kept. */
    @Test
    void twoDamagedOfThreeStandAndFormNothing() throws IOException {
        LocalCluster members = started("two");
        Instance whole = members.leader();
        List<Instance> victims = members.othersThan(whole);
        String clusterId = status(whole).get("cluster").get("id").asString();
        victims.forEach(victim -> victim.agent().kill());
        for (Instance victim : victims) {
            damage(victim);
            Files.write(victim.place().data().resolve("cluster"), new byte[100]);
            victim.agent().start();
        }
        for (Instance victim : victims) {
            Await.until(victim + " says so", REPAIR_MAX, () -> is(victim, "rejoining", "VOLUME_EMPTY"));
        }
        Await.until("no quorum", REPAIR_MAX, () -> hasDiagnosis(whole, "NO_QUORUM"));
        assertEquals(clusterId, status(whole).get("cluster").get("id").asString());
        assertTrue(whole.localQuery(Kv.get("k" + (COMMANDS - 1))).body().contains("before"));

        // Without the third they know of nothing but that there was a cluster.
        members.kill();
        victims.forEach(victim -> victim.agent().start());
        for (Instance victim : victims) {
            Await.until(victim + " says so", REPAIR_MAX, () -> is(victim, "rejoining", "REJOINING"));
            assertTrue(Files.exists(victim.place().data().resolve("damaged-1").resolve("log-1")));
            assertFalse(Files.exists(victim.place().data().resolve("damaged-2")), "damaged only once");
        }
    }

    @Test
    void threeDamagedOfThreeFormNothing() throws IOException {
        LocalCluster members = started("three");
        members.kill();
        for (Instance victim : members.instances()) {
            damage(victim);
            Files.write(victim.place().data().resolve("cluster"), new byte[100]);
        }
        members.start();
        for (Instance victim : members.instances()) {
            Await.until(
                    victim + " has met the others",
                    REPAIR_MAX,
                    () -> is(victim, "rejoining", "REJOINING")
                            && diagnosis(victim, "REJOINING").toString().contains("[a, b, c]"));
        }
        for (Instance victim : members.instances()) {
            assertTrue(
                    is(victim, "rejoining", "REJOINING"), () -> status(victim).toString());
            assertFalse(Files.exists(victim.place().data().resolve("cluster")));
        }
    }

    private LocalCluster started(String name) {
        LocalCluster started = LocalCluster.ofKv(Path.of(".."), Path.of("target/repair-" + name), "a", "b", "c");
        cluster = Optional.of(started);
        started.start();
        started.awaitReady();
        submit(started.leader(), "before");
        started.instances()
                .forEach(each -> assertEquals(200, each.get("/v1/barrier").statusCode()));
        return started;
    }

    private static void submit(Instance instance, String value) {
        for (int i = 0; i < COMMANDS; i++) {
            assertEquals(200, instance.submit(Kv.put("k" + i, value)).statusCode());
        }
    }

    /** One bit of the first command. */
    private static void damage(Instance victim) throws IOException {
        Path log = victim.place().data().resolve("log-1");
        try (Stream<Path> files = Files.list(log)) {
            Path segment = files.filter(file -> file.toString().endsWith(".cq4"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(segment);
            int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(Kv.put("k0", "before"));
            assertTrue(at > 0, "the command is not in " + segment);
            bytes[at + 5] ^= 4;
            Files.write(segment, bytes);
        }
    }

    private static void awaitVoter(Instance victim, LocalCluster members) {
        Await.until(
                victim + " votes again",
                REPAIR_MAX,
                () -> status(members.leader()).get("members").size() == 3
                        && victim.answers("/status", 200)
                        && status(victim).get("role").asString().equals("follower"));
        Await.until(victim + " is ready", REPAIR_MAX, victim::isReady);
    }

    private static void assertAgreement(LocalCluster members) {
        submit(members.leader(), "after");
        members.instances()
                .forEach(each -> assertEquals(200, each.get("/v1/barrier").statusCode()));
        Await.until(
                "equal digests",
                AGREEMENT_MAX,
                () -> members.instances().stream()
                                .map(instance -> instance.localQuery(Kv.DIGEST).body())
                                .distinct()
                                .count()
                        == 1);
    }

    private static boolean is(Instance instance, String role, String code) {
        return instance.answers("/status", 200)
                && status(instance).get("role").asString().equals(role)
                && hasDiagnosis(instance, code);
    }

    private static boolean hasDiagnosis(Instance instance, String code) {
        return diagnosis(instance, code).isPresent();
    }

    private static Optional<JsonNode> diagnosis(Instance instance, String code) {
        return StreamSupport.stream(status(instance).get("diagnosis").spliterator(), false)
                .filter(found -> found.get("code").asString().equals(code))
                .findFirst();
    }

    private static String storageId(Instance instance) {
        return status(instance).get("node").get("storageId").asString();
    }

    private static JsonNode status(Instance instance) {
        return Json.parse(instance.ops("/status").body());
    }
}
