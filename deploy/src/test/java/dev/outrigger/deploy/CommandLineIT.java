package dev.outrigger.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The command line as scripts use it: what it prints and the code it exits with. */
class CommandLineIT {
    private static int runs;

    private LocalCluster cluster;
    private Instance instance;

    @BeforeEach
    void allIsWell() {
        cluster = SharedCluster.ready();
        instance = cluster.instances().get(0);
    }

    @Test
    void submitPrintsTheResultAndQueryTheAnswer() {
        assertEnds(0, "{\"previous\":null}", run("submit", api(), Kv.put("cli", "1")));
        assertEnds(0, "{\"value\":\"1\"}", run("query", api(), Kv.get("cli")));
        assertEnds(0, "{\"value\":\"1\"}", run("query", api(), "--consistency=local", Kv.get("cli")));
    }

    @Test
    void aRefusedCommandExitsWithOne() {
        assertEnds(1, "{\"actual\":null}", run("submit", api(), Kv.cas("cli-refused", "1", "2")));
    }

    @Test
    void anAgentThatIsNotThereExitsWithOneAndNamesTheAddress() {
        Child submit = run("submit", "--api=127.0.0.1:1", "x");
        assertEnds(1, "127.0.0.1:1", submit);
        assertOneLine(submit);
    }

    @Test
    void statusShowsTheClusterForPeopleAndForScripts() {
        Child forPeople = run("status", api());
        assertEnds(0, cluster.leader().name(), forPeople);
        Child forScripts = run("status", api(), "--json");
        assertEquals(0, forScripts.exitCode());
        JsonNode status = Json.parse(forScripts.output());
        assertEquals("local", status.at("/cluster/name").asString());
        assertEquals(3, status.get("members").size());
    }

    @Test
    void versionIsTheOneThatTheAgentReports() {
        String version =
                Json.parse(instance.ops("/status").body()).at("/node/version").asString();
        assertEnds(0, version, run("version"));
    }

    @Test
    void wrongUseExitsWithTwoAndOneLine() {
        for (Child wrong : List.of(run("no-such-command"), run("submit", "--no-such-flag", "x"), run())) {
            assertEquals(2, wrong.exitCode(), wrong.output());
            assertOneLine(wrong);
        }
    }

    @Test
    void anUnknownSettingStopsTheStartWithOneLineThatNamesIt() throws IOException {
        Path file = Path.of("target/unknown.properties");
        Files.writeString(file, "cluster = local\nno-such-setting = 1\n");
        Child fromFile = run("agent", "--config=" + file);
        assertEnds(2, "no-such-setting", fromFile);
        assertOneLine(fromFile);
        Child fromFlag = run("agent", "--no-such-setting=1");
        assertEnds(2, "no-such-setting", fromFlag);
        assertOneLine(fromFlag);
    }

    @Test
    void aSecondAgentOnOneDataDirectoryRefusesToStart() {
        Place place = instance.place();
        Child second = run(
                "agent",
                "--cluster=local",
                "--node=" + place.name(),
                "--members=" + place.name() + "=" + place.peer(),
                "--data=" + place.data(),
                "--api=127.0.0.1:0",
                "--peer=127.0.0.1:0",
                "--ops=127.0.0.1:0");
        assertNotEquals(0, second.exitCode());
        String output = second.output();
        String lastLine = output.lines().reduce("", (before, line) -> line);
        assertTrue(lastLine.contains(place.data().toString()), output);
        assertTrue(output.lines().noneMatch(line -> line.startsWith("\tat ")), output);
        assertTrue(instance.isReady(), "the first goes on");
    }

    /** Runs to its end. */
    private Child run(String... arguments) {
        Child child = cluster.outrigger("cli-" + ++runs, Stream.of(arguments).toList());
        child.start();
        child.exitCode();
        return child;
    }

    private String api() {
        return "--api=" + instance.place().api();
    }

    private static void assertEnds(int exitCode, String printed, Child child) {
        assertEquals(exitCode, child.exitCode(), child.output());
        assertTrue(child.output().contains(printed), child.output());
    }

    private static void assertOneLine(Child child) {
        assertEquals(1, child.output().strip().lines().count(), child.output());
    }
}
