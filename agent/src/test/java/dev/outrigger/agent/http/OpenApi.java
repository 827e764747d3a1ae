package dev.outrigger.agent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** One of the contracts, and what is held to it. */
public final class OpenApi {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete");
    private static final JsonSchemaOptions OPTIONS = new JsonSchemaOptions()
            .setDraft(Draft.DRAFT202012)
            .setBaseUri("https://outrigger.dev/")
            .setOutputFormat(OutputFormat.Basic);

    private final JsonObject document;

    private OpenApi(String resource) {
        try (InputStream in = OpenApi.class.getResourceAsStream(resource)) {
            assertNotNull(in, resource);
            Map<String, Object> yaml = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
            document = new JsonObject(yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What an agent serves. */
    public static OpenApi agent() {
        return new OpenApi("openapi.yaml");
    }

    /** What an application serves. */
    public static OpenApi app() {
        return new OpenApi("app-openapi.yaml");
    }

    /** {@code GET /v1/status} and so on; those that are served elsewhere than the others if {@code elsewhere}. */
    public Set<String> operations(boolean elsewhere) {
        Set<String> operations = new TreeSet<>();
        JsonObject paths = document.getJsonObject("paths");
        for (String path : paths.fieldNames()) {
            JsonObject item = paths.getJsonObject(path);
            if (item.containsKey("servers") == elsewhere) {
                METHODS.stream()
                        .filter(item::containsKey)
                        .forEach(method -> operations.add(method.toUpperCase(Locale.ROOT) + " " + path));
            }
        }
        return operations;
    }

    /** Each code of a problem and the status that it travels under: {@code 503 NO_LEADER}. */
    Set<String> problemCodes() {
        Set<String> codes = new TreeSet<>();
        // Status by status, as the operations name them.
        Map<String, String> statuses = statusesOfResponses();
        JsonObject responses = document.getJsonObject("components").getJsonObject("responses");
        for (String name : responses.fieldNames()) {
            JsonArray here = responses.getJsonObject(name).getJsonArray("x-codes", new JsonArray());
            here.forEach(code -> codes.add(statuses.get(name) + " " + code));
        }
        return codes;
    }

    private Map<String, String> statusesOfResponses() {
        Map<String, String> statuses =
                new TreeMap<>(Map.of("MethodNotAllowed", "405", "Skipped", "422")); // named in no operation as such
        for (Object path : document.getJsonObject("paths").getMap().values()) {
            JsonObject item = json(path);
            METHODS.stream().filter(item::containsKey).forEach(method -> {
                JsonObject responses = item.getJsonObject(method).getJsonObject("responses");
                for (String status : responses.fieldNames()) {
                    String ref = responses.getJsonObject(status).getString("$ref");
                    if (ref != null) {
                        String before = statuses.put(ref.substring(ref.lastIndexOf('/') + 1), status);
                        assertTrue(
                                before == null || before.equals(status), ref + " under " + before + " and " + status);
                    }
                }
            });
        }
        return statuses;
    }

    @SuppressWarnings("unchecked")
    private static JsonObject json(Object value) {
        return value instanceof JsonObject object ? object : new JsonObject((Map<String, Object>) value);
    }

    Set<String> enumOf(String schema, String property) {
        return document
                .getJsonObject("components")
                .getJsonObject("schemas")
                .getJsonObject(schema)
                .getJsonObject("properties")
                .getJsonObject(property)
                .getJsonArray("enum")
                .stream()
                .map(Object::toString)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The response must be one that the document has for this operation, with its headers, media type and schema. */
    public void check(String operation, HttpResponse<byte[]> response) {
        String what = operation + " " + response.statusCode();
        JsonObject described =
                operation(operation).getJsonObject("responses").getJsonObject(Integer.toString(response.statusCode()));
        assertNotNull(described, what + " is not described: " + Buffer.buffer(response.body()));
        checkResponse(what, resolved(described), response);
    }

    private void checkResponse(String what, JsonObject described, HttpResponse<byte[]> response) {
        String type = response.headers().firstValue("content-type").orElse("").split(";", 2)[0];
        boolean problem = type.equals("application/problem+json");
        JsonObject headers = described.getJsonObject("headers", new JsonObject());
        for (String name : headers.fieldNames()) {
            boolean required = resolved(headers.getJsonObject(name)).getBoolean("required", false);
            // A 422 is a result or a problem.
            boolean needed = required
                    && !(problem && described.getJsonObject("content").containsKey("application/octet-stream"));
            assertTrue(!needed || response.headers().firstValue(name).isPresent(), what + " lacks the header " + name);
        }
        JsonObject content = described.getJsonObject("content", new JsonObject());
        if (response.body().length == 0 && content.isEmpty()) {
            return;
        }
        assertTrue(
                content.containsKey(type),
                what + " has media type " + type + ", described are " + content.fieldNames());
        JsonObject schema = content.getJsonObject(type).getJsonObject("schema");
        if (type.endsWith("json")) {
            JsonObject body = Buffer.buffer(response.body()).toJsonObject();
            checkSchema(what, schema, body);
            if (problem && described.containsKey("x-codes")) {
                String code = body.getString("code");
                assertTrue(described.getJsonArray("x-codes").contains(code), what + " has code " + code);
            }
        }
    }

    /** The body of a request must be one that the document has for this operation. */
    public void checkRequest(String operation, Object json) {
        JsonObject schema = operation(operation)
                .getJsonObject("requestBody")
                .getJsonObject("content")
                .getJsonObject("application/json")
                .getJsonObject("schema");
        checkSchema(operation, schema, json);
    }

    /** @param name of a schema */
    public void checkNamed(String name, Object json) {
        checkSchema(name, new JsonObject().put("$ref", "#/components/schemas/" + name), json);
    }

    private void checkSchema(String what, JsonObject schema, Object json) {
        assertNotNull(schema, what + " has no schema");
        JsonObject whole = new JsonObject()
                .put("components", document.getJsonObject("components").copy())
                .put("allOf", new JsonArray().add(schema.copy()));
        OutputUnit result = Validator.create(JsonSchema.of(whole), OPTIONS).validate(json);
        assertEquals(
                true,
                result.getValid(),
                () -> what + ": " + json + "\n" + result.toJson().encodePrettily());
    }

    private JsonObject operation(String operation) {
        String[] methodAndPath = operation.split(" ", 2);
        JsonObject item = document.getJsonObject("paths").getJsonObject(methodAndPath[1]);
        assertNotNull(item, operation);
        return item.getJsonObject(methodAndPath[0].toLowerCase(Locale.ROOT));
    }

    private JsonObject resolved(JsonObject object) {
        String ref = object.getString("$ref");
        if (ref == null) {
            return object;
        }
        JsonObject at = document;
        for (String step : ref.substring(2).split("/", -1)) {
            at = at.getJsonObject(step);
            assertNotNull(at, ref);
        }
        return at;
    }
}
