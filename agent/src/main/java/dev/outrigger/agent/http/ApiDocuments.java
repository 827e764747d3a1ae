package dev.outrigger.agent.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The contracts as OpenAPI documents: what an agent serves, and what an application serves to it. */
final class ApiDocuments {
    private static final String YAML = "application/yaml";
    private static final Buffer AGENT = read("openapi.yaml");
    private static final Buffer APP = read("app-openapi.yaml");

    private ApiDocuments() {}

    static Routes addTo(Routes routes) {
        return routes.get("/openapi.yaml", request -> send(request, AGENT))
                .get("/app-openapi.yaml", request -> send(request, APP));
    }

    private static void send(RoutingContext request, Buffer document) {
        Replies.end(request.response(), YAML, document);
    }

    private static Buffer read(String name) {
        try (InputStream document = ApiDocuments.class.getResourceAsStream(name)) {
            if (document == null) {
                throw new IllegalStateException(name + " is missing in this jar");
            }
            return Buffer.buffer(document.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
