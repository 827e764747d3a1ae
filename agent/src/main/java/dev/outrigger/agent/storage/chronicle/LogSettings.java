package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.RecordCodec;

/**
 * What a log is written with.
 *
 * @param size how big a segment is made
 * @param codec for the records of this disk
 * @param sync the way to the disk
 * @param background where segments are laid out
 */
record LogSettings(SegmentSize size, RecordCodec codec, DiskSync sync, Background background) {
    LogSettings(ChronicleStorage.Options options, RecordCodec codec, DiskSync sync, Background background) {
        this(SegmentSize.of(options), codec, sync, background);
    }

    int blockBytes() {
        return size.blockBytes();
    }
}
