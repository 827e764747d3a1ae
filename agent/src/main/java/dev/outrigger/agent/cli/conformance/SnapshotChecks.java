package dev.outrigger.agent.cli.conformance;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code GET} and {@code PUT snapshot}. */
final class SnapshotChecks {
    private static final String SNAPSHOT = "1, snapshot";
    private static final Set<Integer> NOT_OFFERED = Set.of(404, 405, 501);

    private SnapshotChecks() {}

    /** @param format as the application calls it */
    record Taken(Position position, String format, byte[] bytes) {}

    static List<Check> all() {
        return List.of(
                new Check(
                        "snapshot",
                        SNAPSHOT,
                        "200 with Outrigger-Index, -Term and -Format of exactly this state, and a length or chunks",
                        "the log is dropped up to that index; without an end that can be seen half a state passes for"
                                + " whole",
                        subject -> {
                            subject.deliver(subject.next(3));
                            Taken taken = take(subject);
                            return taken.bytes().length + " bytes, " + taken.position() + ", format "
                                    + taken.format();
                        }),
                new Check(
                        "snapshot-changes-nothing",
                        SNAPSHOT,
                        "the same position and answers after a snapshot was taken",
                        "each instance takes its snapshots at its own time",
                        subject -> {
                            subject.deliver(subject.next(3));
                            subject.unchangedBy(() -> take(subject));
                            return "that";
                        }),
                new Check(
                        "restore",
                        SNAPSHOT,
                        "204, then its position in info and the same answers as when it was taken",
                        "an instance that comes back empty gets its state like that",
                        SnapshotChecks::restore),
                new Check(
                        "restore-ahead",
                        SNAPSHOT,
                        "204 for a snapshot ahead of the application, and deliveries that go on from there",
                        "an instance that was away for long is behind what the log still has",
                        SnapshotChecks::restoreAhead),
                new Check(
                        "unknown-format",
                        SNAPSHOT,
                        "422, and nothing changed, for a format that the application cannot read",
                        "another version of it may have written the snapshot",
                        SnapshotChecks::unknownFormat),
                new Check(
                        "restore-broken-off",
                        SNAPSHOT,
                        "not the position of a snapshot whose second half never came",
                        "half a state under a whole one's position is never repaired",
                        SnapshotChecks::brokenOff));
    }

    static Taken take(Subject subject) {
        Answer answer = subject.app().get("snapshot");
        if (NOT_OFFERED.contains(answer.status())) {
            throw new NotOffered("status " + answer.status() + ": the application gives no snapshots");
        }
        Deviation.unless(answer.status() == 200, answer.brief());
        Position position = new Position(number(answer, "Outrigger-Index"), number(answer, "Outrigger-Term"));
        Deviation.unless(
                position.equals(subject.position()),
                "the headers say " + position + " where it stands at " + subject.position());
        String format =
                answer.header("Outrigger-Format").orElseThrow(() -> new Deviation("no header Outrigger-Format"));
        boolean delimited = answer.header("Content-Length").isPresent()
                || answer.header("Transfer-Encoding").isPresent();
        Deviation.unless(delimited, "neither Content-Length nor chunks");
        return new Taken(position, format, answer.body());
    }

    private static long number(Answer answer, String header) {
        String value = answer.header(header).orElseThrow(() -> new Deviation("no header " + header));
        Deviation.unless(value.matches("\\d{1,18}"), "header " + header + ": " + value);
        return Long.parseLong(value);
    }

    static void put(Subject subject, Taken taken, Position at) {
        Answer answer = subject.app().putSnapshot(taken.bytes(), subject.snapshotHeaders(at, taken.format()));
        if (NOT_OFFERED.contains(answer.status())) {
            throw new NotOffered("status " + answer.status() + ": the application takes no snapshots");
        }
        Deviation.unless(answer.status() == 204, answer.brief());
        subject.restoredAt(at);
        subject.mustStandAt(at);
    }

    private static String restore(Subject subject) {
        Taken taken = take(subject);
        Answer before = subject.query();
        put(subject, taken, taken.position());
        Subject.sameAnswer(before, subject.query());
        subject.deliver(subject.next(1));
        return "that";
    }

    private static String restoreAhead(Subject subject) {
        Taken taken = take(subject);
        Position ahead = ahead(subject);
        put(subject, taken, ahead);
        subject.deliver(subject.next(2, 5));
        subject.mustStandAt(subject.position());
        return "that, at index " + ahead.index();
    }

    private static Position ahead(Subject subject) {
        return new Position(
                subject.position().index() + 100, subject.position().term() + 1);
    }

    private static String unknownFormat(Subject subject) {
        Taken taken = take(subject);
        Map<String, String> headers = subject.snapshotHeaders(ahead(subject), "outrigger-conformance/none");
        subject.unchangedBy(() -> {
            Answer answer = subject.app().putSnapshot(taken.bytes(), headers);
            Deviation.unless(answer.status() == 422, answer.brief());
        });
        return "422";
    }

    private static String brokenOff(Subject subject) {
        Taken taken = take(subject);
        if (taken.bytes().length < 2) {
            throw new NotOffered("the snapshot has no second half");
        }
        Position ahead = ahead(subject);
        subject.app().breakOffSnapshot(taken.bytes(), subject.snapshotHeaders(ahead, taken.format()));
        Position after = subject.asked();
        Deviation.unless(!after.equals(ahead), "info says " + after + ", as if all of it had come");
        // Whatever is left of the state, the agent gives it a whole one now.
        put(subject, taken, ahead);
        return "info then said " + after + "; a whole one went well after it";
    }
}
