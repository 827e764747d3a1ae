package dev.outrigger.agent.storage;

import dev.outrigger.agent.core.message.Configuration;

/**
 * Our part of a snapshot: what must be known besides the application's bytes.
 *
 * @param index last index included
 * @param term term of the entry there
 * @param timeMillis agreed time of that entry
 * @param configuration the members in force there
 * @param clusterId the cluster it is of
 * @param clusterName its name
 * @param app position of the application in the bytes that follow: the last command it had applied, at most {@code index}
 * @param format what the application calls the format of its bytes, empty when it gives none
 */
public record SnapshotHead(
        long index,
        long term,
        long timeMillis,
        Configuration configuration,
        String clusterId,
        String clusterName,
        AppPosition app,
        String format) {

    /**
     * @param index last command applied, 0 for none
     * @param term its term
     */
    public record AppPosition(long index, long term) {}
}
