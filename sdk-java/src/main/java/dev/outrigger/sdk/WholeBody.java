package dev.outrigger.sdk;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** A request's body that never ends early: where bytes are missing it throws. */
final class WholeBody extends FilterInputStream {
    private static final long CHUNKED = -1;

    private final long announcedBytes;
    private long bytes;

    private WholeBody(InputStream body, long announcedBytes) {
        super(body);
        this.announcedBytes = announcedBytes;
    }

    static WholeBody of(HttpExchange exchange) {
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        // The server has made sure that it is a number.
        return new WholeBody(exchange.getRequestBody(), length == null ? CHUNKED : Long.parseLong(length.strip()));
    }

    /** Of bytes that are all there. */
    static WholeBody of(byte[] body) {
        return new WholeBody(new ByteArrayInputStream(body), body.length);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) == 1 ? one[0] & 0xff : -1;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, to.length);
        if (length == 0) {
            return 0;
        }
        int count = super.read(to, offset, length);
        if (count < 0 && announcedBytes != CHUNKED && bytes < announcedBytes) {
            throw new EOFException("the body ends after " + bytes + " of " + announcedBytes + " bytes");
        }
        bytes += Math.max(0, count);
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        byte[] some = new byte[(int) Math.min(8_192, Math.max(0, count))];
        return Math.max(0, read(some, 0, some.length));
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    /** Reads what is left and throws it away. */
    void drain() throws IOException {
        byte[] some = new byte[64 << 10];
        while (read(some, 0, some.length) >= 0) {
            continue;
        }
    }

    /** Leaves the body open: the exchange closes it. */
    @Override
    public void close() {}
}
