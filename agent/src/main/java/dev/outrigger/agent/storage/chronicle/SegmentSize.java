package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.RecordCodec;

/**
 * How big a segment's file is made, so that the queue never has to make it longer. The queue maps a file block by block,
 * each with a quarter of a block behind it, and extends a file that is too short for that, without asking whether the disk
 * has the space. So a file has all blocks that its records can reach into, and the quarter behind the last of them.
 *
 * @param recordBytes a segment that holds this much in records, each with its word of length, gets a successor
 * @param largestRecordBytes the most that one record takes in a file
 * @param blockBytes how much the queue maps at once
 */
record SegmentSize(int recordBytes, int largestRecordBytes, int blockBytes) {
    /** What the queue puts before the first record: its header, and an index of its own in two parts. */
    static final int HEAD_BYTES = 66 << 10;

    /** What a segment holds that was just begun: its header, as small as a record can be. */
    static final int BEGUN_BYTES = stored(RecordCodec.HEADER_BYTES);

    /** One part of that index serves so many records; the next one then lies between the records. */
    private static final int INDEX_RECORDS = 1 << 20;

    private static final int INDEX_BYTES = 33 << 10;

    /** What the queue maps behind a small block. */
    private static final int OVERLAP_BYTES_MIN = 64 << 10;

    /** For the end mark, and to spare. */
    private static final int END_BYTES = 4 << 10;

    static SegmentSize of(ChronicleStorage.Options options) {
        int largest = stored(RecordCodec.HEADER_BYTES + options.entryBytesMax());
        return new SegmentSize(options.segmentBytes(), largest, options.blockBytes());
    }

    /** What a record of {@code size} bytes takes in a file. */
    static int stored(int size) {
        return Integer.BYTES + (size + 3 & ~3);
    }

    /** Whether a segment that holds {@code used} bytes takes a record that takes {@code stored}; its first one always. */
    boolean fits(int used, int stored) {
        return used == BEGUN_BYTES || stored <= recordBytes - used;
    }

    /** Size of the file, all of it occupied. */
    long fileBytes() {
        long records = Math.max(recordBytes, BEGUN_BYTES + largestRecordBytes);
        long indexes = 1 + records / BEGUN_BYTES / INDEX_RECORDS;
        long needed = HEAD_BYTES + records + indexes * INDEX_BYTES + END_BYTES;
        long blocks = (needed + blockBytes - 1) / blockBytes;
        return blocks * blockBytes + Math.max(blockBytes / 4, OVERLAP_BYTES_MIN);
    }
}
