package dev.outrigger.deploy.endurance;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds the applications' own files against what clients were told. Reads each file once, line by line, and keeps a bit a
 * command.
 */
final class JournalCheck {
    private static final Pattern LINE = Pattern.compile("([0-9]{1,18}) [0-9]{1,18} (([0-9]{1,4})\\.([0-9]{1,9})!?)");

    private final List<Receipts> clients;
    private final Violations violations;
    private long commands;
    private long duplicates;
    private long gaps;
    private long outOfOrder;
    private long others;

    /** @param clients by their numbers from 0 */
    JournalCheck(List<Receipts> clients, Violations violations) {
        this.clients = clients;
        this.violations = violations;
    }

    /** Checks each, and that all are the same. */
    void check(List<Path> journals) throws IOException {
        for (Path journal : journals) {
            new OneJournal(journal).check();
            long difference = Files.mismatch(journals.get(0), journal);
            if (difference >= 0) {
                outOfOrder++;
                violations.add(journal + " is not " + journals.get(0) + " from byte " + difference + " on");
            }
        }
    }

    /** Commands in the first file. */
    long commands() {
        return commands;
    }

    /** How often a command was there a second time, in all files. */
    long duplicates() {
        return duplicates;
    }

    /** How often an acknowledged command was not there, in all files. */
    long gaps() {
        return gaps;
    }

    /** How often an index did not rise, or a file was not as the first. */
    long outOfOrder() {
        return outOfOrder;
    }

    /** Lines that nobody submitted, and commands that are not where an answer said. */
    long others() {
        return others;
    }

    private final class OneJournal {
        private final Path file;
        private final BitSet[] there;
        private long lines;
        private long lastIndex;

        OneJournal(Path file) {
            this.file = file;
            this.there = clients.stream().map(client -> new BitSet()).toArray(BitSet[]::new);
        }

        void check() throws IOException {
            try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    lines++;
                    check(line);
                }
            }
            clients.forEach(this::checkAllAreThere);
            commands = commands == 0 ? lines : commands;
        }

        private void check(String line) {
            Matcher fields = LINE.matcher(line);
            if (!fields.matches()) {
                stranger(line);
                return;
            }
            long index = Long.parseLong(fields.group(1));
            if (index <= lastIndex) {
                outOfOrder++;
                violations.add(at() + " has index " + index + " after index " + lastIndex);
            }
            lastIndex = index;
            int client = Integer.parseInt(fields.group(3));
            int number = Integer.parseInt(fields.group(4));
            if (!isSubmitted(client, number, fields.group(2))) {
                stranger(line);
                return;
            }
            if (there[client].get(number)) {
                duplicates++;
                violations.add(at() + " is there a second time: " + line);
            }
            there[client].set(number);
            checkReceipt(clients.get(client), number, index);
        }

        private boolean isSubmitted(int client, int number, String body) {
            return client < clients.size()
                    && number < clients.get(client).submitted()
                    && body.equals(new String(clients.get(client).body(number), StandardCharsets.US_ASCII));
        }

        private void stranger(String line) {
            others++;
            violations.add(at() + " is not what anybody submitted: " + line);
        }

        private void checkReceipt(Receipts receipts, int number, long index) {
            boolean elsewhere = receipts.index(number) != 0 && receipts.index(number) != index;
            boolean otherPlace = receipts.place(number) != 0 && receipts.place(number) != lines;
            if (elsewhere || otherPlace) {
                others++;
                violations.add(at() + " has " + receipts.name(number) + " at index " + index + "; the answer was index "
                        + receipts.index(number) + ", line " + receipts.place(number));
            }
        }

        private void checkAllAreThere(Receipts receipts) {
            for (int number = 0; number < receipts.submitted(); number++) {
                if (receipts.index(number) != 0 && !there[receipts.client()].get(number)) {
                    gaps++;
                    violations.add(file + " lacks " + receipts.name(number) + ", which was acknowledged");
                }
            }
        }

        private String at() {
            return file + ", line " + lines;
        }
    }
}
