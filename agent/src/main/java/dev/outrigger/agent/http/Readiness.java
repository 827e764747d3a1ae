package dev.outrigger.agent.http;

import dev.outrigger.agent.app.AppStatus;
import dev.outrigger.agent.node.NodeStatus;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether requests should be sent to this instance: the named checks of {@code /readyz}.
 *
 * @param checks in the order they are shown
 */
record Readiness(List<Check> checks) {
    /** How far the application may be behind what the cluster has committed; a busy one is a few batches behind all the time. */
    private static final long LAG_ENTRIES_MAX = 10_000;

    /** @param failure why it does not pass, in one sentence; empty when it passes */
    record Check(String name, Optional<String> failure) {
        private String line() {
            return failure.map(reason -> "[-]" + name + " failed: " + reason).orElse("[+]" + name + " ok");
        }
    }

    static Readiness of(NodeStatus status) {
        return new Readiness(List.of(
                new Check("member", member(status)),
                new Check("leader-known", leaderKnown(status)),
                new Check("app-caught-up", appCaughtUp(status)),
                new Check("not-quarantined", notQuarantined(status)),
                new Check("draining", draining(status))));
    }

    boolean ready() {
        return checks.stream().allMatch(check -> check.failure().isEmpty());
    }

    /** One line a check, {@code [+]} or {@code [-]}, and the verdict. */
    String verbose() {
        return checks.stream().map(Check::line).collect(Collectors.joining("\n", "", "\n"))
                + (ready() ? "ready\n" : "not ready\n");
    }

    private static Optional<String> member(NodeStatus status) {
        if (status.clusterId().isEmpty()) {
            return Optional.of("the cluster is not formed yet");
        }
        boolean listed = status.members().stream()
                .anyMatch(member -> member.name().equals(status.node().name()));
        return listed ? Optional.empty() : Optional.of(status.node().name() + " is not among the cluster's members");
    }

    private static Optional<String> draining(NodeStatus status) {
        return status.node().draining() ? Optional.of("this agent is about to be stopped") : Optional.empty();
    }

    private static Optional<String> leaderKnown(NodeStatus status) {
        return status.leader().isPresent()
                ? Optional.empty()
                : Optional.of("no leader is known in term " + status.term());
    }

    private static Optional<String> notQuarantined(NodeStatus status) {
        return status.app().state() == AppStatus.State.QUARANTINED
                ? status.app().reason()
                : Optional.empty();
    }

    private static Optional<String> appCaughtUp(NodeStatus status) {
        AppStatus app = status.app();
        if (!app.attached()) {
            String state = app.state().name().toLowerCase(Locale.ROOT);
            return Optional.of("the application is " + state
                    + app.reason().map(reason -> ": " + reason).orElse(""));
        }
        // A member that was away knows too little of what is committed to be measured by its own commit index.
        long lag = status.log().clusterCommit() - status.log().applied();
        return lag <= LAG_ENTRIES_MAX
                ? Optional.empty()
                : Optional.of("the application has " + lag + " committed entries still to apply, up to "
                        + status.log().clusterCommit());
    }
}
