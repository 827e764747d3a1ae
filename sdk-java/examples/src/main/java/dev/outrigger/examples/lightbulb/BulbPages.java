package dev.outrigger.examples.lightbulb;

import dev.outrigger.examples.json.JsonText;
import dev.outrigger.examples.lightbulb.LivePicture.Frame;
import dev.outrigger.examples.web.CommandOutcome;
import dev.outrigger.examples.web.WebAnswer;
import dev.outrigger.examples.web.WebHandler;
import dev.outrigger.examples.web.WebRequest;
import dev.outrigger.sdk.CommandResult;
import dev.outrigger.sdk.Outrigger;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The page, what belongs to it, the events that keep it live, and the switch. */
public final class BulbPages implements WebHandler, AutoCloseable {
    /** Pages that are live at once; each holds a thread. */
    static final int VIEWERS_MAX = 32;

    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final LivePicture picture;
    private final Outrigger outrigger;
    private final Freshness freshness;
    private final BulbPage page = new BulbPage();

    public BulbPages(LivePicture picture, Outrigger outrigger) {
        this.picture = picture;
        this.outrigger = outrigger;
        freshness = new Freshness(outrigger, picture);
    }

    @Override
    public WebAnswer handle(WebRequest request) throws IOException {
        return switch (request.method() + " " + request.path()) {
            case "GET /" -> page();
            case "GET /bulb.css" -> WebAnswer.of(200, "text/css; charset=utf-8", BulbPage.resource("bulb.css"));
            case "GET /bulb.js" -> WebAnswer.of(200, "text/javascript; charset=utf-8", BulbPage.resource("bulb.js"));
            case "GET /bulb.svg" -> WebAnswer.of(200, "image/svg+xml", BulbPage.resource("bulb.svg"));
            case "GET /state" -> WebAnswer.json(200, json(picture.frame()));
            case "GET /events" -> events();
            case "POST /switch" -> flip(request);
            default -> WebAnswer.text(404, "there is nothing here");
        };
    }

    private WebAnswer page() {
        freshness.check().join();
        return WebAnswer.html(200, page.render(picture.frame(), ""));
    }

    private WebAnswer flip(WebRequest request) throws IOException {
        String form = request.body().orElse("");
        if (!form.equals("on=true") && !form.equals("on=false")) {
            return WebAnswer.text(400, "the form sends on=true or on=false");
        }
        CommandOutcome outcome =
                CommandOutcome.of(outrigger.submit(Lightbulb.set(form.equals("on=true"))), BulbPages::switched);
        if (request.wantsJson()) {
            return WebAnswer.json(
                    outcome.status(), JsonText.object(json -> json.writeStringField("message", outcome.words())));
        }
        return outcome.good()
                ? WebAnswer.seeOther("/")
                : WebAnswer.html(outcome.status(), page.render(picture.frame(), outcome.words()));
    }

    private static CommandOutcome switched(CommandResult result) {
        return new CommandOutcome(200, "Done, at index " + result.index() + ".", result.data());
    }

    private WebAnswer events() {
        if (!freshness.enter(VIEWERS_MAX)) {
            return WebAnswer.text(503, "as many pages are live here as this instance serves; reload to look");
        }
        return WebAnswer.events(this::stream);
    }

    private void stream(OutputStream out) throws IOException {
        try {
            freshness.check();
            long seen = -1;
            while (true) {
                Frame frame = picture.awaitAfter(seen, HEARTBEAT);
                String event = frame.number() == seen
                        ? ": still here\n\n"
                        : "data: " + new String(json(frame), StandardCharsets.UTF_8) + "\n\n";
                out.write(event.getBytes(StandardCharsets.UTF_8));
                out.flush();
                seen = frame.number();
            }
        } catch (InterruptedException e) {
            throw new InterruptedIOException("the server stops");
        } finally {
            freshness.leave();
        }
    }

    private static byte[] json(Frame frame) {
        return JsonText.object(json -> {
            json.writeBooleanField("on", frame.on());
            json.writeNumberField("index", frame.index());
            json.writeStringField("leader", frame.leaderInWords());
            json.writeStringField("doubt", frame.doubt().orElse(null));
        });
    }

    @Override
    public void close() {
        freshness.close();
    }
}
