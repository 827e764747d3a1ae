package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Whose disk this is.
 *
 * @param storageId made when the directory was formatted, never again
 * @param node the member's name
 * @param cluster the cluster's name
 */
record DiskIdentity(String storageId, String node, String cluster) {
    private static final String FORMAT = "1";

    static DiskIdentity create(String node, String cluster) {
        return new DiskIdentity(UUID.randomUUID().toString(), node, cluster);
    }

    static DiskIdentity read(Path file) throws IOException {
        Map<String, String> values = new SealedText(file).read();
        String format = values.getOrDefault("format", "");
        if (!format.equals(FORMAT)) {
            throw new StorageException(file + " is of format '" + format + "', this agent knows only format " + FORMAT
                    + ". Start the version of the agent that wrote it.");
        }
        return new DiskIdentity(
                values.getOrDefault("storageId", ""),
                values.getOrDefault("node", ""),
                values.getOrDefault("cluster", ""));
    }

    void write(Path file, DiskSync sync) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("format", FORMAT);
        values.put("storageId", storageId);
        values.put("node", node);
        values.put("cluster", cluster);
        new SealedText(file).write(values, sync);
    }

    void mustBelongTo(String wantedNode, String wantedCluster, Path directory) {
        if (!node.equals(wantedNode) || !cluster.equals(wantedCluster)) {
            throw new StorageException(
                    ("data directory %s belongs to node '%s' of cluster '%s', but the settings say node"
                                    + " '%s' of cluster '%s'. Correct the settings, or give this node a directory of its own.")
                            .formatted(directory, node, cluster, wantedNode, wantedCluster));
        }
    }
}
