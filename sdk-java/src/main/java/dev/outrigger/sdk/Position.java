package dev.outrigger.sdk;

import java.util.Optional;

/**
 * How far a state has come, and in which cluster's log.
 *
 * @param cluster the cluster's name; empty when nothing has been applied, or when the agent did not say
 * @param index index of the last command applied, 0 for none
 * @param term term of that command, 0 for none
 */
public record Position(Optional<String> cluster, long index, long term) {
    /** Nothing applied yet. */
    public static final Position NONE = new Position(Optional.empty(), 0, 0);
}
