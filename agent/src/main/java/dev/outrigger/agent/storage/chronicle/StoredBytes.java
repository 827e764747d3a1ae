package dev.outrigger.agent.storage.chronicle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The bytes of one file, to be read from any place. Reading from a file rather than a mapping makes a bad disk an exception. */
interface StoredBytes extends AutoCloseable {
    /** Opens a file when its bytes are wanted. */
    interface Source {
        StoredBytes open() throws IOException;
    }

    long size() throws IOException;

    /**
     * Reads into the room that an array-backed buffer has left.
     *
     * @return how many bytes were read; 0 or less at the end of the file
     */
    int read(ByteBuffer into, long offset) throws IOException;

    @Override
    void close() throws IOException;

    /** Reads until {@code into} is full or the file ends. */
    static void fill(StoredBytes bytes, ByteBuffer into, long offset) throws IOException {
        int start = into.position();
        while (into.hasRemaining() && bytes.read(into, offset + into.position() - start) > 0) {
            // there may be more
        }
    }

    static StoredBytes open(Path file) throws IOException {
        return of(FileChannel.open(file, StandardOpenOption.READ));
    }

    static StoredBytes of(FileChannel channel) {
        return new StoredBytes() {
            @Override
            public long size() throws IOException {
                return channel.size();
            }

            @Override
            public int read(ByteBuffer into, long offset) throws IOException {
                return channel.read(into, offset);
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }
}
