package dev.outrigger.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What clients were told about the markers that they appended to one key, and whether the state agrees. All markers end
 * with a semicolon and have the same length, so the length that an append answers says where its marker stands.
 */
final class Ledger {
    private static final Pattern MARKER_END = Pattern.compile("(?<=;)");

    private final Queue<Acknowledgement> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<String> certainlyNot = new ConcurrentLinkedQueue<>();
    private final Queue<String> unknown = new ConcurrentLinkedQueue<>();

    record Acknowledgement(String by, String marker, long index, int length) {}

    void acknowledge(String by, String marker, long index, int length) {
        acknowledged.add(new Acknowledgement(by, marker, index, length));
    }

    void certainlyNotExecuted(String marker) {
        certainlyNot.add(marker);
    }

    void outcomeUnknown(String marker) {
        unknown.add(marker);
    }

    /** How many commands this instance acknowledged. */
    long acknowledgedBy(String name) {
        return acknowledged.stream().filter(ack -> ack.by().equals(name)).count();
    }

    /** Fails when the appended text is not what the clients were told. */
    void check(String journal) {
        List<String> markers = MARKER_END.splitAsStream(journal).toList();
        Set<String> there = new HashSet<>(markers);
        assertEquals(there.size(), markers.size(), "some command took effect twice");
        acknowledged.forEach(ack -> assertTrue(
                journal.startsWith(ack.marker(), ack.length() - ack.marker().length()), () -> "lost or moved: " + ack));
        certainlyNot.forEach(marker -> assertTrue(!there.contains(marker), () -> "executed all the same: " + marker));
        assertEquals(told(), union(told(), there), "commands that nobody submitted");
        checkOrder();
    }

    /** The order of the log is the order of the state. */
    private void checkOrder() {
        List<Acknowledgement> byIndex = acknowledged.stream()
                .sorted(Comparator.comparingLong(Acknowledgement::index))
                .toList();
        for (int i = 1; i < byIndex.size(); i++) {
            Acknowledgement before = byIndex.get(i - 1);
            Acknowledgement after = byIndex.get(i);
            assertTrue(
                    before.index() < after.index() && before.length() < after.length(),
                    () -> "out of order: " + before + " and " + after);
        }
    }

    private Set<String> told() {
        Set<String> told = new HashSet<>(unknown);
        told.addAll(certainlyNot);
        acknowledged.forEach(ack -> told.add(ack.marker()));
        return told;
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> union = new HashSet<>(one);
        union.addAll(other);
        return union;
    }

    @Override
    public String toString() {
        return Stream.of(acknowledged, unknown, certainlyNot).map(Queue::size).toList()
                + " commands acknowledged, of unknown outcome, certainly not executed";
    }
}
