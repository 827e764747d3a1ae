package dev.outrigger.agent.node;

import dev.outrigger.agent.app.AppEvents.Result;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.wire.AppRecord.AnswerHash;
import dev.outrigger.agent.wire.AppRecord.Answers;
import dev.outrigger.agent.wire.AppRecord.StateHash;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What the application beside this agent answered lately, as hashes: one for each command, and one for each whole stretch
 * of the log. Of equal answers the hashes are equal on every member, however the log was cut into batches and wherever a
 * member began. Hashes have 64 bits: they find mistakes, not malice. Memory is fixed, about 540 KiB. On the event loop.
 *
 * <p>What is known is without gaps from {@link #firstIndex()} to {@link #lastIndex()}; stretches that were whole stay known
 * for longer.
 */
final class AnswerHashes {
    /** A stretch is so many indexes, from a multiple of it plus one to the next multiple. */
    static final int STRETCH = Answers.HASHES_MAX;
    /** The hash of each single answer is known for so many indexes. */
    static final int ANSWERS_KEPT = 1 << 16;
    /** Hashes of so many whole stretches are known. */
    static final int STRETCHES_KEPT = 1 << 10;
    /** What the application said of its state is known for so many commands. */
    static final int STATES_KEPT = 64;

    private static final long GOLDEN = 0x9e3779b97f4a7c15L;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** By index; 0 for what was no command. */
    private final long[] answers = new long[ANSWERS_KEPT];

    private final long[] stretchHashes = new long[STRETCHES_KEPT];
    /** Which stretch each of those is of, from 1; 0 for none. */
    private final long[] stretchNumbers = new long[STRETCHES_KEPT];

    private final TreeMap<Long, Long> states = new TreeMap<>();
    private long firstIndex = 1;
    private long lastIndex;

    /** Where what is known begins. */
    long firstIndex() {
        return Math.max(firstIndex, lastIndex - ANSWERS_KEPT + 1);
    }

    /** Where it ends; {@code firstIndex() - 1} when nothing is known. */
    long lastIndex() {
        return lastIndex;
    }

    void answered(List<Entry> commands, List<Result> results) {
        for (int i = 0; i < commands.size(); i++) {
            long index = commands.get(i).index();
            if (index <= lastIndex) {
                goBackTo(index - 1);
            }
            passed(index - 1);
            set(index, hash(index, results.get(i)));
        }
    }

    void state(long index, Payload state) {
        states.put(index, hash(index, 0, state.array()));
        while (states.size() > STATES_KEPT) {
            states.pollFirstEntry();
        }
    }

    /** What the application answered up to {@code index} is not known. */
    void missed(long index) {
        if (index > lastIndex) {
            firstIndex = index + 1;
            lastIndex = index;
        }
    }

    /** Up to {@code index} there was nothing for the application; or it stands there anew, and gets what follows again. */
    void appliedIndex(long index) {
        if (index < lastIndex) {
            goBackTo(index);
        } else {
            passed(index);
        }
    }

    /** The application has another state now than the one that answered: nothing is known of how it came to that. */
    void forget() {
        firstIndex = lastIndex + 1;
        Arrays.fill(stretchNumbers, 0);
        states.clear();
    }

    private void goBackTo(long index) {
        firstIndex = Math.min(firstIndex(), index + 1); // what was before that has been overwritten
        lastIndex = index;
        states.tailMap(index, false).clear();
        for (int slot = 0; slot < STRETCHES_KEPT; slot++) {
            if (stretchNumbers[slot] * STRETCH > index) {
                stretchNumbers[slot] = 0;
            }
        }
    }

    private void passed(long index) {
        for (long next = lastIndex + 1; next <= index; next++) {
            set(next, 0);
        }
    }

    private void set(long index, long hash) {
        answers[slot(index)] = hash;
        lastIndex = index;
        if (index % STRETCH == 0 && firstIndex <= index - STRETCH + 1) {
            long number = index / STRETCH;
            stretchNumbers[(int) (number % STRETCHES_KEPT)] = number;
            stretchHashes[(int) (number % STRETCHES_KEPT)] = fold(index - STRETCH + 1, index);
        }
    }

    /** Hash of the answers from {@code first} to {@code last}; empty when they are not all known. */
    OptionalLong hash(long first, long last) {
        boolean stretch = last <= lastIndex && last % STRETCH == 0 && first == last - STRETCH + 1;
        int slot = (int) (last / STRETCH % STRETCHES_KEPT);
        if (stretch && stretchNumbers[slot] == last / STRETCH) {
            return OptionalLong.of(stretchHashes[slot]);
        }
        return first >= firstIndex() && last <= lastIndex && last - first < STRETCH
                ? OptionalLong.of(fold(first, last))
                : OptionalLong.empty();
    }

    /** What the application said of its state after the command at {@code index}. */
    Optional<Long> stateAt(long index) {
        return Optional.ofNullable(states.get(index));
    }

    List<StateHash> states(int max) {
        List<StateHash> latest = new ArrayList<>();
        states.descendingMap().entrySet().stream()
                .limit(max)
                .forEach(state -> latest.add(0, new StateHash(state.getKey(), state.getValue())));
        return latest;
    }

    /** The latest whole stretches that are known, by rising index. */
    List<AnswerHash> stretches(int max) {
        List<AnswerHash> latest = new ArrayList<>();
        for (long number = lastIndex / STRETCH; number > 0 && number > lastIndex / STRETCH - max; number--) {
            long last = number * STRETCH;
            long first = last - STRETCH + 1;
            hash(first, last).ifPresent(hash -> latest.add(0, new AnswerHash(first, last, hash)));
        }
        return latest;
    }

    /** What follows the last whole stretch, as far as it is known. */
    AnswerHash open() {
        long first = Math.max(firstIndex(), lastIndex - lastIndex % STRETCH + 1);
        return new AnswerHash(first, lastIndex, fold(first, lastIndex));
    }

    /** What is known of each command from {@code first} to {@code last}, at most a stretch of them. */
    Answers answers(long first, long last) {
        long from = Math.max(first, firstIndex());
        long to = Math.min(Math.min(last, lastIndex), from + Answers.HASHES_MAX - 1);
        List<Long> hashes = new ArrayList<>();
        for (long index = from; index <= to; index++) {
            hashes.add(answers[slot(index)]);
        }
        List<StateHash> said = new ArrayList<>();
        states.tailMap(first, true).headMap(last, true).forEach((index, hash) -> said.add(new StateHash(index, hash)));
        return new Answers(from, hashes, said);
    }

    private long fold(long first, long last) {
        long hash = GOLDEN;
        for (long index = first; index <= last; index++) {
            long answer = answers[slot(index)];
            if (answer != 0) {
                hash = mix(hash ^ answer) + GOLDEN;
            }
        }
        return hash;
    }

    private static int slot(long index) {
        return (int) (index % ANSWERS_KEPT);
    }

    private static long hash(long index, Result result) {
        return hash(index, result.code(), result.data().array());
    }

    /** Never 0. */
    private static long hash(long index, int code, byte[] data) {
        long hash = mix(index * GOLDEN + code) + data.length;
        int at = 0;
        for (; at + Long.BYTES <= data.length; at += Long.BYTES) {
            hash = mix(hash ^ (long) LONGS.get(data, at)) + GOLDEN;
        }
        long rest = 0;
        for (; at < data.length; at++) {
            rest = rest << Byte.SIZE | data[at] & 0xff;
        }
        hash = mix(hash ^ rest);
        return hash == 0 ? GOLDEN : hash;
    }

    /** Every bit of the result depends on every bit of {@code z} (Stafford's variant 13 of the finaliser of MurmurHash3). */
    private static long mix(long z) {
        long one = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        long two = (one ^ one >>> 27) * 0x94d049bb133111ebL;
        return two ^ two >>> 31;
    }
}
