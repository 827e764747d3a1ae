package dev.outrigger.agent.simulator.mutant;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Payload;
import java.util.List;
import org.junit.jupiter.api.Test;

class MutantLoaderTest {
    private static final String COUNTER = "test/java/dev/outrigger/agent/simulator/mutant/ToyCounter.java";
    private static final String RUN = ToySimulation.class.getName();

    @Test
    void withoutAMutantNothingIsFound() {
        MutantLoader loader = new MutantLoader(Mutant.NONE);
        assertNull(loader.run(RUN, 0));
        assertNull(loader.run(RUN, 11));
    }

    @Test
    void aMutantIsFoundByTheSeedThatReachesIt() {
        MutantLoader loader = new MutantLoader(Mutant.load("test/resources/mutants/toy/T01.txt"));
        assertNull(loader.run(RUN, 10));
        assertEquals("counted to 11", loader.run(RUN, 11));
    }

    @Test
    void aMutantStaysInItsLoader() {
        MutantLoader loader = new MutantLoader(Mutant.load("test/resources/mutants/toy/T01.txt"));
        int runs = ToySimulation.runs();
        loader.run(RUN, 11);
        assertEquals(runs, ToySimulation.runs());
        assertNull(ToySimulation.run(11));
    }

    @Test
    void severalEditsWorkTogether() {
        Mutant mutant = parse(
                "title: two at a time",
                "file: " + COUNTER,
                "--- find",
                "count + 1",
                "--- replace",
                "count + 2",
                "--- end",
                "",
                "# and",
                "--- find",
                "value, 10",
                "--- replace",
                "value, 11",
                "--- end");
        assertEquals("counted to 11", new MutantLoader(mutant).run(RUN, 6));
    }

    @Test
    void allOfTheAgentIsLoadedAnewAndNothingElse() throws ClassNotFoundException {
        MutantLoader loader = new MutantLoader(Mutant.NONE);
        Class<?> payload = loader.loadClass(Payload.class.getName());
        assertSame(loader, payload.getClassLoader());
        assertNotSame(Payload.class, payload);
        assertSame(Test.class, loader.loadClass(Test.class.getName()));
        assertThrows(ClassNotFoundException.class, () -> loader.loadClass("dev.outrigger.agent.Missing"));
    }

    @Test
    void whatIsThereTwiceIsRefused() {
        assertRefused(
                "more than once", "title: t", "file: " + COUNTER, "--- find", "count", "--- replace", "c", "--- end");
    }

    @Test
    void whatIsNotThereIsRefused() {
        assertRefused(
                "not in " + COUNTER,
                "title: t",
                "file: " + COUNTER,
                "--- find",
                "nowhere",
                "--- replace",
                "c",
                "--- end");
    }

    @Test
    void whatChangesNothingIsRefused() {
        assertRefused(
                "nothing changes",
                "title: t",
                "file: " + COUNTER,
                "--- find",
                "value, 10",
                "--- replace",
                "value, 10",
                "--- end");
    }

    @Test
    void malformedTextsAreRefused() {
        assertRefused("no title", "file: " + COUNTER, "--- find", "value, 10", "--- replace", "0", "--- end");
        assertRefused("nothing to replace", "title: t");
        assertRefused("no file", "title: t", "--- find", "value, 10", "--- replace", "0", "--- end");
        assertRefused("without its --- end", "title: t", "file: " + COUNTER, "--- find", "value, 10", "--- replace");
        assertRefused("without its --- replace", "title: t", "file: " + COUNTER, "--- find", "value", "--- end");
        assertRefused("what is this line for? fille", "title: t", "fille: " + COUNTER);
    }

    @Test
    void whatDoesNotCompileIsRefusedInTheCompilersWords() {
        Mutant mutant =
                parse("title: t", "file: " + COUNTER, "--- find", "value, 10", "--- replace", "value, ten", "--- end");
        Throwable refused = assertThrows(IllegalArgumentException.class, () -> new MutantLoader(mutant));
        assertTrue(refused.toString().contains("ten"), refused.toString());
    }

    @Test
    void aRunThatThrowsIsNotTakenForAFind() {
        MutantLoader loader = new MutantLoader(Mutant.NONE);
        Throwable thrown = assertThrows(IllegalStateException.class, () -> loader.run(RUN, -1));
        assertTrue(String.valueOf(thrown.getCause()).contains("negative seed"));
        assertThrows(IllegalArgumentException.class, () -> loader.run(ToyCounter.class.getName(), 1));
    }

    /** Each finds what it looks for in the sources as they are, and compiles. */
    @Test
    void allMutantsAreUpToDate() {
        Mutant.all().forEach((name, mutant) -> assertDoesNotThrow(() -> new MutantLoader(mutant), name));
    }

    private static Mutant parse(String... lines) {
        return Mutant.parse("test", String.join("\n", List.of(lines)), SourceTree.ofModule());
    }

    private static void assertRefused(String told, String... lines) {
        Throwable refused = assertThrows(IllegalArgumentException.class, () -> parse(lines));
        assertTrue(refused.toString().contains(told), refused.toString());
    }
}
