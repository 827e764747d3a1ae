package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.ClusterIdentity.Committed;
import dev.outrigger.agent.storage.ClusterIdentity.Member;
import dev.outrigger.agent.storage.DamagedStorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    private static final String COMMITTED = "committed";
    private static final String COMMITTED_INDEX = "committedIndex";
    private static final String COMMITTED_TERM = "committedTerm";
    /** Between the members of a configuration, instead of a line break. */
    private static final String BREAK = "; ";

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
        ClusterIdentity formed = new ClusterIdentity(
                values.getOrDefault("clusterName", ""), values.getOrDefault("clusterId", ""), members);
        String committed = values.get(COMMITTED);
        return Optional.of(committed == null ? formed : formed.with(committed(values, committed)));
    }

    void write(ClusterIdentity cluster, DiskSync sync) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("clusterName", cluster.clusterName());
        values.put("clusterId", cluster.clusterId());
        for (Member member : cluster.members()) {
            values.put(MEMBER + member.name(), member.storageId() + " " + member.peer());
        }
        Committed committed = cluster.committed();
        if (committed.index() > 0) {
            values.put(COMMITTED_INDEX, Long.toString(committed.index()));
            values.put(COMMITTED_TERM, Long.toString(committed.term()));
            values.put(COMMITTED, text(committed.configuration()));
        }
        new SealedText(file).write(values, sync);
    }

    private static String text(Configuration configuration) {
        String lines = new String(configuration.encode().array(), StandardCharsets.UTF_8);
        return lines.strip().replace("\n", BREAK);
    }

    private Committed committed(Map<String, String> values, String members) {
        try {
            Payload lines = Payload.of(members.replace(BREAK, "\n").getBytes(StandardCharsets.UTF_8));
            return new Committed(
                    Long.parseLong(values.getOrDefault(COMMITTED_INDEX, "")),
                    Long.parseLong(values.getOrDefault(COMMITTED_TERM, "")),
                    Configuration.decode(lines));
        } catch (IllegalArgumentException e) {
            throw new DamagedStorageException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    private Member member(String name, String value) {
        int space = value.indexOf(' ');
        if (space < 0) {
            throw new DamagedStorageException(file + " is damaged: member " + name + " is '" + value + "'");
        }
        return new Member(new MemberId(name), value.substring(space + 1), value.substring(0, space));
    }
}
