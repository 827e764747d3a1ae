package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.Storage;
import dev.outrigger.agent.storage.StorageContractTest;
import dev.outrigger.agent.storage.chronicle.PowerCutPlan.Kind;
import dev.outrigger.agent.storage.chronicle.PowerCutPlan.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a disk must hold after a cut: everything that was acknowledged, unless an operation that was under way has taken its
 * place, and then it must be seen to have.
 */
final class PowerCutLedger {
    private final List<Operation> underWay;
    /** Terms of the entries by index. */
    private final TreeMap<Long, Long> entries = new TreeMap<>();

    private final List<Operation> snapshots = new ArrayList<>();
    private long vote;
    /** Entries before it may be gone. */
    private long firstIndexMax = 1;

    private final List<String> losses = new ArrayList<>();
    private int acknowledged;

    /**
     * @param plan what was to be done, from its beginning
     * @param done how many operations of it were acknowledged
     * @param begun how many may have been begun
     */
    PowerCutLedger(PowerCutPlan plan, int done, int begun) {
        for (int i = 0; i < done; i++) {
            enter(plan.next());
        }
        underWay = new ArrayList<>();
        for (int i = done; i < begun; i++) {
            Operation operation = plan.next();
            underWay.add(operation);
            if (operation.kind() == Kind.COMPACT || operation.kind() == Kind.INSTALL) {
                firstIndexMax = Math.max(firstIndexMax, operation.first());
            } else if (operation.kind() == Kind.DROP) {
                drop(operation);
            }
        }
    }

    private void enter(Operation operation) {
        vote = Math.max(vote, operation.vote());
        switch (operation.kind()) {
            case APPEND -> {
                entries.tailMap(operation.first(), true).clear();
                for (long index = operation.first(); index <= operation.last(); index++) {
                    entries.put(index, operation.term());
                }
            }
            case TAKE, RECEIVE -> snapshots.add(operation);
            case INSTALL -> {
                entries.clear();
                firstIndexMax = operation.first();
            }
            case COMPACT -> firstIndexMax = operation.first();
            case DROP -> drop(operation);
            case VOTE -> {}
        }
    }

    private void drop(Operation operation) {
        snapshots.removeIf(snapshot -> snapshot.last() < operation.last());
    }

    /** Compares; {@code storage} is what was opened on the copy. */
    void check(Storage storage) throws IOException {
        Storage.Recovered recovered = storage.recovered();
        acknowledged = records();
        long found = recovered.hardState().term();
        if (found != vote && underWay.stream().noneMatch(operation -> operation.vote() == found)) {
            losses.add("the vote is of term " + found + ", not " + vote);
        }
        checkEntries(read(storage), recovered.log().firstIndex());
        for (Operation snapshot : snapshots) {
            checkSnapshot(storage, snapshot);
        }
    }

    /** Nothing could be opened. */
    void checkRefused(Exception refusal) {
        acknowledged = records();
        for (int i = 0; i < acknowledged; i++) {
            losses.add("refused: " + refusal.getMessage());
        }
    }

    private int records() {
        return entries.tailMap(firstIndexMax, true).size() + snapshots.size() + (vote > 0 ? 1 : 0);
    }

    private static TreeMap<Long, Entry> read(Storage storage) {
        TreeMap<Long, Entry> found = new TreeMap<>();
        long last = storage.recovered().log().lastIndex();
        long next = storage.recovered().log().firstIndex();
        while (next <= last) {
            for (Entry entry : storage.read(next, 1 << 20)) {
                found.put(next++, entry);
            }
        }
        return found;
    }

    private void checkEntries(TreeMap<Long, Entry> found, long firstIndex) {
        if (firstIndex > firstIndexMax) {
            losses.add("the log begins with " + firstIndex + ", not " + firstIndexMax);
        }
        // Entries before the bound that are still there must be right too, and so must those that were under way.
        found.forEach((index, entry) -> {
            if (!entry.equals(StorageContractTest.entry(index, entry.term()))
                    || !(Long.valueOf(entry.term()).equals(entries.get(index)) || isUnderWay(index, entry.term()))) {
                losses.add("where entry " + index + " of term " + entries.get(index) + " should be is " + entry);
            }
        });
        entries.tailMap(Math.max(firstIndex, 1), true).forEach((index, term) -> {
            if (!found.containsKey(index) && !isSuperseded(index, found)) {
                losses.add("entry " + index + " of term " + term + " is missing");
            }
        });
    }

    private boolean isUnderWay(long index, long term) {
        return underWay.stream()
                .anyMatch(operation -> operation.kind() == Kind.APPEND
                        && operation.term() == term
                        && operation.first() <= index
                        && index <= operation.last());
    }

    /** Whether an append under way has dropped what followed its first entry, which is there then. */
    private boolean isSuperseded(long index, TreeMap<Long, Entry> found) {
        return underWay.stream()
                .filter(operation -> operation.kind() == Kind.APPEND && operation.first() <= index)
                .anyMatch(operation -> Optional.ofNullable(found.get(operation.first()))
                        .filter(entry -> entry.term() == operation.term())
                        .isPresent());
    }

    private void checkSnapshot(Storage storage, Operation expected) throws IOException {
        for (Snapshot snapshot : storage.snapshots().whole()) {
            if (snapshot.index() == expected.last() && snapshot.term() == expected.term()) {
                try (InputStream content = storage.snapshots().open(snapshot).orElseThrow()) {
                    if (Arrays.equals(PowerCutWriter.content(expected), content.readAllBytes())) {
                        return;
                    }
                }
            }
        }
        losses.add("the snapshot at index " + expected.last() + " is missing");
    }

    int acknowledged() {
        return acknowledged;
    }

    /** What is missing or different, in words. */
    List<String> losses() {
        return losses;
    }
}
