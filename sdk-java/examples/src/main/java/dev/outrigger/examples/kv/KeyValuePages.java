package dev.outrigger.examples.kv;

import dev.outrigger.examples.json.JsonText;
import dev.outrigger.examples.web.CommandOutcome;
import dev.outrigger.examples.web.WebAnswer;
import dev.outrigger.examples.web.WebHandler;
import dev.outrigger.examples.web.WebRequest;
import dev.outrigger.sdk.AppServer;
import dev.outrigger.sdk.CommandResult;
import dev.outrigger.sdk.Outrigger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The application's own HTTP face, as a service would offer it to its users: {@code GET}, {@code PUT} and {@code DELETE
 * /keys/KEY}. Reads are linearizable and come from the state beside this code; changes go through the cluster.
 */
public final class KeyValuePages implements WebHandler {
    private static final String KEYS = "/keys/";

    private final KeyValueStore store;
    private final AppServer server;
    private final Outrigger outrigger;

    public KeyValuePages(KeyValueStore store, AppServer server, Outrigger outrigger) {
        this.store = store;
        this.server = server;
        this.outrigger = outrigger;
    }

    @Override
    public WebAnswer handle(WebRequest request) throws IOException {
        if (!request.path().startsWith(KEYS)) {
            return WebAnswer.text(404, "there is nothing here but " + KEYS + "KEY");
        }
        String key = request.path().substring(KEYS.length());
        return switch (request.method()) {
            case "GET" -> get(key);
            case "PUT" -> request.body().map(value -> put(key, value)).orElse(WebAnswer.text(413, "too long"));
            case "DELETE" -> change(command("delete", key, Optional.empty()));
            default -> WebAnswer.text(405, "GET, PUT or DELETE");
        };
    }

    private WebAnswer get(String key) {
        CommandOutcome outcome =
                CommandOutcome.of(outrigger.read(() -> server.read(() -> store.get(key))), value -> found(key, value));
        return outcome.good()
                ? WebAnswer.of(200, "text/plain; charset=utf-8", outcome.data())
                : WebAnswer.text(outcome.status(), outcome.words());
    }

    private static CommandOutcome found(String key, Optional<String> value) {
        return value.map(text -> new CommandOutcome(200, "", text.getBytes(StandardCharsets.UTF_8)))
                .orElse(new CommandOutcome(404, "there is no key " + key, new byte[0]));
    }

    private WebAnswer put(String key, String value) {
        return change(command("put", key, Optional.of(value)));
    }

    private WebAnswer change(byte[] command) {
        CommandOutcome outcome = CommandOutcome.of(outrigger.submit(command), KeyValuePages::done);
        return outcome.data().length > 0
                ? WebAnswer.json(outcome.status(), outcome.data())
                : WebAnswer.text(outcome.status(), outcome.words());
    }

    private static CommandOutcome done(CommandResult result) {
        return new CommandOutcome(200, "", result.data());
    }

    private static byte[] command(String op, String key, Optional<String> value) {
        return JsonText.object(json -> {
            json.writeStringField("op", op);
            json.writeStringField("key", key);
            if (value.isPresent()) {
                json.writeStringField("value", value.get());
            }
        });
    }
}
