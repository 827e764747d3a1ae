package dev.outrigger.agent.simulator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A generator that keeps what was drawn for each injection. Another one can take it for its model: for an injection of
 * the same number it then gives the same, whatever was drawn for others or left out before.
 */
final class Dice implements RandomGenerator {
    private static final Draws NONE = new Draws();

    private final SplittableRandom source;
    private final @Nullable Dice model;
    private final List<Draws> draws = new ArrayList<>();
    private int number;

    Dice(SplittableRandom source, @Nullable Dice model) {
        this.source = source;
        this.model = model;
    }

    /** What is drawn from now on is for this injection, or for none when 0. */
    void turnTo(int injection) {
        number = injection;
    }

    /** From 0 to 1, and not kept: for the decision when there is to be an injection. */
    double chance() {
        return source.nextDouble();
    }

    @Override
    public int nextInt() {
        Draws mine = draws(number);
        Draws known = known();
        return (int) mine.keep(mine.count < known.count ? known.values[mine.count] : source.nextInt());
    }

    @Override
    public long nextLong() {
        Draws mine = draws(number);
        Draws known = known();
        return mine.keep(mine.count < known.count ? known.values[mine.count] : source.nextLong());
    }

    private Draws draws(int injection) {
        while (draws.size() <= injection) {
            draws.add(new Draws());
        }
        return draws.get(injection);
    }

    private Draws known() {
        return model == null || number >= model.draws.size() ? NONE : model.draws.get(number);
    }

    /** For one injection, in order. */
    private static final class Draws {
        private long[] values = new long[4];
        private int count;

        long keep(long value) {
            if (count == values.length) {
                values = Arrays.copyOf(values, 2 * count);
            }
            values[count++] = value;
            return value;
        }
    }
}
