package dev.outrigger.agent.simulator.disk;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The content of one file, as processes see it and as the platter holds it. A dirty page is one that the platter may hold
 * in another state. Names are not its matter: a file that was deleted or replaced may still be on the platter under its
 * name.
 */
final class VirtualFile {
    static final int PAGE_BYTES = 4096;

    private static final int SECTOR_BYTES = 512;
    private static final byte[] NOTHING = new byte[0];

    private byte[] seen = NOTHING;
    private byte[] platter = NOTHING;
    private long[] dirty = new long[1];
    private int dirtyPages;
    private int size;
    private int platterSize;
    private boolean @Nullable [] unreadable;

    int size() {
        return size;
    }

    int pages() {
        return pages(size);
    }

    boolean isDirty() {
        return dirtyPages > 0 || size != platterSize;
    }

    /** How many more pages the file takes when its bytes reach up to {@code end}. */
    int missingPages(long end) {
        return Math.max(0, pages(end) - pages());
    }

    void write(int offset, byte[] bytes, int from, int length) {
        int end = offset + length;
        if (end > seen.length) {
            seen = Arrays.copyOf(seen, capacity(end, seen.length));
        }
        System.arraycopy(bytes, from, seen, offset, length);
        size = Math.max(size, end);
        int last = pages(end) - 1;
        for (int page = offset / PAGE_BYTES; page <= last; page++) {
            markDirty(page);
        }
    }

    /** Copies up to {@code length} bytes and gives how many; 0 at the end of the file. */
    int read(int offset, byte[] into, int at, int length) throws DiskFault {
        int count = Math.max(0, Math.min(length, size - offset));
        if (unreadable != null) {
            mustBeReadable(unreadable, offset, count);
        }
        if (count > 0) {
            System.arraycopy(seen, offset, into, at, count);
        }
        return count;
    }

    private static void mustBeReadable(boolean[] unreadable, int offset, int count) throws DiskFault {
        for (int page = offset / PAGE_BYTES; page < pages(offset + count) && page < unreadable.length; page++) {
            if (unreadable[page]) {
                throw new DiskFault("Input/output error reading page " + page);
            }
        }
    }

    void sync() {
        for (int word = 0; word < dirty.length && dirtyPages > 0; word++) {
            for (long bits = dirty[word]; bits != 0; bits &= bits - 1) {
                copyToPlatter(word * 64 + Long.numberOfTrailingZeros(bits));
                dirtyPages--;
            }
            dirty[word] = 0;
        }
        platterSize = size;
    }

    /** Each dirty page reaches the platter with a chance of {@code keptOfTen} in ten. */
    void writeBack(RandomGenerator random, int keptOfTen) {
        for (int word = 0; word < dirty.length && dirtyPages > 0; word++) {
            for (long bits = dirty[word]; bits != 0; bits &= bits - 1) {
                if (random.nextInt(10) < keptOfTen) {
                    copyToPlatter(word * 64 + Long.numberOfTrailingZeros(bits));
                    dirty[word] &= ~Long.lowestOneBit(bits);
                    dirtyPages--;
                }
            }
        }
        keepSize(random, keptOfTen);
    }

    /** A force that reports an error: some pages got through, and none counts as dirty any more. */
    void failSync(RandomGenerator random) {
        writeBack(random, random.nextInt(11));
        Arrays.fill(dirty, 0);
        dirtyPages = 0;
    }

    /** Half a page among those that are dirty: some of its sectors reach the platter, and some do not. */
    void tear(RandomGenerator random) {
        if (dirtyPages == 0) {
            return;
        }
        int page = dirtyPage(random.nextInt(dirtyPages));
        growPlatter(page);
        for (int sector = page * PAGE_BYTES; sector < (page + 1) * PAGE_BYTES; sector += SECTOR_BYTES) {
            if (random.nextBoolean()) {
                System.arraycopy(seen, sector, platter, sector, SECTOR_BYTES);
            }
        }
        clean(page);
    }

    private int dirtyPage(int number) {
        int left = number;
        for (int word = 0; ; word++) {
            for (long bits = dirty[word]; bits != 0; bits &= bits - 1) {
                if (left-- == 0) {
                    return word * 64 + Long.numberOfTrailingZeros(bits);
                }
            }
        }
    }

    /** What is seen after the power was away: the platter. */
    void loseCache() {
        if (isDirty() || !Arrays.equals(seen, 0, size, platter, 0, Math.min(size, platter.length))) {
            int lost = Math.min(platterSize, platter.length);
            Arrays.fill(platter, lost, platter.length, (byte) 0); // what lies behind the end of the file is not its own
            seen = Arrays.copyOf(platter, capacity(platterSize, platter.length));
            size = platterSize;
            Arrays.fill(dirty, 0);
            dirtyPages = 0;
        }
    }

    private void keepSize(RandomGenerator random, int keptOfTen) {
        if (size > platterSize && random.nextInt(10) < keptOfTen) {
            platterSize = random.nextInt(4) == 0 ? random.nextInt(platterSize, size) : size;
        }
    }

    /** Makes every read of this page fail until it is written. */
    void makeUnreadable(int page) {
        boolean[] marks = unreadable == null ? new boolean[page + 1] : unreadable;
        marks = marks.length <= page ? Arrays.copyOf(marks, page + 1) : marks;
        marks[page] = true;
        unreadable = marks;
    }

    void flip(int offset, int bit) {
        growPlatter(offset / PAGE_BYTES);
        seen[offset] ^= (byte) (1 << bit);
        platter[offset] ^= (byte) (1 << bit);
    }

    /** Puts these bytes, a page, in the place of a page, as a write that was meant for another place does. */
    void replacePage(int page, byte[] bytes) {
        growPlatter(page);
        System.arraycopy(bytes, 0, seen, page * PAGE_BYTES, PAGE_BYTES);
        System.arraycopy(bytes, 0, platter, page * PAGE_BYTES, PAGE_BYTES);
        Arrays.fill(seen, size, seen.length, (byte) 0);
        Arrays.fill(platter, Math.min(size, platter.length), platter.length, (byte) 0);
    }

    byte[] page(int page) {
        return Arrays.copyOfRange(seen, page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
    }

    private void markDirty(int page) {
        int word = page >> 6;
        if (word >= dirty.length) {
            dirty = Arrays.copyOf(dirty, Math.max(word + 1, dirty.length * 2));
        }
        long bit = 1L << page;
        if ((dirty[word] & bit) == 0) {
            dirty[word] |= bit;
            dirtyPages++;
        }
        if (unreadable != null && page < unreadable.length) {
            unreadable[page] = false;
        }
    }

    private void clean(int page) {
        dirty[page >> 6] &= ~(1L << page);
        dirtyPages--;
    }

    private void copyToPlatter(int page) {
        growPlatter(page);
        System.arraycopy(seen, page * PAGE_BYTES, platter, page * PAGE_BYTES, PAGE_BYTES);
    }

    private void growPlatter(int page) {
        int end = (page + 1) * PAGE_BYTES;
        if (end > platter.length) {
            platter = Arrays.copyOf(platter, capacity(end, platter.length));
        }
    }

    /** Always whole pages, at least twice what it was. */
    private static int capacity(int bytes, int before) {
        return Math.max(pages(bytes) * PAGE_BYTES, bytes > before ? before * 2 : before);
    }

    private static int pages(long bytes) {
        return Math.toIntExact((bytes + PAGE_BYTES - 1) / PAGE_BYTES);
    }
}
