package dev.outrigger.sdk;

import java.util.Optional;

/**
 * What the agent says about leadership. By the time the application acts on it another leader may have been elected: a
 * side effect that must happen once carries {@code term} as fencing token, and whoever receives it refuses a lower one.
 *
 * @param role what the agent beside this application is: {@code leader}, {@code follower}, {@code candidate}, …; or
 *     {@link #UNKNOWN}
 * @param term the term this holds for; never decreases while the agent runs
 * @param leader name of the leader of that term, when known
 */
public record Leadership(String role, long term, Optional<String> leader) {
    /** The role after {@code leader} when nobody has said what came after it; the term is then the one that is over. */
    public static final String UNKNOWN = "unknown";

    /** Whether the agent beside this application leads. */
    public boolean leads() {
        return role.equals("leader");
    }

    Leadership over() {
        return new Leadership(UNKNOWN, term, Optional.empty());
    }
}
