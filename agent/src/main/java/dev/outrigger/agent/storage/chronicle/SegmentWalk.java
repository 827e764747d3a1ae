package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.LogDamage;
import dev.outrigger.agent.storage.LogRecord;
import dev.outrigger.agent.storage.RecordCodec;
import java.io.IOException;
import net.openhft.chronicle.wire.Wires;

/**
 * Goes through one segment file record by record, as the queue laid them down: a word of four bytes with length and
 * state, the bytes, padded to four; the queue's own records (its header and index) are marked as metadata; zero means not
 * yet written; an end mark closes a file that has a successor. Unlike the queue it waits for nothing, changes nothing, and
 * says where it stopped and why.
 */
final class SegmentWalk {
    private final Segment segment;
    private final RecordCodec codec;

    SegmentWalk(Segment segment, RecordCodec codec) {
        this.segment = segment;
        this.codec = codec;
    }

    /** Takes the records of a segment in order. */
    interface Visitor {
        /**
         * @param number place among the records of this segment, from 0
         * @param offset where in the file it is, with its word of length
         * @throws LogDamage when this record cannot be what was written here
         */
        void visit(LogRecord record, int number, long offset) throws IOException;
    }

    /**
     * How a walk ended.
     *
     * @param kind closed by an end mark, open (nothing but zeros follows), or broken
     * @param records how many were visited
     * @param offset where it stopped
     * @param reason what is wrong there, empty unless broken
     */
    record End(Kind kind, int records, long offset, String reason) {
        enum Kind {
            CLOSED,
            OPEN,
            BROKEN
        }
    }

    End walk(Visitor visitor) throws IOException {
        try (SegmentBytes bytes = new SegmentBytes(segment.source().open())) {
            return new Walker(bytes, visitor).walk();
        }
    }

    /** Whether the file has nothing in it: it was made for a segment, and the process ended before it began that. */
    boolean isUnbegun() throws IOException {
        try (SegmentBytes bytes = new SegmentBytes(segment.source().open())) {
            return bytes.skipZeros(0) == bytes.size();
        }
    }

    /**
     * The highest number up to which any whole record in this file, wherever it is, knew records to be durable; 0 when
     * there is none. Looks at every place, since behind damage there is no chain to follow.
     */
    long highestDurableSequence() throws IOException {
        long highest = 0;
        try (SegmentBytes bytes = new SegmentBytes(segment.source().open())) {
            long offset = bytes.skipZeros(0);
            while (bytes.has(offset, Integer.BYTES + RecordCodec.HEADER_BYTES)) {
                int length = bytes.word(offset);
                long next = offset + Integer.BYTES;
                if (Wires.isReadyData(length) && bytes.has(next, length) && isPlausible(bytes, next, length)) {
                    try {
                        highest = Math.max(highest, decode(bytes, next, length).durableSequence());
                        next = align(next + length);
                    } catch (LogDamage e) {
                        // not a record after all; look at the next place
                    }
                }
                offset = bytes.skipZeros(next);
            }
        }
        return highest;
    }

    private static boolean isPlausible(SegmentBytes bytes, long offset, int length) throws IOException {
        return RecordCodec.isPlausible(bytes.at(offset, RecordCodec.HEADER_BYTES), bytes.place(offset), length);
    }

    private LogRecord decode(SegmentBytes bytes, long offset, int length) throws IOException {
        return codec.decode(bytes.at(offset, length), bytes.place(offset), length);
    }

    private static long align(long offset) {
        return (offset + 3) & ~3L;
    }

    private final class Walker {
        private final SegmentBytes bytes;
        private final Visitor visitor;
        private long offset;
        private int records;

        Walker(SegmentBytes bytes, Visitor visitor) {
            this.bytes = bytes;
            this.visitor = visitor;
        }

        End walk() throws IOException {
            if (!bytes.has(0, Integer.BYTES) || !Wires.isReadyMetaData(bytes.word(0))) {
                return broken("the file has no header");
            }
            while (bytes.has(offset, Integer.BYTES)) {
                int word = bytes.word(offset);
                int length = Wires.lengthOf(word);
                if (word == Wires.END_OF_DATA) {
                    return end(End.Kind.CLOSED, "");
                }
                if (word == 0) {
                    break;
                }
                if (Wires.isNotComplete(word)) {
                    return broken("a record was begun and never finished");
                }
                if (!bytes.has(offset + Integer.BYTES, length)) {
                    return broken("a record of " + length + " bytes does not fit into the file");
                }
                if (Wires.isReadyData(word)) {
                    try {
                        visitor.visit(decode(bytes, offset + Integer.BYTES, length), records, offset);
                    } catch (LogDamage e) {
                        return broken(e.reason());
                    }
                    records++;
                }
                offset = align(offset + Integer.BYTES + length);
            }
            long rest = bytes.skipZeros(offset);
            return rest < bytes.size()
                    ? broken("the records end here, but there are bytes again at " + rest)
                    : end(End.Kind.OPEN, "");
        }

        private End broken(String reason) {
            return end(End.Kind.BROKEN, reason);
        }

        private End end(End.Kind kind, String reason) {
            return new End(kind, records, offset, reason);
        }
    }
}
