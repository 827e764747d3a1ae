package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.ClusterIdentity.Member;
import dev.outrigger.agent.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Remembers the cluster that a disk belongs to. Written once. */
record ClusterFile(Path file) {
    private static final String MEMBER = "member.";

    Optional<ClusterIdentity> read() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Map<String, String> values = new SealedText(file).read();
        List<Member> members = new ArrayList<>();
        values.forEach((name, value) -> {
            if (name.startsWith(MEMBER)) {
                members.add(member(name.substring(MEMBER.length()), value));
            }
        });
        return Optional.of(new ClusterIdentity(
                values.getOrDefault("clusterName", ""), values.getOrDefault("clusterId", ""), members));
    }

    void write(ClusterIdentity cluster, DiskSync sync) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("clusterName", cluster.clusterName());
        values.put("clusterId", cluster.clusterId());
        for (Member member : cluster.members()) {
            values.put(MEMBER + member.name(), member.storageId() + " " + member.peer());
        }
        new SealedText(file).write(values, sync);
    }

    private Member member(String name, String value) {
        int space = value.indexOf(' ');
        if (space < 0) {
            throw new StorageException(file + " is damaged: member " + name + " is '" + value + "'");
        }
        return new Member(new MemberId(name), value.substring(space + 1), value.substring(0, space));
    }
}
