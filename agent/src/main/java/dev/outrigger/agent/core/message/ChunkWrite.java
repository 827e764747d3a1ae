package dev.outrigger.agent.core.message;

/**
 * Has the driver put aside a piece of a snapshot that a leader sends. Answered with {@code RaftCore.chunkStored}, telling
 * how many bytes of this snapshot, from its start and without gaps, are there now. A piece at another place changes nothing
 * and is answered all the same. At most two are handed out before the first of them is answered. Pieces of different snapshots are never mixed: one that begins anew replaces what was put
 * aside before. When the last byte is there all of them are checked, and a snapshot that does not have its checksum is
 * thrown away: then 0 bytes are there. A whole one stays until it is installed or another one is whole: pieces that come
 * after it take nothing from it. Nothing needs to be forced before the last piece; then all of it.
 *
 * @param snapshot of which snapshot
 * @param offset where it belongs
 * @param bytes the piece
 */
public record ChunkWrite(Snapshot snapshot, long offset, Payload bytes) {}
