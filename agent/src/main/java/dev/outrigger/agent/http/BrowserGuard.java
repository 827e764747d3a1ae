package dev.outrigger.agent.http;

import dev.outrigger.agent.node.Problem;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;

/**
 * Keeps web pages out of the client API. A page of another origin says so in {@code Origin}; a page whose own host name
 * was made to resolve to this address (DNS rebinding) carries that name in {@code Host}. An address in {@code Host}
 * cannot be rebound, and with a token no page gets in anyway.
 */
final class BrowserGuard {
    private final ListenAddress address;
    private final boolean tokenAsked;

    BrowserGuard(ListenAddress address, boolean tokenAsked) {
        this.address = address;
        this.tokenAsked = tokenAsked;
    }

    void check(RoutingContext request) {
        HostAndPort authority = request.request().authority();
        if (authority == null || !tokenAsked && !local(authority.host())) {
            throw RefusedRequest.because(
                    Problem.Code.FORBIDDEN,
                    "The Host header names neither a loopback address nor " + address.host()
                            + ", where this agent listens; call it by one of those, or set a token"
                            + " (OUTRIGGER_TOKEN_FILE).");
        }
        refuseOtherOrigins(request);
        request.next();
    }

    static void refuseOtherOrigins(RoutingContext request) {
        String origin = request.request().getHeader(HttpHeaders.ORIGIN);
        if (origin != null && !origin.equals("http://" + request.request().getHeader(HttpHeaders.HOST))) {
            throw RefusedRequest.because(Problem.Code.FORBIDDEN, "Web pages of other origins may not call this agent.");
        }
    }

    private boolean local(String host) {
        String name = withoutBrackets(host).toLowerCase(Locale.ROOT);
        return name.equals("localhost")
                || name.equals("::1")
                || name.matches("127(\\.\\d{1,3}){3}")
                || name.equals(address.host().toLowerCase(Locale.ROOT))
                || address.wildcard() && isAddress(name);
    }

    private static boolean isAddress(String name) {
        return name.indexOf(':') >= 0 || name.matches("\\d{1,3}(\\.\\d{1,3}){3}");
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
