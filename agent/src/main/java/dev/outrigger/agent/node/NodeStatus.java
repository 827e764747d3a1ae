package dev.outrigger.agent.node;

import dev.outrigger.agent.app.AppStatus;
import dev.outrigger.agent.core.message.MemberId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One consistent view of the agent: the status document of the protocol, typed. Values that are not known are empty,
 * never invented.
 *
 * @param clusterName from the settings
 * @param clusterId empty until the cluster is formed
 * @param node this member
 * @param role {@code leader}, {@code follower}, {@code pre-candidate}, {@code candidate}; {@code learner} for one that
 *     does not vote, {@code removed} for one that is no member any more, {@code forming} before there is a cluster
 * @param term current term
 * @param leader the leader, where known
 * @param log where the log stands
 * @param snapshot the latest on this disk
 * @param app where the application stands
 * @param sessions what the clients' sessions take
 * @param members every member, ordered by name, this one included
 * @param diagnosis what keeps this agent from being well, most severe first
 */
public record NodeStatus(
        String clusterName,
        Optional<String> clusterId,
        Self node,
        String role,
        long term,
        Optional<MemberId> leader,
        Log log,
        Optional<Snapshot> snapshot,
        AppStatus app,
        Sessions sessions,
        List<Member> members,
        List<Diagnosis> diagnosis) {

    /**
     * @param uptimeMs milliseconds since this process started
     * @param draining whether it is about to be stopped, and so neither leads nor is ready
     */
    public record Self(
            MemberId name,
            String storageId,
            long epoch,
            String version,
            Optional<String> zone,
            long uptimeMs,
            boolean draining) {}

    /**
     * @param first first index kept
     * @param last last index, durable or not
     * @param durable last index that is durable here
     * @param commit commit index
     * @param clusterCommit commit index of the cluster, as far as this member has heard; at least {@code commit}
     * @param applied everything up to here is applied by the local application
     * @param bytes bytes on disk
     * @param syncP99Micros 99th percentile of recent forces in microseconds, empty before the first
     */
    public record Log(
            long first,
            long last,
            long durable,
            long commit,
            long clusterCommit,
            long applied,
            long bytes,
            Optional<Long> syncP99Micros) {}

    /**
     * @param open sessions that are open, by what the local application has applied
     * @param resultBytes memory that kept results take here
     */
    public record Sessions(int open, long resultBytes) {}

    /** @param index last index that it covers */
    public record Snapshot(long index, long term, long bytes) {}

    /**
     * @param peer {@code host:port}
     * @param role {@code voter} or {@code learner}
     * @param match highest index known durable there; known to the leader only
     * @param lastContactMs milliseconds since the last frame from it; empty for this member itself and before the first
     */
    public record Member(
            MemberId name,
            String peer,
            String role,
            Optional<Long> match,
            Optional<Long> lastContactMs,
            Optional<String> zone,
            Optional<String> version) {}

    /**
     * @param code stable, upper case
     * @param severity {@code error}, {@code warning} or {@code info}
     * @param since when it began, by this machine's clock, for people only
     * @param message what is wrong, in one sentence
     * @param evidence the facts behind it
     * @param next what the user can do; a command where there is one
     */
    public record Diagnosis(
            String code, String severity, Instant since, String message, Map<String, Object> evidence, String next) {}
}
