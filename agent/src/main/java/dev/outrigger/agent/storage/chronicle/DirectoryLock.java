package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every other process off a data directory. The queue itself would let two processes append to one log without any
 * error. The lock ends with the process, however that ends.
 */
final class DirectoryLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryLock.class);

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    static DirectoryLock take(Path directory) throws IOException {
        Path file = directory.resolve("LOCK");
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (!tryLock(channel)) {
                throw new StorageException("data directory " + directory + " is in use by another process"
                        + holder(file) + ". Stop that one first, or give this agent a directory of its own.");
            }
            writeHolder(channel);
            return new DirectoryLock(channel);
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    /** Always as long, and over what was there: a full disk has the place already. It is only for people to read. */
    private static void writeHolder(FileChannel channel) {
        String pid = "%-19d%n".formatted(ProcessHandle.current().pid());
        try {
            channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
        } catch (IOException e) {
            LOG.warn("the process id could not be written into the lock file: {}", e.toString());
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // held by this very process
        }
    }

    private static String holder(Path file) throws IOException {
        String pid = Files.readString(file, StandardCharsets.US_ASCII).strip();
        return pid.isEmpty() ? "" : " (pid " + pid + ")";
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
