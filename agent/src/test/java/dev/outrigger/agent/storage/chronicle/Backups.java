package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.storage.BackupSeal;
import dev.outrigger.agent.storage.SnapshotHead;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/** Backups in memory. */
public final class Backups {
    private Backups() {}

    public static SnapshotHead head(String format) {
        return new SnapshotHead(
                40,
                4,
                9,
                Configuration.of(List.of(new MemberId("a"))),
                "5f0c",
                "orders",
                format,
                Payload.of(new byte[] {7, 0, 10}));
    }

    /** A whole one. */
    public static byte[] of(String format, byte[] app) {
        byte[] file = file(head(format), app);
        CRC32C crc = new CRC32C();
        crc.update(file);
        ByteArrayOutputStream backup = new ByteArrayOutputStream();
        backup.writeBytes(file);
        backup.writeBytes(new BackupSeal(file.length, (int) crc.getValue()).encode());
        return backup.toByteArray();
    }

    /** The file before its seal. */
    static byte[] file(SnapshotHead head, byte[] app) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        data.writeBytes(SnapshotPreface.encode(head));
        data.writeBytes(app);
        ByteBuffer rest = ByteBuffer.wrap(data.toByteArray());
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        while (rest.hasRemaining()) {
            ByteBuffer block = ByteBuffer.allocate(SnapshotBlock.BYTES);
            byte[] part = new byte[Math.min(rest.remaining(), SnapshotBlock.DATA_BYTES_MAX)];
            rest.get(part);
            new SnapshotBlock().seal(block.put(part));
            file.write(block.array(), 0, block.position());
        }
        return file.toByteArray();
    }
}
