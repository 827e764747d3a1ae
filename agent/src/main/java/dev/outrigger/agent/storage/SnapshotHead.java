package dev.outrigger.agent.storage;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Payload;

/**
 * Our part of a snapshot: what must be known besides the application's bytes.
 *
 * @param index last index included: the last command that the application had applied
 * @param term term of the entry there
 * @param timeMillis agreed time of that entry
 * @param configuration the members in force there
 * @param clusterId the cluster it is of
 * @param clusterName its name
 * @param format what the application calls the format of its bytes, empty when it gives none
 * @param sessions the clients' sessions there, encoded by whoever keeps them
 */
public record SnapshotHead(
        long index,
        long term,
        long timeMillis,
        Configuration configuration,
        String clusterId,
        String clusterName,
        String format,
        Payload sessions) {}
