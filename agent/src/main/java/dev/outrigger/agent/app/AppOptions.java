package dev.outrigger.agent.app;

import java.net.URI;
import java.util.Optional;

/**
 * Which application the channel serves, and as whom.
 *
 * @param baseUri {@code http://host:port}, with a path before {@code /outrigger/v1} where the application wants one
 * @param clusterName the cluster's name, 1 or more printable ASCII characters; sent with every call
 * @param bootEpoch how often this member's agent has started; an application refuses an agent that is older than one it
 *     knows
 * @param bearerToken sent as {@code Authorization: Bearer} when present
 * @param limits bounds and waits
 */
public record AppOptions(
        URI baseUri, String clusterName, long bootEpoch, Optional<String> bearerToken, AppLimits limits) {
    public AppOptions {
        if (!"http".equals(baseUri.getScheme()) || baseUri.getHost() == null) {
            throw new IllegalArgumentException("not an http URL of an application: '" + baseUri + "'");
        }
        if (baseUri.getRawQuery() != null || baseUri.getRawFragment() != null) {
            throw new IllegalArgumentException("the application's URL takes no query or fragment: '" + baseUri + "'");
        }
        if (!isHeaderValue(clusterName)
                || !bearerToken.map(AppOptions::isHeaderValue).orElse(true)) {
            throw new IllegalArgumentException("cluster name and token must be printable ASCII, not empty");
        }
    }

    private static boolean isHeaderValue(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 127);
    }

    /** Options with the default limits and without a token. */
    public static AppOptions of(URI baseUri, String clusterName, long bootEpoch) {
        return new AppOptions(baseUri, clusterName, bootEpoch, Optional.empty(), AppLimits.DEFAULTS);
    }

    /** Shows everything but the token. */
    @Override
    public String toString() {
        return "AppOptions[baseUri=" + baseUri + ", clusterName=" + clusterName + ", bootEpoch=" + bootEpoch
                + ", bearerToken=" + (bearerToken.isPresent() ? "set" : "none") + ", limits=" + limits + "]";
    }
}
