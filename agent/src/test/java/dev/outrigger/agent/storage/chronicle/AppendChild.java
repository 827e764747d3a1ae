package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.storage.Storage;
import dev.outrigger.agent.storage.StorageContractTest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Opens a directory, checks that every entry in it is what its index and term say, and then appends, supersedes and votes
 * until it is killed, saying before and after each write what it is about.
 */
final class AppendChild {
    private AppendChild() {}

    /** Arguments: directory, bytes of a segment, seed. */
    public static void main(String[] arguments) {
        Random random = new Random(Long.parseLong(arguments[2]));
        ChronicleStorage.Options options = SmallLog.options(Integer.parseInt(arguments[1]));
        try (Storage storage = ChronicleStorage.open(Path.of(arguments[0]), options)) {
            LogOutline log = storage.recovered().log();
            check(storage, log.lastIndex());
            say("opened " + storage.recovered().bootEpoch() + " "
                    + storage.recovered().hardState().term() + " " + log.lastIndex() + " " + lastTerm(log));
            append(
                    storage,
                    random,
                    log.lastIndex(),
                    lastTerm(log),
                    storage.recovered().hardState().term());
        }
    }

    private static void append(Storage storage, Random random, long lastIndex, long lastTerm, long voteTerm) {
        long last = lastIndex;
        long term = Math.max(1, lastTerm);
        long vote = voteTerm;
        while (true) {
            boolean supersedes = last > 0 && random.nextInt(20) == 0;
            long first = supersedes ? Math.max(1, last - random.nextInt(40)) : last + 1;
            term += supersedes ? 1 : 0;
            last = first + (random.nextBoolean() ? 0 : random.nextInt(256));
            vote += random.nextInt(10) == 0 ? 1 : 0;
            say("writing " + vote + " " + first + " " + last + " " + term);
            storage.persist(
                    Optional.of(new HardState(vote, Optional.of(new MemberId("b")))),
                    StorageContractTest.entries(first, last, term));
            say("written");
        }
    }

    private static void check(Storage storage, long lastIndex) {
        for (long next = 1; next <= lastIndex; ) {
            List<Entry> entries = storage.read(next, 1 << 20);
            for (Entry entry : entries) {
                if (!entry.equals(StorageContractTest.entry(next++, entry.term()))) {
                    say("wrong " + entry);
                }
            }
        }
    }

    private static long lastTerm(LogOutline log) {
        return log.terms().isEmpty()
                ? 0
                : log.terms().get(log.terms().size() - 1).term();
    }

    private static void say(String words) {
        System.out.println("@" + words);
    }
}
