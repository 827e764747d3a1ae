package dev.outrigger.agent.session;

import java.util.function.LongConsumer;

/**
 * One session: which of its latest numbers were applied, at which index and with which body. The window ends with the
 * highest number that was applied. Not thread-safe.
 */
final class Session {
    private final long id;
    private final int rememberedMax;
    private final long timeToLiveMillis;
    private long lastUsedMillis;
    private long lastSequence;
    private int remembered;
    // Rings: sequence s is at s modulo their length. Index 0 says that it was not applied, below 0 that all passed over
    // it.
    private long[] indexes = {};
    private long[] bodyHashes = {};
    /** Of the remembered commands: a sum, so that one can be taken out again. */
    private long commandsDigest;

    Session(long id, int rememberedMax, long timeToLiveMillis, long usedMillis) {
        this.id = id;
        this.rememberedMax = rememberedMax;
        this.timeToLiveMillis = timeToLiveMillis;
        this.lastUsedMillis = usedMillis;
    }

    /** The same at another place: what happens to one does not happen to the other. */
    Session copy() {
        Session copy = new Session(id, rememberedMax, timeToLiveMillis, lastUsedMillis);
        copy.lastSequence = lastSequence;
        copy.remembered = remembered;
        copy.indexes = indexes.clone();
        copy.bodyHashes = bodyHashes.clone();
        copy.commandsDigest = commandsDigest;
        return copy;
    }

    long id() {
        return id;
    }

    long timeToLiveMillis() {
        return timeToLiveMillis;
    }

    long lastUsedMillis() {
        return lastUsedMillis;
    }

    /** Agreed time at which it ends when it is not used again. */
    long endMillis() {
        long end = lastUsedMillis + timeToLiveMillis;
        return end < 0 ? Long.MAX_VALUE : end;
    }

    /** The highest number applied; 0 for none. */
    long lastSequence() {
        return lastSequence;
    }

    /** How many commands are remembered. */
    int remembered() {
        return remembered;
    }

    /** First number of which it is known whether it was applied; those below are forgotten. */
    long firstKnown() {
        return Math.max(1, lastSequence - rememberedMax + 1);
    }

    /** Whether a number had its turn, which is from {@link #firstKnown()} on. */
    boolean isApplied(long sequence) {
        return sequence <= lastSequence && rawIndexOf(sequence) != 0;
    }

    long indexOf(long sequence) {
        return Math.abs(rawIndexOf(sequence));
    }

    /** Whether it was decided later that nobody applies a number that had its turn. */
    boolean isSkipped(long sequence) {
        return rawIndexOf(sequence) < 0;
    }

    private long rawIndexOf(long sequence) {
        return indexes[slot(sequence)];
    }

    /** It was decided that nobody applies the command at this index; nothing when none of this session is there. */
    void skip(long index) {
        forEachApplied(sequence -> {
            if (rawIndexOf(sequence) == index) {
                commandsDigest -= digestOf(sequence);
                indexes[slot(sequence)] = -index;
                commandsDigest += digestOf(sequence);
            }
        });
    }

    long bodyHashOf(long sequence) {
        return bodyHashes[slot(sequence)];
    }

    /** The numbers that were applied and are remembered, by rising number. */
    void forEachApplied(LongConsumer consumer) {
        for (long sequence = firstKnown(); sequence <= lastSequence && sequence > 0; sequence++) {
            if (isApplied(sequence)) {
                consumer.accept(sequence);
            }
        }
    }

    void use(long timeMillis) {
        lastUsedMillis = timeMillis;
    }

    /** Adds a command that is not applied yet, from {@link #firstKnown()} on; beyond the window, this moves. */
    void apply(long sequence, long index, long bodyHash) {
        if (sequence > lastSequence) {
            moveTo(sequence);
        }
        remembered++;
        indexes[slot(sequence)] = index;
        bodyHashes[slot(sequence)] = bodyHash;
        commandsDigest += digestOf(sequence);
    }

    private void moveTo(long sequence) {
        long firstBefore = firstKnown();
        long lastBefore = lastSequence;
        lastSequence = sequence;
        long first = firstKnown();
        for (long left = firstBefore; left < first && left <= lastBefore; left++) {
            forget(left);
        }
        long span = lastSequence - first + 1;
        if (span > indexes.length) {
            grow(firstBefore, lastBefore, (int) span);
        }
    }

    private void forget(long sequence) {
        if (rawIndexOf(sequence) != 0) {
            commandsDigest -= digestOf(sequence);
            remembered--;
            indexes[slot(sequence)] = 0;
        }
    }

    /** What of the window before is still in the window is taken along. */
    private void grow(long firstBefore, long lastBefore, int span) {
        long[] oldIndexes = indexes;
        long[] oldBodyHashes = bodyHashes;
        int room = Math.min(rememberedMax, Math.max(Math.max(4, span), 2 * oldIndexes.length));
        indexes = new long[room];
        bodyHashes = new long[room];
        for (long sequence = Math.max(firstBefore, firstKnown()); sequence <= lastBefore; sequence++) {
            int old = (int) (sequence % oldIndexes.length);
            indexes[slot(sequence)] = oldIndexes[old];
            bodyHashes[slot(sequence)] = oldBodyHashes[old];
        }
    }

    long digest() {
        long use = Digests.mix(Digests.mix(id, timeToLiveMillis), lastUsedMillis);
        return Digests.mix(Digests.mix(use, lastSequence), commandsDigest);
    }

    private long digestOf(long sequence) {
        return Digests.mix(Digests.mix(sequence, rawIndexOf(sequence)), bodyHashOf(sequence));
    }

    private int slot(long sequence) {
        return (int) (sequence % indexes.length);
    }
}
