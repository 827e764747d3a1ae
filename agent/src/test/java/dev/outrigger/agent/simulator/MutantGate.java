package dev.outrigger.agent.simulator;

import dev.outrigger.agent.simulator.mutant.Mutant;
import dev.outrigger.agent.simulator.mutant.MutantLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Shows that known mistakes are found, and how many seeds it takes: from several first seeds each mutant runs until an
 * invariant breaks. All cores work, each on one mutant at a time.
 */
final class MutantGate {
    /** The searches of one mutant begin this far apart. */
    private static final long APART = 1_000_000;

    private final Map<String, Mutant> mutants;
    private final long first;
    private final long seedsMax;
    private final int searches;
    private final Map<String, long[]> seedsNeeded = new TreeMap<>();

    /**
     * @param names of the mutants to look at; empty for all
     * @param seedsMax a search that has not found anything after so many seeds has failed
     * @param searches how many for each mutant, odd
     */
    MutantGate(Set<String> names, long first, long seedsMax, int searches) {
        this.mutants = new TreeMap<>(Mutant.all());
        mutants.keySet().removeIf(name -> !names.isEmpty() && !names.contains(name));
        this.first = first;
        this.seedsMax = seedsMax;
        this.searches = searches;
    }

    /** Whether every search has found its mutant. */
    boolean run(Consumer<String> told) throws InterruptedException {
        ConcurrentLinkedQueue<String> waiting = new ConcurrentLinkedQueue<>(mutants.keySet());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            Thread thread = new Thread(() -> {
                for (String name = waiting.poll(); name != null; name = waiting.poll()) {
                    search(name, told);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return caught() == mutants.size();
    }

    private void search(String name, Consumer<String> told) {
        Mutant mutant = Objects.requireNonNull(mutants.get(name));
        MutantLoader loader = new MutantLoader(mutant);
        long[] needed = new long[searches];
        String how = "";
        for (int i = 0; i < searches; i++) {
            long begin = first + i * APART;
            String found = null;
            long seed = begin;
            while (found == null && seed < begin + seedsMax) {
                found = loader.run(Simulate.class.getName(), seed++);
            }
            needed[i] = found == null ? -1 : seed - begin;
            how = found == null ? "NOT FOUND from seed " + begin : "seed=" + (seed - 1) + " " + found;
        }
        Arrays.sort(needed);
        synchronized (this) {
            seedsNeeded.put(name, needed);
        }
        told.accept(name + " (" + mutant.title() + ") seeds=" + Arrays.toString(needed) + " " + how);
    }

    private synchronized int caught() {
        return (int)
                seedsNeeded.values().stream().filter(needed -> needed[0] > 0).count();
    }

    /** The result as one line of JSON; the median of a mutant that was not always found is null. */
    synchronized String summary() {
        StringBuilder medians = new StringBuilder();
        seedsNeeded.forEach((name, needed) -> medians.append(medians.length() == 0 ? "" : ",")
                .append('"')
                .append(name)
                .append("\":")
                .append(needed[0] > 0 ? "" + needed[needed.length / 2] : "null"));
        return "{\"mutants\":" + mutants.size() + ",\"caught\":" + caught() + ",\"medianSeeds\":{" + medians + "}}";
    }
}
