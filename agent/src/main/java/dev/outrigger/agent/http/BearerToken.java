package dev.outrigger.agent.http;

import dev.outrigger.agent.node.Problem;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** The token that every request to the client API must carry: {@code Authorization: Bearer ...} (RFC 6750). */
public final class BearerToken {
    private static final String SCHEME = "Bearer ";

    private final byte[] expected;

    public BearerToken(String token) {
        this.expected = token.getBytes(StandardCharsets.ISO_8859_1);
    }

    void check(RoutingContext request) {
        String header = request.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw RefusedRequest.because(
                    Problem.Code.UNAUTHORIZED, "This agent asks for a token; send 'Authorization: Bearer <token>'.");
        }
        byte[] given = header.substring(SCHEME.length()).strip().getBytes(StandardCharsets.ISO_8859_1);
        if (!MessageDigest.isEqual(given, expected)) { // in constant time
            throw RefusedRequest.because(
                    Problem.Code.FORBIDDEN,
                    "The token is not the one in this agent's token file; the command line reads it with"
                            + " --token-file.");
        }
        request.next();
    }
}
