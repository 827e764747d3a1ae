package dev.outrigger.agent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.node.NodeStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class StatusPageTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:01:00Z");

    @Test
    void showsWhatAPersonAsksFor() {
        String page = render(FakeNode.leader());

        for (String text : List.of(
                "<title>a leader \u2013 orders</title>",
                "<dt>term</dt><dd>5</dd>",
                "<dt>cluster id</dt><dd>5f0c</dd>",
                "<dt>committed to</dt><dd>90</dd>",
                "<dt>sync p99</dt><dd>812 \u00b5s</dd>",
                "<dt>state</dt><dd>serving</dd>",
                "<td data-label=\"Lag\">11</td>",
                "<td data-label=\"Last contact\">12 ms ago</td>",
                "<code>PEER_SILENT</code> <small>warning for 60 s</small>",
                "<p class=\"next\"><b>Next:</b> look at b&#39;s log</p>",
                "<td data-label=\"Value\">(redacted)</td>",
                "<meta http-equiv=\"refresh\" content=\"5\">",
                "<meta name=\"viewport\"")) {
            assertTrue(page.contains(text), "expected " + text + " in " + page);
        }
    }

    @Test
    void saysWhyTheApplicationIsAwayAndDashesWhatItDoesNotKnow() {
        String page = render(FakeNode.lonely("Connection refused; trying again."));

        assertTrue(page.contains("<p class=\"reason\">Connection refused; trying again.</p>"), page);
        assertTrue(page.contains("<dt>leader</dt><dd>\u2013</dd>"), page);
        assertTrue(page.contains("Nothing keeps this agent from being well."), page);
    }

    @Test
    void needsNoScriptAndNoOtherHost() {
        String page = render(FakeNode.leader()).toLowerCase(Locale.ROOT);

        for (String forbidden :
                List.of("<script", "http://", "https://", "javascript:", " onload", "@import", "url(")) {
            assertFalse(page.contains(forbidden), forbidden);
        }
    }

    @Test
    void everyTextIsEscaped() {
        String evil = "<script>alert('1')</script>\"&\u0000";
        NodeStatus well = FakeNode.lonely(evil);
        NodeStatus hostile = new NodeStatus(
                evil,
                well.clusterId(),
                well.node(),
                evil,
                well.term(),
                well.leader(),
                well.log(),
                well.snapshot(),
                well.app(),
                well.sessions(),
                List.of(),
                List.of(new NodeStatus.Diagnosis(evil, evil, NOW, evil, Map.of(evil, evil), evil)));

        String page = new StatusPage(hostile, List.of(new OpsOptions.SettingRow(evil, evil, evil)), NOW).render();

        assertFalse(page.contains("<script"), page);
        assertFalse(page.contains("alert('"), page);
        String escaped = "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;\ufffd";
        assertTrue(page.split(Pattern.quote(escaped), -1).length > 10, page);
    }

    @Test
    void thePolicyAllowsExactlyTheStyleInThePage() throws Exception {
        String page = render(FakeNode.leader());
        String style = page.substring(page.indexOf("<style>") + 7, page.indexOf("</style>"));
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));

        String source = "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
        assertTrue(PageStyle.CONTENT_SECURITY_POLICY.contains("style-src " + source + ";"));
        assertEquals(1, page.split("<style", -1).length - 1);
        assertFalse(page.contains(" style="), "inline styles would be blocked");
    }

    private static String render(NodeStatus status) {
        OpsOptions.SettingRow token =
                new OpsOptions.SettingRow("OUTRIGGER_TOKEN_FILE", "(redacted)", "environment OUTRIGGER_TOKEN_FILE");
        return new StatusPage(status, List.of(token), NOW).render();
    }
}
