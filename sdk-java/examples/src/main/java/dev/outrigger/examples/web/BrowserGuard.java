package dev.outrigger.examples.web;

import java.util.Locale;
import java.util.Optional;

/**
 * Keeps pages of other sites from using a visitor's browser to reach this one: by a request across sites, or by a name of
 * theirs that resolves to our address.
 */
final class BrowserGuard {
    private final boolean loopbackOnly;

    /** @param loopbackOnly whether the server listens on loopback, where it has no other names */
    BrowserGuard(boolean loopbackOnly) {
        this.loopbackOnly = loopbackOnly;
    }

    /** Why the request is not served; empty when it is. */
    Optional<String> refusal(WebRequest request) {
        String host = request.header("Host").orElse("").toLowerCase(Locale.ROOT);
        if (loopbackOnly && !host.matches("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d+)?")) {
            return Optional.of("call this by localhost or 127.0.0.1");
        }
        boolean changes = !request.method().equals("GET");
        if (changes && (otherSite(request) || otherOrigin(request, host))) {
            return Optional.of("pages of other sites may not change anything here");
        }
        return Optional.empty();
    }

    private static boolean otherSite(WebRequest request) {
        String site = request.header("Sec-Fetch-Site").orElse("none");
        return !site.equals("same-origin") && !site.equals("none");
    }

    private static boolean otherOrigin(WebRequest request, String host) {
        Optional<String> origin = request.header("Origin");
        return origin.isPresent() && !origin.get().toLowerCase(Locale.ROOT).matches("https?://\\Q" + host + "\\E");
    }
}
