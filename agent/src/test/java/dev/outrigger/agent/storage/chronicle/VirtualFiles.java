package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.simulator.disk.DiskFault;
import dev.outrigger.agent.simulator.disk.VirtualDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What the production code does with files, done on a virtual disk. */
record VirtualFiles(VirtualDisk disk) {
    StoredBytes open(String file) {
        return new StoredBytes() {
            @Override
            public long size() {
                return disk.size(file);
            }

            @Override
            public int read(ByteBuffer into, long offset) throws IOException {
                int at = into.arrayOffset() + into.position();
                int count = disk.read(file, offset, into.array(), at, into.remaining());
                into.position(into.position() + count);
                return count;
            }

            @Override
            public void close() {}
        };
    }

    Map<String, String> readText(String file) throws IOException {
        return new SealedText(Path.of(file)).unseal(disk.read(file));
    }

    void writeText(String file, Map<String, String> values) throws DiskFault {
        replace(file, SealedText.seal(values));
    }

    /** Puts a new file in the place of {@code file}, as {@link SealedText#replace} does. */
    void replace(String file, byte[]... content) throws DiskFault {
        String temporary = file + ".tmp";
        if (disk.exists(temporary)) {
            disk.delete(temporary);
        }
        disk.create(temporary);
        for (byte[] part : content) {
            disk.append(temporary, part);
        }
        disk.sync(temporary);
        disk.rename(temporary, file);
        int slash = file.lastIndexOf('/');
        disk.syncDirectory(slash < 0 ? "" : file.substring(0, slash));
    }

    /** Deletes a directory and the files in it. */
    void deleteDirectory(String directory) {
        List<String> files = disk.list(directory);
        files.forEach(disk::delete);
        disk.delete(directory);
    }
}
