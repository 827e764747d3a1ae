package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.RecordCodec;
import dev.outrigger.agent.storage.chronicle.LogScan.Span;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Makes what may never have reached the disk dirty again. When a force fails, the kernel may keep the pages and take them
 * for clean: the next process reads them as they were written, a force of its own does nothing and reports success, and
 * they are gone with the power. So whatever lies behind the last record that is known to be durable is written once more, the
 * same bytes in the same places, for the force that follows to put on the disk. That record itself too, and with it the end
 * mark that may follow; and of a segment concerned the head, where the queue keeps its index. It is one batch or little more:
 * every record knows what was durable before it, and the hard state remembers it at a clean end.
 */
final class UnforcedTail {
    private final RecordCodec codec;
    private final long durableSequence;

    /** @param durableSequence records up to this number are known to be on the disk */
    UnforcedTail(RecordCodec codec, long durableSequence) {
        this.codec = codec;
        this.durableSequence = durableSequence;
    }

    /** Writes it again; the caller forces the files. */
    void rewrite(LogScan scan) throws IOException {
        for (Span span : scan.spans()) {
            if (span.lastSequence() >= durableSequence) {
                rewrite(span);
            }
        }
    }

    private void rewrite(Span span) throws IOException {
        long from = firstConcerned(span);
        try (FileChannel channel =
                FileChannel.open(span.segment().file(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            rewrite(channel, 0, Math.min(SegmentSize.HEAD_BYTES, from));
            rewrite(channel, from, span.bytes() + Integer.BYTES);
        }
    }

    private long firstConcerned(Span span) throws IOException {
        long[] first = {span.bytes()};
        new SegmentWalk(span.segment(), codec).walk((record, number, offset) -> {
            if (record.sequence() >= durableSequence) {
                first[0] = Math.min(first[0], offset);
            }
        });
        return first[0];
    }

    /** What is not in the file is written as zeros: the place of the end mark must be one that the disk has. */
    private static void rewrite(FileChannel channel, long from, long to) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(Zeros.PIECE_BYTES, to - from));
        for (long offset = from; offset < to; offset += piece.capacity()) {
            piece.clear().limit((int) Math.min(piece.capacity(), to - offset));
            StoredBytes.fill(StoredBytes.of(channel), piece, offset);
            Arrays.fill(piece.array(), piece.position(), piece.limit(), (byte) 0);
            piece.position(0);
            while (piece.hasRemaining()) {
                channel.write(piece, offset + piece.position());
            }
        }
    }
}
