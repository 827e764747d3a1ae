package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.BackupDamage;
import dev.outrigger.agent.storage.BackupDecoder;
import dev.outrigger.agent.storage.BackupSeal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Takes a backup block by block. The last bytes are held back until it is known whether they are the seal. */
public final class SnapshotDecoder implements BackupDecoder {
    private static final Path NAME = Path.of("the backup");

    private final Sink sink;
    private final SnapshotBlock blocks = new SnapshotBlock();
    private final CRC32C whole = new CRC32C();
    private final ByteBuffer held = ByteBuffer.allocate(SnapshotBlock.BYTES + BackupSeal.BYTES);
    private final ByteArrayOutputStream preface = new ByteArrayOutputStream();
    private int prefaceBytesNeeded;
    private boolean inApplicationsPart;
    /** Where in the file what is held begins: a border of blocks. */
    private long offset;

    public SnapshotDecoder(Sink sink) {
        this.sink = sink;
    }

    @Override
    public void push(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            int count = Math.min(bytes.remaining(), held.remaining());
            held.put(bytes.duplicate().limit(bytes.position() + count));
            bytes.position(bytes.position() + count);
            if (!held.hasRemaining()) {
                block(SnapshotBlock.BYTES); // a seal fits behind it, so it is a full one
            }
        }
    }

    @Override
    public void end() {
        int length = held.position() - BackupSeal.BYTES;
        BackupSeal seal = (length < 0 ? Optional.<BackupSeal>empty() : BackupSeal.decode(held.array(), length))
                .orElseThrow(() -> new BackupDamage("the backup is cut off or rotten at its end: byte "
                        + (offset + held.position()) + " is its last, and no seal is before it"));
        if (length > 0) {
            block(length);
        }
        if (seal.bytes() != offset || seal.checksum() != (int) whole.getValue()) {
            throw new BackupDamage(
                    "the backup has %d bytes with the checksum %08x, but by its seal at byte %d it has %d with %08x"
                            .formatted(offset, (int) whole.getValue(), offset, seal.bytes(), seal.checksum()));
        }
        if (!inApplicationsPart) {
            throw new BackupDamage("the backup ends at byte " + offset + ", within its head");
        }
    }

    private void block(int length) {
        try {
            blocks.check(held, 0, length, NAME, offset);
            whole.update(held.array(), 0, length);
            data(held.array(), length - SnapshotBlock.CRC_BYTES);
        } catch (IOException e) {
            throw new BackupDamage(String.valueOf(e.getMessage()));
        }
        offset += length;
        held.flip().position(length);
        held.compact();
    }

    private void data(byte[] array, int length) throws IOException {
        if (inApplicationsPart) {
            sink.data(array, 0, length);
            return;
        }
        preface.write(array, 0, length);
        if (preface.size() < prefaceBytesNeeded) {
            return;
        }
        byte[] begun = preface.toByteArray();
        prefaceBytesNeeded = SnapshotPreface.bytesNeeded(begun, NAME);
        if (begun.length < prefaceBytesNeeded) {
            return;
        }
        SnapshotPreface read = SnapshotPreface.read(new ByteArrayInputStream(begun), NAME);
        inApplicationsPart = true;
        preface.reset();
        sink.head(read.head());
        if (begun.length > read.bytes()) {
            sink.data(begun, read.bytes(), begun.length - read.bytes());
        }
    }
}
