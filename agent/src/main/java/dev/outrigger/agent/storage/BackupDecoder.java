package dev.outrigger.agent.storage;

import java.nio.ByteBuffer;

/**
 * Takes a backup as it comes, in pieces of any size, and checks every block before it hands on what is in it. A backup is a
 * snapshot's file followed by its {@link BackupSeal}. Holds one block at most, and our head. On one thread; does not block.
 */
public interface BackupDecoder {
    /** Takes what is in it: the head once, then the application's bytes in order. */
    interface Sink {
        void head(SnapshotHead head);

        /** The array is written to again afterwards. */
        void data(byte[] array, int offset, int length);
    }

    /**
     * The next bytes.
     *
     * @throws BackupDamage when they cannot belong to a backup; nothing more may be pushed then
     */
    void push(ByteBuffer bytes);

    /**
     * That was all.
     *
     * @throws BackupDamage when it was not all of a backup
     */
    void end();
}
