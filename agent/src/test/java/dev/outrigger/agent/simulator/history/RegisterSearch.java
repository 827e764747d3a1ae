package dev.outrigger.agent.simulator.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The search of Wing and Gong ("Testing and verifying concurrent objects", 1993) on one register: order an operation that
 * may come next, go on, and undo it where that leads nowhere; with Lowe's memory of configurations already found to lead
 * nowhere ("Testing for linearizability", 2017).
 *
 * <p>Every answered operation tells the value it found, and on that rest three short cuts. An operation that leaves the
 * value as it is and may come next does come next: nothing is gained by waiting. An unanswered one comes only where an
 * operation that may follow needs the value it leaves: otherwise leaving it out does as well. And of unanswered ones that
 * do the same the earliest comes first.
 */
final class RegisterSearch {
    private static final int NOWHERE = -1;
    private static final int TOLD_BEFORE = 4;
    private static final int TOLD_AFTER = 8;

    private final String key;
    private final long stepsMax;
    private final ValueNumbers numbers = new ValueNumbers();
    /** By invocation; so is everything numbered below. */
    private final Transition[] transitions;

    private final int count;
    /** For optional transitions, the one before that does the same, or {@link #NOWHERE}. */
    private final int[] twin;

    // Two circular lists of events not yet ordered. Answered transitions: head is node 0, t is invoked at node 1 + t
    // and
    // returns at node 1 + count + t. Optional ones, which never return: head is the last node.
    private final int[] next;
    private final int[] previous;

    private final long[] ordered;
    private final int[] order;
    private final boolean[] settled;
    private final Configurations deadEnds;
    private int depth;
    private int answeredLeft;
    private int state = ValueNumbers.ABSENT;
    private long steps;

    // The longest way that was found, for the explanation.
    private int longest = -1;
    private int stuckState;
    private int[] lastOrdered = {};
    private int[] stuckOn = {};

    RegisterSearch(String key, List<Operation> operations, long stepsMax) {
        this.key = key;
        this.stepsMax = stepsMax;
        transitions = transitions(operations);
        count = transitions.length;
        twin = twins();
        next = new int[2 * count + 2];
        previous = new int[2 * count + 2];
        ordered = new long[(count + 63) / 64];
        order = new int[count];
        settled = new boolean[count];
        deadEnds = new Configurations(ordered.length);
        linkAnswered();
        linkOptional();
    }

    Finding run() {
        settle();
        int tried = NOWHERE;
        while (answeredLeft > 0) {
            if (steps > stepsMax || deadEnds.isFull()) {
                return Finding.inconclusive("key " + key + ": gave up after " + steps + " steps. " + explanation());
            }
            int chosen = choose(tried);
            if (chosen != NOWHERE) {
                order(chosen, false);
                settle();
                tried = NOWHERE;
            } else {
                noteStuck();
                tried = goBack();
                if (tried == NOWHERE) {
                    return Finding.illegal("key " + key + ": no legal order. " + explanation());
                }
            }
        }
        return Finding.LEGAL;
    }

    // ---- setting up ----

    private Transition[] transitions(List<Operation> operations) {
        List<Transition> all = new ArrayList<>(operations.size());
        for (Operation operation : operations) {
            all.add(Transition.of(operation, numbers));
        }
        boolean[] needed = new boolean[numbers.count()];
        for (Transition transition : all) {
            if (transition.before() >= 0) {
                needed[transition.before()] = true;
            }
        }
        all.removeIf(one -> one.optional() && (one.changesNothing() || !needed[one.after()]));
        all.sort(Comparator.comparingLong(one -> one.operation().invoked()));
        return all.toArray(Transition[]::new);
    }

    private int[] twins() {
        Map<Long, Integer> latest = new HashMap<>();
        int[] twins = new int[count];
        for (int t = 0; t < count; t++) {
            Transition one = transitions[t];
            twins[t] = NOWHERE;
            if (one.optional()) {
                Integer earlier = latest.put((long) one.before() << 32 | one.after(), t);
                twins[t] = earlier == null ? NOWHERE : earlier;
            }
        }
        return twins;
    }

    private void linkAnswered() {
        Integer[] byReturn = new Integer[count];
        int answered = 0;
        for (int t = 0; t < count; t++) {
            if (!transitions[t].optional()) {
                byReturn[answered++] = t;
            }
        }
        answeredLeft = answered;
        Arrays.sort(byReturn, 0, answered, Comparator.comparingLong(this::returned));
        int returns = 0;
        int last = 0;
        for (int t = 0; t < count; t++) {
            if (transitions[t].optional()) {
                continue;
            }
            while (returned(byReturn[returns]) < invoked(t)) {
                last = link(last, returnOf(byReturn[returns++]));
            }
            last = link(last, callOf(t));
        }
        while (returns < answered) {
            last = link(last, returnOf(byReturn[returns++]));
        }
        link(last, 0);
    }

    private void linkOptional() {
        int last = optionalHead();
        for (int t = 0; t < count; t++) {
            if (transitions[t].optional()) {
                last = link(last, callOf(t));
            }
        }
        link(last, optionalHead());
    }

    private int link(int from, int to) {
        next[from] = to;
        previous[to] = from;
        return to;
    }

    // ---- searching ----

    /** Orders all that leave the value as it is and may come next. They end no wait of others: a second look is needed. */
    private void settle() {
        boolean again = true;
        while (again && answeredLeft > 0) {
            again = false;
            for (int node = next[0]; isCall(node); node = next[node]) {
                steps++;
                Transition one = transitions[node - 1];
                if (one.before() == state && one.changesNothing()) {
                    order(node - 1, true);
                    again = true;
                }
            }
        }
    }

    /** The first that may come next and leads to a configuration not known to be a dead end, after the one tried last. */
    private int choose(int tried) {
        boolean optionalOnly = tried != NOWHERE && transitions[tried].optional();
        if (!optionalOnly) {
            int start = tried == NOWHERE ? 0 : callOf(tried);
            for (int node = next[start]; isCall(node); node = next[node]) {
                steps++;
                if (transitions[node - 1].before() == state && !leadsNowhere(node - 1)) {
                    return node - 1;
                }
            }
        }
        long end = firstReturn();
        int node = next[optionalOnly ? callOf(tried) : optionalHead()];
        while (node != optionalHead() && invoked(node - 1) <= end) {
            steps++;
            if (isUseful(node - 1, end) && !leadsNowhere(node - 1)) {
                return node - 1;
            }
            node = next[node];
        }
        return NOWHERE;
    }

    private boolean isUseful(int t, long end) {
        Transition one = transitions[t];
        return (one.before() == state || one.before() == Transition.ANY)
                && one.after() != state
                && (twin[t] == NOWHERE || isOrdered(twin[t]))
                && isNeeded(one.after(), end);
    }

    private boolean isNeeded(int value, long end) {
        for (int node = next[0]; isCall(node); node = next[node]) {
            steps++;
            if (transitions[node - 1].before() == value) {
                return true;
            }
        }
        for (int node = next[optionalHead()]; node != optionalHead() && invoked(node - 1) <= end; node = next[node]) {
            steps++;
            if (transitions[node - 1].before() == value) {
                return true;
            }
        }
        return false;
    }

    private boolean leadsNowhere(int t) {
        if (deadEnds.isEmpty()) {
            return false;
        }
        flip(t);
        boolean known = deadEnds.contains(ordered, transitions[t].after());
        flip(t);
        return known;
    }

    private void order(int t, boolean settles) {
        flip(t);
        unlink(callOf(t));
        if (!transitions[t].optional()) {
            unlink(returnOf(t));
            answeredLeft--;
        }
        state = transitions[t].after();
        settled[depth] = settles;
        order[depth++] = t;
    }

    /** Undoes the last choice and remembers that it leads nowhere. Answers what was chosen. */
    private int goBack() {
        while (depth > 0) {
            int t = order[depth - 1];
            boolean choice = !settled[depth - 1];
            if (choice) {
                deadEnds.add(ordered, state);
            }
            depth--;
            if (!transitions[t].optional()) {
                answeredLeft++;
                relink(returnOf(t));
            }
            relink(callOf(t));
            flip(t);
            if (choice) {
                state = stateAt(depth);
                return t;
            }
        }
        return NOWHERE;
    }

    private int stateAt(int position) {
        return position == 0 ? ValueNumbers.ABSENT : transitions[order[position - 1]].after();
    }

    private long firstReturn() {
        int node = next[0];
        while (isCall(node)) {
            node = next[node];
        }
        return returned(node - 1 - count);
    }

    private void flip(int t) {
        ordered[t >> 6] ^= 1L << t;
    }

    private boolean isOrdered(int t) {
        return (ordered[t >> 6] & 1L << t) != 0;
    }

    private void unlink(int node) {
        next[previous[node]] = next[node];
        previous[next[node]] = previous[node];
    }

    private void relink(int node) {
        next[previous[node]] = node;
        previous[next[node]] = node;
    }

    private int callOf(int t) {
        return 1 + t;
    }

    private int returnOf(int t) {
        return 1 + count + t;
    }

    private int optionalHead() {
        return 2 * count + 1;
    }

    private boolean isCall(int node) {
        return 0 < node && node <= count;
    }

    private long invoked(int t) {
        return transitions[t].operation().invoked();
    }

    private long returned(int t) {
        return transitions[t].operation().returned();
    }

    // ---- explaining ----

    private void noteStuck() {
        if (depth <= longest) {
            return;
        }
        longest = depth;
        stuckState = state;
        lastOrdered = Arrays.copyOfRange(order, Math.max(0, depth - TOLD_BEFORE), depth);
        int[] window = new int[TOLD_AFTER];
        int size = 0;
        for (int node = next[0]; isCall(node) && size < TOLD_AFTER; node = next[node]) {
            window[size++] = node - 1;
        }
        stuckOn = Arrays.copyOf(window, size);
    }

    private String explanation() {
        if (longest < 0) {
            return "Nothing was tried to the end.";
        }
        StringBuilder text =
                new StringBuilder("At best " + longest + " of " + count + " operations are ordered, ending");
        for (int t : lastOrdered) {
            text.append("\n    ").append(transitions[t].operation());
        }
        text.append("\n  which leaves ")
                .append(numbers.value(stuckState))
                .append("; one of these must follow and none can");
        for (int t : stuckOn) {
            text.append("\n    ").append(transitions[t].operation());
        }
        return text.toString();
    }
}
