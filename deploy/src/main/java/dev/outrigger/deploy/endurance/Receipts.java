package dev.outrigger.deploy.endurance;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What one client was told about its commands, numbered from 0. Every later answer must agree with the first one. Takes 13
 * bytes a command. Safe for many threads.
 */
final class Receipts {
    private static final int CHUNK = 4096;

    private final int client;
    private final Violations violations;
    private int size;
    private long[] indexes = new long[CHUNK];
    private int[] places = new int[CHUNK];
    private boolean[] lost = new boolean[CHUNK];
    private long acknowledged;

    Receipts(int client, Violations violations) {
        this.client = client;
        this.violations = violations;
    }

    int client() {
        return client;
    }

    /** The body of a command: who and which, nothing else has it. Every sixteenth will be refused. */
    byte[] body(int number) {
        return (client + "." + number + (isRefused(number) ? "!" : "")).getBytes(StandardCharsets.US_ASCII);
    }

    static boolean isRefused(int number) {
        return number % 16 == 7;
    }

    /** Takes the next numbers; answers the first. */
    synchronized int submit(int count) {
        int first = size;
        size += count;
        if (size > indexes.length) {
            int length = Math.max(size, indexes.length * 3 / 2);
            indexes = Arrays.copyOf(indexes, length);
            places = Arrays.copyOf(places, length);
            lost = Arrays.copyOf(lost, length);
        }
        return first;
    }

    synchronized int submitted() {
        return size;
    }

    synchronized long acknowledged() {
        return acknowledged;
    }

    /** Submitted, and nobody will ever say what came of it. */
    synchronized long unknown() {
        long count = 0;
        for (int number = 0; number < size; number++) {
            if (lost[number] && indexes[number] == 0) {
                count++;
            }
        }
        return count;
    }

    /** Whether nothing more is to be asked about this one. */
    synchronized boolean isSettled(int number) {
        return indexes[number] > 0 || lost[number];
    }

    synchronized void lost(int number) {
        lost[number] = true;
    }

    /** Index of the entry that applied it, 0 when no answer said so. */
    synchronized long index(int number) {
        return indexes[number];
    }

    /** Its number among all commands of all clients from 1, as its result says; 0 when none was seen. */
    synchronized long place(int number) {
        return places[number];
    }

    /** An answer with a result. */
    synchronized void applied(int number, Answer.Applied answer) {
        int code = isRefused(number) ? JournalApp.REFUSED : 0;
        if (answer.code() != code) {
            violations.add(name(number) + " was answered with code " + answer.code() + ", not " + code);
        }
        applied(number, answer.index());
        int place = parse(answer.data());
        if (place < 1 || places[number] != 0 && places[number] != place) {
            violations.add(name(number) + " was answered first with " + places[number] + ", then with "
                    + new String(answer.data(), StandardCharsets.ISO_8859_1));
        } else {
            places[number] = place;
        }
    }

    private static int parse(byte[] data) {
        try {
            return Integer.parseInt(new String(data, StandardCharsets.US_ASCII));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** An answer that says no more than where it was applied. */
    synchronized void applied(int number, long index) {
        if (indexes[number] == 0) {
            indexes[number] = index;
            acknowledged++;
        } else if (indexes[number] != index) {
            violations.add(name(number) + " was applied at index " + indexes[number] + " as it was said first, then at "
                    + index);
        }
    }

    String name(int number) {
        return "command " + client + "." + number;
    }
}
