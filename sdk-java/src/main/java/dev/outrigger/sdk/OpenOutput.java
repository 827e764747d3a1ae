package dev.outrigger.sdk;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Stays open when closed. Closing the stream of an answer ends the answer, and a writer that closes it on its way out of a
 * failure would make half a state a whole one.
 */
final class OpenOutput extends FilterOutputStream {
    OpenOutput(OutputStream out) {
        super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
        flush();
    }
}
