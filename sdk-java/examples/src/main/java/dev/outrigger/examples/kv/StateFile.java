package dev.outrigger.examples.kv;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * Snapshots of the map, format {@value #FORMAT}: the number of entries (8 bytes), then key and value of each by rising key,
 * a text being its length in bytes (4) and its UTF-8; at last the CRC32C of all that (8). Numbers are big-endian.
 */
final class StateFile {
    static final String FORMAT = "kv/1";

    private StateFile() {}

    static void write(SortedTexts values, OutputStream to) throws IOException {
        CRC32C crc = new CRC32C();
        DataOutputStream out = new DataOutputStream(new CheckedOutputStream(to, crc));
        out.writeLong(values.size());
        values.forEach((key, value) -> {
            write(key, out);
            write(value, out);
        });
        out.writeLong(crc.getValue());
        out.flush();
    }

    private static void write(String text, DataOutputStream out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static SortedTexts read(InputStream from) throws IOException {
        CRC32C crc = new CRC32C();
        DataInputStream in = new DataInputStream(new CheckedInputStream(from, crc));
        long size = in.readLong();
        SortedTexts values = SortedTexts.EMPTY;
        for (long i = 0; i < size; i++) {
            String key = readText(in);
            values = values.with(key, readText(in));
        }
        long wanted = crc.getValue();
        if (in.readLong() != wanted || values.size() != size || in.read() != -1) {
            throw new IOException("the snapshot is damaged");
        }
        return values;
    }

    private static String readText(DataInputStream in) throws IOException {
        int length = in.readInt();
        // Grows with what is there, so a damaged length costs no memory.
        byte[] bytes = length < 0 ? new byte[0] : in.readNBytes(length);
        if (bytes.length != length) {
            throw new IOException("the snapshot is damaged");
        }
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }
}
