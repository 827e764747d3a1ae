package dev.outrigger.agent.node;

import dev.outrigger.agent.app.AppStatus;
import dev.outrigger.agent.core.RaftCore;
import dev.outrigger.agent.core.message.Configuration.Standing;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.node.NodeStatus.Diagnosis;
import dev.outrigger.agent.peer.PeerTransport.PeerView;
import dev.outrigger.agent.storage.PutAside;
import dev.outrigger.agent.storage.Room;
import dev.outrigger.agent.wire.Hello;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What keeps this agent from being well: the cause, the evidence, since when, and what to do. Each begins and ends with
 * one line in the log under the same code.
 */
final class Diagnoses {
    private static final Logger LOG = LoggerFactory.getLogger(Diagnoses.class);
    private static final List<String> SEVERITIES = List.of("error", "warning", "info");

    private final Map<String, Instant> since = new HashMap<>();
    private List<Diagnosis> current = List.of();

    /** Found anew from the present state; what was found before keeps its beginning. */
    List<Diagnosis> update(Finder finder) {
        Found found = new Found();
        finder.find(found);
        Set<String> gone = new HashSet<>(since.keySet());
        gone.removeAll(found.keys);
        gone.forEach(key -> LOG.info("{}: over", key));
        since.keySet().removeAll(gone);
        found.all.sort(Comparator.comparing(diagnosis -> SEVERITIES.indexOf(diagnosis.severity())));
        current = List.copyOf(found.all);
        return current;
    }

    List<Diagnosis> current() {
        return current;
    }

    /** Looks at the present state. */
    interface Finder {
        void find(Found found);
    }

    /** Collects what is found. */
    final class Found {
        private final List<Diagnosis> all = new ArrayList<>();
        private final Set<String> keys = new HashSet<>();

        /** @param subject tells findings of one code apart, such as a member's name; may be empty */
        void add(
                String code,
                String subject,
                String severity,
                String message,
                Map<String, Object> evidence,
                String next) {
            String key = subject.isEmpty() ? code : code + " " + subject;
            keys.add(key);
            Instant begin = since.computeIfAbsent(key, ignored -> {
                LOG.warn("{}: {} Next: {}", key, message, next);
                return Instant.now();
            });
            all.add(new Diagnosis(code, severity, begin, message, evidence, next));
        }

        void peers(Map<MemberId, PeerView> peers) {
            peers.forEach((member, view) -> view.problem()
                    .ifPresent(problem -> add(
                            problem.code(),
                            member.name(),
                            "warning",
                            problem.message(),
                            Map.of("member", member.name(), "address", view.address()),
                            "Check that the agent of " + member + " runs and that " + view.address()
                                    + " leads to it from here.")));
        }

        void damaged(List<PutAside> kept) {
            kept.forEach(one -> add(
                    "DISK_DAMAGED",
                    one.directory(),
                    "warning",
                    "This member's disk was damaged. What was on it is kept, and the member has begun anew with an empty"
                            + " one.",
                    Map.of(
                            "directory", one.directory(),
                            "reason", one.reason(),
                            "since", one.since().toString()),
                    "Check the disk. Delete " + one.directory() + " when nobody needs it any more."));
        }

        /** An agent of a member's name with another disk than the member's. */
        void stranger(Hello hello, AutomaticReplacement.Verdict verdict) {
            MemberId name = hello.node();
            boolean byItself = verdict.kind() != AutomaticReplacement.Verdict.Kind.NEVER;
            add(
                    "VOLUME_EMPTY",
                    name.name(),
                    "warning",
                    name + " runs with disk " + hello.storageId() + ", which is not the member's: it does not vote. "
                            + (byItself
                                    ? "It is going to be made the member by itself."
                                    : "It is not made the member by" + " itself: " + verdict.reason() + "."),
                    Map.of(
                            "member", name.name(),
                            "storageId", hello.storageId(),
                            "waitsFor", byItself ? verdict.reason() : ""),
                    byItself
                            ? verdict.reason().isEmpty() ? "Wait." : "It waits for " + verdict.reason() + "."
                            : "Start the agent that has the member's disk, or, if that is gone, with an empty data directory.");
        }

        void durability(boolean syncedToDisk) {
            if (!syncedToDisk) {
                add(
                        "DURABILITY_MEMORY",
                        "",
                        "warning",
                        "Durability is set to memory: what is acknowledged survives a crash of the process, but not a "
                                + "power cut of a majority.",
                        Map.of(),
                        "Set OUTRIGGER_DURABILITY=disk and restart, one agent after the other.");
            }
        }

        void draining() {
            add(
                    "DRAINING",
                    "",
                    "info",
                    "This agent was told to drain: it is not ready, and lets others lead. What is under way goes on.",
                    Map.of(),
                    "Stop it; or restart it, to have it serve again.");
        }

        void leadership(Optional<MemberId> leader, Problem noLeader) {
            if (leader.isEmpty()) {
                add(
                        noLeader.code().name(),
                        "",
                        "error",
                        noLeader.detail(),
                        Map.of(),
                        noLeader.code() == Problem.Code.NO_QUORUM
                                ? "Start the missing agents, or repair the network between them."
                                : "Wait for the election to end; if it does not, look at the other members' pages.");
            }
        }

        void app(AppStatus app) {
            String reason = app.reason().orElse("No reason is known.");
            Map<String, Object> evidence = new TreeMap<>();
            evidence.put("appliedIndex", app.appliedIndex());
            evidence.put("appliedTerm", app.appliedTerm());
            app.poison().ifPresent(poison -> {
                evidence.put("index", poison.index());
                evidence.put("payload", poison.payload());
                evidence.put("payloadBytes", poison.bytes());
                evidence.put("answer", poison.answer());
                if (poison.session() > 0) {
                    evidence.put("session", poison.session());
                    evidence.put("sequence", poison.sequence());
                }
            });
            switch (app.state()) {
                case SERVING -> {}
                case REPLAYING ->
                    add("APP_BEHIND", "", "info", reason, evidence, "Wait: the application is being caught up.");
                case RESTORING ->
                    add("APP_RESTORING", "", "info", reason, evidence, "Wait: the application is given its state.");
                case WAITING ->
                    add("APP_DOWN", "", "error", reason, evidence, "Start the application beside this agent.");
                case QUARANTINED -> {} // said as DIVERGED
                case PAUSED ->
                    add(
                            "APP_PAUSED",
                            "",
                            "error",
                            reason,
                            evidence,
                            "Repair the application; delivery is tried again."
                                    + app.poison()
                                            .map(poison -> " If it can never apply this command: outrigger skip "
                                                    + poison.index() + " --reason TEXT")
                                            .orElse(""));
                case REFUSED ->
                    add(
                            "APP_REFUSED",
                            "",
                            "error",
                            reason,
                            evidence,
                            "Start the application with the state that belongs to this log, or with none.");
            }
        }

        /** Applications that answered differently: this member's, others', and those of which nobody knows who is right. */
        void divergence(MemberId self, AppCare care) {
            care.quarantine()
                    .ifPresent(mark -> add(
                            "DIVERGED",
                            self.name(),
                            "error",
                            mark.reason() + " Nothing of it is given out.",
                            Map.of("member", self.name(), "differsFrom", mark.differsFrom()),
                            "outrigger resync"));
            care.members().stream()
                    .filter(member ->
                            member.differsFrom() > 0 && !member.member().equals(self))
                    .forEach(member -> add(
                            "DIVERGED",
                            member.member().name(),
                            "error",
                            "The application of " + member.member()
                                    + " has gone another way than the others' from index " + member.differsFrom()
                                    + " on, and is in quarantine.",
                            Map.of(
                                    "member", member.member().name(),
                                    "differsFrom", member.differsFrom(),
                                    "appliedIndex", member.appliedIndex()),
                            "On " + member.member() + ": outrigger resync"));
            care.divergences().stream()
                    .filter(divergence -> divergence.agreed().isEmpty())
                    .forEach(
                            divergence -> add(
                                    "DIVERGED",
                                    "",
                                    "error",
                                    "The applications of " + names(divergence.others())
                                            + " answered differently from index "
                                            + divergence.firstIndex()
                                            + " on, and no majority is at one: nobody can say who is"
                                            + " right.",
                                    Map.of(
                                            "members", names(divergence.others()),
                                            "differsFrom", divergence.firstIndex(),
                                            "differsUpTo", divergence.lastIndex()),
                                    "Bring the missing members back: their answers decide. Does the application use a clock,"
                                            + " random numbers or the order of a hash map? Do all run the same version of it?"));
        }

        private static String names(List<MemberId> members) {
            return String.join(", ", members.stream().map(MemberId::name).toList());
        }

        void commitStalled(Duration since, RaftCore core) {
            Map<String, Object> evidence = new TreeMap<>();
            evidence.put("commitIndex", core.commitIndex());
            evidence.put("lastIndex", core.lastIndex());
            core.configuration()
                    .voters()
                    .forEach(voter ->
                            core.matchIndex(voter).ifPresent(match -> evidence.put("match." + voter.name(), match)));
            add(
                    "COMMIT_STALLED",
                    "",
                    "error",
                    "This agent leads, but since " + since.toSeconds() + " s no majority has stored what it was sent.",
                    evidence,
                    "Look at the pages of the members whose match stays behind: a full or slow disk, or a cut link.");
        }

        void space(DiskSpace space) {
            space.problem()
                    .ifPresent(problem -> add(
                            problem.code().name(),
                            "",
                            space.now().level() == Room.Level.NONE ? "error" : "warning",
                            problem.detail(),
                            Map.of("usableBytes", space.now().usableBytes()),
                            "Free space on the volume of the data directory, or make it larger."));
        }

        void snapshots(Optional<String> problem) {
            problem.ifPresent(reason -> add(
                    "SNAPSHOT",
                    "",
                    "warning",
                    "The log grows: " + reason + ".",
                    Map.of(),
                    "Look at the application's log; it is tried again by itself. At once: outrigger snapshot"));
        }

        /** @param leaderKnown without one nothing is known to be committed after a start, which is no news */
        void membersChanging(Membership members, boolean leaderKnown) {
            if (leaderKnown && members.isChanging()) {
                add(
                        "MEMBERSHIP",
                        "",
                        "info",
                        "A change of members is under way and not committed yet.",
                        Map.of(),
                        "Wait; if it does not end, look which members cannot be reached.");
            }
            members.all().values().stream()
                    .filter(member -> member.standing() == Standing.JOINING)
                    .forEach(member -> add(
                            "MEMBERSHIP",
                            member.id().name(),
                            "info",
                            member.id() + " is joining: it will vote by itself when it has caught up.",
                            Map.of("member", member.id().name(), "address", member.peer()),
                            "Wait; if it does not end, look at the page of " + member.id() + "."));
        }

        void removed(MemberId self) {
            add(
                    "REMOVED",
                    "",
                    "warning",
                    self + " is not a member of the cluster any more.",
                    Map.of(),
                    "Stop this agent; its data directory is not needed any more. Or: outrigger members add " + self);
        }

        void membership(List<String> configured, List<String> committed) {
            if (!configured.isEmpty() && !configured.equals(committed)) {
                add(
                        "MEMBERS_DIFFER",
                        "",
                        "warning",
                        "The settings list other members than the cluster has; the cluster's own list is used.",
                        Map.of("configured", configured, "cluster", committed),
                        "Set OUTRIGGER_MEMBERS to the cluster's list.");
            }
        }
    }
}
