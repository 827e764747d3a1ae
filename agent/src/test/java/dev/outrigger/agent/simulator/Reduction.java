package dev.outrigger.agent.simulator;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What is taken away from what a seed has drawn. Has a text form, which the command line understands.
 *
 * @param without kinds of faults that never happen, by name; {@link #GUIDED} and {@link #ENDING} for these schedules
 * @param skip injections that do not happen, by their number in the {@link Script} of the whole life
 * @param clients so many at most, from 1
 * @param operations so many at most, from 1
 * @param voters so many at most, from 1
 * @param spares so many machines at most that are no members at first
 * @param chaosMillis so long at most
 */
record Reduction(
        SortedSet<String> without,
        SortedSet<Integer> skip,
        int clients,
        int operations,
        int voters,
        int spares,
        int chaosMillis) {
    static final String GUIDED = "GUIDED";
    static final String ENDING = "ENDING";
    static final Reduction NONE = new Reduction(
            new TreeSet<>(),
            new TreeSet<>(),
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE);

    Reduction {
        without = Collections.unmodifiableSortedSet(new TreeSet<>(without));
        skip = Collections.unmodifiableSortedSet(new TreeSet<>(skip));
        if (clients < 1 || operations < 1 || voters < 1 || spares < 0 || chaosMillis < 0) {
            throw new IllegalArgumentException("too few");
        }
    }

    boolean isEmpty() {
        return equals(NONE);
    }

    boolean isOff(FaultKind kind) {
        return without.contains(kind.name());
    }

    // ---- smaller ones ----

    Reduction without(String kind) {
        TreeSet<String> more = new TreeSet<>(without);
        more.add(kind);
        return new Reduction(more, skip, clients, operations, voters, spares, chaosMillis);
    }

    Reduction skipping(Collection<Integer> numbers) {
        TreeSet<Integer> more = new TreeSet<>(skip);
        more.addAll(numbers);
        return new Reduction(without, more, clients, operations, voters, spares, chaosMillis);
    }

    Reduction clients(int most) {
        return new Reduction(without, skip, most, operations, voters, spares, chaosMillis);
    }

    Reduction operations(int most) {
        return new Reduction(without, skip, clients, most, voters, spares, chaosMillis);
    }

    Reduction voters(int most) {
        return new Reduction(without, skip, clients, operations, most, spares, chaosMillis);
    }

    Reduction spares(int most) {
        return new Reduction(without, skip, clients, operations, voters, most, chaosMillis);
    }

    Reduction chaosMillis(int most) {
        return new Reduction(without, skip, clients, operations, voters, spares, most);
    }

    // ---- text ----

    /** This, and what one option on the command line says; IllegalArgumentException when it is none of these. */
    Reduction with(String option, String value) {
        return switch (option) {
            case "--without" -> withoutAll(value);
            case "--skip" -> skipping(numbers(value));
            case "--clients" -> clients(Integer.parseInt(value));
            case "--operations" -> operations(Integer.parseInt(value));
            case "--voters" -> voters(Integer.parseInt(value));
            case "--spares" -> spares(Integer.parseInt(value));
            case "--chaos-millis" -> chaosMillis(Integer.parseInt(value));
            default -> throw new IllegalArgumentException("do not know " + option);
        };
    }

    private Reduction withoutAll(String names) {
        Reduction reduction = this;
        for (String name : names.split(",")) {
            boolean known = name.equals(GUIDED)
                    || name.equals(ENDING)
                    || FaultKind.valueOf(name).name().equals(name);
            reduction = known ? reduction.without(name) : reduction;
        }
        return reduction;
    }

    /** {@code 3,8-12}. */
    private static List<Integer> numbers(String text) {
        List<Integer> numbers = new ArrayList<>();
        for (String part : text.split(",")) {
            int dash = part.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(part.substring(dash + 1));
            for (int number = first; number <= last; number++) {
                numbers.add(number);
            }
        }
        return numbers;
    }

    private String ranges() {
        List<String> ranges = new ArrayList<>();
        for (int first : skip) {
            if (!skip.contains(first - 1)) {
                int last = first;
                while (skip.contains(last + 1)) {
                    last++;
                }
                ranges.add(first == last ? "" + first : first + "-" + last);
            }
        }
        return String.join(",", ranges);
    }

    /** As options of the command line, each after a space; empty for none. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(without.isEmpty() ? "" : " --without " + String.join(",", without));
        text.append(skip.isEmpty() ? "" : " --skip " + ranges());
        limit(text, "clients", clients);
        limit(text, "operations", operations);
        limit(text, "voters", voters);
        limit(text, "spares", spares);
        limit(text, "chaos-millis", chaosMillis);
        return text.toString();
    }

    private static void limit(StringBuilder text, String option, int most) {
        if (most != Integer.MAX_VALUE) {
            text.append(" --").append(option).append(' ').append(most);
        }
    }
}
