package dev.outrigger.agent.session;

import java.util.Arrays;

/**
 * One session: the numbers of its commands follow each other without a gap, so of them only the last is kept, and of the
 * latest also index and body hash. Not thread-safe.
 */
final class Session {
    private final long id;
    private final int rememberedMax;
    private long lastUsedMillis;
    private long lastSequence;
    private int remembered;
    // Rings: sequence s is at s modulo their length.
    private long[] indexes = {};
    private long[] bodyHashes = {};
    /** Of the remembered commands: a sum, so that one can be taken out again. */
    private long commandsDigest;

    Session(long id, int rememberedMax, long usedMillis, long lastSequence) {
        this.id = id;
        this.rememberedMax = rememberedMax;
        this.lastUsedMillis = usedMillis;
        this.lastSequence = lastSequence;
    }

    long id() {
        return id;
    }

    long lastUsedMillis() {
        return lastUsedMillis;
    }

    long lastSequence() {
        return lastSequence;
    }

    int remembered() {
        return remembered;
    }

    long firstRemembered() {
        return lastSequence - remembered + 1;
    }

    long indexOf(long sequence) {
        return indexes[slot(sequence)];
    }

    long bodyHashOf(long sequence) {
        return bodyHashes[slot(sequence)];
    }

    void use(long timeMillis) {
        lastUsedMillis = timeMillis;
    }

    /** Adds the next command, and forgets the oldest when there is no room. */
    void apply(long index, long bodyHash) {
        if (remembered == rememberedMax) {
            commandsDigest -= digestOf(firstRemembered());
            remembered--;
        } else if (remembered == indexes.length) {
            grow();
        }
        lastSequence++;
        remembered++;
        indexes[slot(lastSequence)] = index;
        bodyHashes[slot(lastSequence)] = bodyHash;
        commandsDigest += digestOf(lastSequence);
    }

    long digest() {
        return Digests.mix(Digests.mix(Digests.mix(id, lastUsedMillis), lastSequence), commandsDigest);
    }

    private void grow() {
        int room = Math.min(rememberedMax, Math.max(4, 2 * indexes.length));
        long[] oldIndexes = indexes;
        long[] oldBodyHashes = bodyHashes;
        indexes = Arrays.copyOf(indexes, room);
        bodyHashes = Arrays.copyOf(bodyHashes, room);
        for (long sequence = firstRemembered(); sequence <= lastSequence; sequence++) {
            int old = (int) (sequence % oldIndexes.length);
            indexes[slot(sequence)] = oldIndexes[old];
            bodyHashes[slot(sequence)] = oldBodyHashes[old];
        }
    }

    private long digestOf(long sequence) {
        return Digests.mix(Digests.mix(sequence, indexOf(sequence)), bodyHashOf(sequence));
    }

    private int slot(long sequence) {
        return (int) (sequence % indexes.length);
    }
}
