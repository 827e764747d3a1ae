package dev.outrigger.agent.http;

import static dev.outrigger.agent.http.ProblemCheck.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiAccessTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "LOCALHOST:7411", "127.0.0.1", "127.0.0.1:1", "127.9.9.9:80", "[::1]", "[::1]:7411"
            })
    void loopbackNamesAreServed(String host) throws IOException {
        try (ApiFixture api = new ApiFixture()) {
            assertEquals("200", status(api, "Host: " + host));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "localhost.evil.example",
                "127.0.0.1.evil.example:7411",
                "10.0.0.1:7411",
                "[fd00::1]:7411",
                "0.0.0.0"
            })
    void otherHostsAreNot(String host) throws IOException {
        try (ApiFixture api = new ApiFixture()) {
            assertEquals("403", status(api, "Host: " + host));
            assertEquals(0, api.node.submitted.size());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0,10.0.0.1:7411,200",
        "0.0.0.0,[fd00::1]:7411,200",
        "0.0.0.0,evil.example,403",
        "localhost,localhost:7411,200",
        "127.0.0.1,10.0.0.1,403"
    })
    void theListenAddressIsServedToo(String listen, String host, String status) throws IOException {
        UnaryOperator<ApiOptions> elsewhere = options -> new ApiOptions(
                new ListenAddress("OUTRIGGER_API", listen, 0),
                options.token(),
                options.commandBytesMax(),
                options.batchBytesMax(),
                options.batchCommandsMax(),
                options.requestsMax(),
                options.bodyBytesMax(),
                options.connectionsMax(),
                options.uploadSilenceMax(),
                    options.logKeepAlive());
        try (ApiFixture api = new ApiFixture(elsewhere, Optional.empty())) {
            assertEquals(status, status(api, "Host: " + host));
        }
    }

    @Test
    void aRequestWithoutAHostIsMalformed() throws IOException {
        try (ApiFixture api = new ApiFixture()) {
            assertEquals("400", status(api, "X: y"));
            assertEquals("400", status(api, "Host: a b"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://evil.example,403",
        "null,403",
        "https://127.0.0.1:7411,403",
        "http://127.0.0.1:8080,403",
        "http://127.0.0.1:7411,200"
    })
    void pagesOfOtherOriginsAreRefused(String origin, String status) throws IOException {
        try (ApiFixture api = new ApiFixture()) {
            assertEquals(status, status(api, "Host: 127.0.0.1:7411\r\nOrigin: " + origin));
        }
    }

    @Test
    void aPreflightOfAnotherOriginIsRefused() throws IOException {
        try (ApiFixture api = new ApiFixture();
                RawHttp raw = new RawHttp(api.port)) {
            raw.send("OPTIONS /v1/commands HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n"
                    + "Access-Control-Request-Method: POST\r\n\r\n");
            String answer = raw.answer();
            assertTrue(answer.startsWith("HTTP/1.1 403"), answer);
            assertTrue(!answer.toLowerCase(Locale.ROOT).contains("access-control-allow"), answer);
        }
    }

    @Test
    void theTokenIsAskedForOnEveryPath() throws IOException {
        try (ApiFixture api = withToken()) {
            for (String path : new String[] {"/v1/status", "/v1/barrier", "/nowhere"}) {
                assertEquals(
                        "Bearer",
                        api.get(path).headers().firstValue("www-authenticate").orElse(""));
                problem(api.get(path), 401, "UNAUTHORIZED");
                problem(api.get(path, "Authorization", "Basic czNjcmV0"), 401, "UNAUTHORIZED");
                problem(api.get(path, "Authorization", "Bearer s3cre"), 403, "FORBIDDEN");
                problem(api.get(path, "Authorization", "Bearer s3crets"), 403, "FORBIDDEN");
                problem(api.get(path, "Authorization", "Bearer "), 401, "UNAUTHORIZED");
            }
            assertEquals(
                    200, api.get("/v1/status", "Authorization", "Bearer s3cret").statusCode());
            assertEquals(
                    200,
                    api.get("/v1/status", "Authorization", "bearer  s3cret").statusCode());
            problem(api.post("/v1/commands", new byte[2]), 401, "UNAUTHORIZED");
            assertEquals(0, api.node.submitted.size());
        }
    }

    @Test
    void withATokenTheHostMayBeAnyNameButTheOriginMayNot() throws IOException {
        try (ApiFixture api = withToken()) {
            String token = "\r\nAuthorization: Bearer s3cret";
            assertEquals("200", status(api, "Host: agent-a:7411" + token));
            assertEquals("403", status(api, "Host: agent-a:7411\r\nOrigin: http://evil.example" + token));
        }
    }

    private static ApiFixture withToken() {
        return new ApiFixture(UnaryOperator.identity(), Optional.of("s3cret"));
    }

    private static String status(ApiFixture api, String headers) throws IOException {
        try (RawHttp raw = new RawHttp(api.port)) {
            raw.send("POST /v1/commands HTTP/1.1\r\n" + headers + "\r\nContent-Length: 2\r\n\r\nhi");
            String answer = raw.answer();
            if (!answer.startsWith("HTTP/1.1 200")) {
                assertTrue(answer.contains("application/problem+json"), answer);
            }
            return answer.substring(9, 12);
        }
    }
}
