package dev.outrigger.deploy.endurance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check finds every way in which files can differ from what clients were told, and from each other. */
class JournalCheckTest {
    private static final String GOOD = "3 1 0.0\n4 1 1.0\n7 2 0.1\n";

    @TempDir
    Path directory;

    private final Violations violations = new Violations();
    private final List<Receipts> clients = List.of(new Receipts(0, violations), new Receipts(1, violations));
    private JournalCheck check;

    /** Client 0 knows of both its commands, one without its result; client 1 does not know of its second. */
    @BeforeEach
    void threeAcknowledgedOneUnknown() {
        clients.get(0).submit(2);
        clients.get(0).applied(0, result(3, "1"));
        clients.get(0).applied(1, 7);
        clients.get(1).submit(2);
        clients.get(1).applied(0, result(4, "2"));
        check = new JournalCheck(clients, violations);
    }

    @Test
    void acceptsWhatWasAcknowledgedWithAndWithoutTheUnknown() throws IOException {
        check(GOOD, GOOD, GOOD);
        String withUnknown = GOOD + "8 2 1.1\n";
        check(withUnknown, withUnknown, withUnknown);
        assertEquals(List.of(), violations.first());
        assertEquals(3, check.commands());
    }

    @Test
    void findsALostCommand() throws IOException {
        check("3 1 0.0\n4 1 1.0\n", "3 1 0.0\n4 1 1.0\n");
        assertEquals(2, check.gaps());
        assertEquals(2, violations.count());
    }

    @Test
    void findsACommandThatWasAppliedTwice() throws IOException {
        check(GOOD + "8 2 0.0\n");
        assertEquals(1, check.duplicates());
    }

    @Test
    void findsAnUnknownCommandThatWasAppliedTwice() throws IOException {
        check(GOOD + "8 2 1.1\n9 2 1.1\n");
        assertEquals(1, check.duplicates());
        assertEquals(1, violations.count());
    }

    @Test
    void findsIndexesThatDoNotRise() throws IOException {
        check(GOOD + "7 2 1.1\n");
        assertEquals(1, check.outOfOrder());
        assertEquals(1, violations.count());
    }

    @Test
    void findsAFileInAnotherOrder() throws IOException {
        check(GOOD + "8 2 1.1\n", "3 1 0.0\n4 1 1.0\n6 2 1.1\n7 2 0.1\n");
        assertEquals(1, check.outOfOrder());
    }

    @Test
    void findsAFileThatIsShorter() throws IOException {
        check(GOOD + "8 2 1.1\n", GOOD);
        assertEquals(1, check.outOfOrder());
        assertEquals(1, violations.count());
    }

    @Test
    void findsAnIndexThatIsNotTheAnswers() throws IOException {
        check("3 1 0.0\n5 1 1.0\n7 2 0.1\n");
        assertEquals(1, check.others());
        assertEquals(1, violations.count());
    }

    @Test
    void findsAPlaceThatIsNotTheAnswers() throws IOException {
        check("2 1 1.1\n" + GOOD);
        assertEquals(2, check.others());
    }

    @Test
    void findsWhatNobodySubmitted() throws IOException {
        check(GOOD + "8 2 1.2\n9 2 2.0\n10 2 misused\n11 2 1.1!\n12 2\n1");
        assertEquals(6, check.others());
        assertEquals(6, violations.count());
    }

    @Test
    void findsALineThatIsTorn() throws IOException {
        check(GOOD + "8 2 ");
        assertTrue(check.others() > 0);
    }

    private void check(String... journals) throws IOException {
        Path[] files = new Path[journals.length];
        for (int i = 0; i < journals.length; i++) {
            files[i] = directory.resolve("journal-" + i);
            Files.writeString(files[i], journals[i]);
        }
        check.check(List.of(files));
    }

    private static Answer.Applied result(long index, String data) {
        return new Answer.Applied(index, 0, data.getBytes(StandardCharsets.US_ASCII));
    }
}
