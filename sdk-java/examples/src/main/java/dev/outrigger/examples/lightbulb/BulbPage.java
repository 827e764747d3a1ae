package dev.outrigger.examples.lightbulb;

import dev.outrigger.examples.lightbulb.LivePicture.Frame;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The page as HTML that is complete without a script. */
final class BulbPage {
    private final String template = new String(resource("page.html"), StandardCharsets.UTF_8);

    String render(Frame frame, String message) {
        return template.replace("{{state}}", frame.on() ? "on" : "off")
                .replace("{{next}}", Boolean.toString(!frame.on()))
                .replace("{{label}}", frame.on() ? "Switch off" : "Switch on")
                .replace("{{index}}", Long.toString(frame.index()))
                .replace("{{leader}}", escaped(frame.leaderInWords()))
                .replace("{{doubt}}", escaped(frame.doubt().orElse("")))
                .replace("{{message}}", escaped(message));
    }

    static byte[] resource(String name) {
        try (InputStream in = BulbPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing beside " + BulbPage.class.getName());
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
