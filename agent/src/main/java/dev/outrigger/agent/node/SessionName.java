package dev.outrigger.agent.node;

import java.util.OptionalLong;

/**
 * What sessions of one cluster are called by clients: the index of the entry that opened it, and a part of the cluster's id,
 * so that a session of another cluster, as of one whose backup this one was made from, is never taken for one of this.
 */
final class SessionName {
    private static final int CLUSTER_CHARS = 8;

    private final String suffix;

    SessionName(String clusterId) {
        String plain = clusterId.replace("-", "");
        this.suffix = "-" + plain.substring(0, Math.min(CLUSTER_CHARS, plain.length()));
    }

    String of(long index) {
        return index + suffix;
    }

    /** The index; empty when it is no session of this cluster. */
    OptionalLong parse(String name) {
        if (!name.endsWith(suffix)) {
            return OptionalLong.empty();
        }
        String number = name.substring(0, name.length() - suffix.length());
        return number.matches("[1-9][0-9]{0,17}") ? OptionalLong.of(Long.parseLong(number)) : OptionalLong.empty();
    }
}
