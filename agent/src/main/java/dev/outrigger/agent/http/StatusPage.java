package dev.outrigger.agent.http;

import dev.outrigger.agent.app.AppStatus;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.node.NodeStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The status page: one document with its style inside, no script, nothing from other hosts. What is wrong and what to do
 * about it comes first.
 *
 * @param now when it is rendered, by this machine's clock
 */
record StatusPage(NodeStatus status, List<OpsOptions.SettingRow> settings, Instant now) {
    static final int REFRESH_SECONDS = 5;

    String render() {
        Html html = new Html();
        html.markup("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">")
                .markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .markup("<meta http-equiv=\"refresh\" content=\"" + REFRESH_SECONDS + "\">")
                .markup("<link rel=\"icon\" href=\"data:,\">")
                .element("title", "", status.node().name() + " " + status.role() + " \u2013 " + status.clusterName())
                .markup("<style>" + PageStyle.CSS + "</style></head><body>");
        header(html);
        html.markup("<main>");
        diagnosis(html);
        html.markup("<div class=\"cards\">");
        raft(html);
        log(html);
        application(html);
        node(html);
        html.markup("</div>");
        members(html);
        settings(html);
        html.markup("</main><footer>")
                .text("Rendered " + now.truncatedTo(ChronoUnit.SECONDS) + ", again every " + REFRESH_SECONDS + " s. ")
                .markup("<a href=\"/status\">JSON</a> <a href=\"/metrics\">metrics</a>"
                        + " <a href=\"/readyz?verbose\">readiness</a></footer></body></html>\n");
        return html.toString();
    }

    private void header(Html html) {
        html.markup("<header><h1>")
                .text(status.node().name().name())
                .markup(" ")
                .element("span", status.role().equals("leader") ? "role leader" : "role", status.role())
                .markup("</h1>")
                .element("p", "", "cluster " + status.clusterName())
                .markup("</header>");
    }

    private void diagnosis(Html html) {
        if (status.diagnosis().isEmpty()) {
            html.markup("<section class=\"finding well\"><p>Nothing keeps this agent from being well.</p></section>");
        }
        for (NodeStatus.Diagnosis finding : status.diagnosis()) {
            finding(html, finding);
        }
    }

    private void finding(Html html, NodeStatus.Diagnosis finding) {
        html.markup(
                        finding.severity().equals("error")
                                ? "<section class=\"finding error\">"
                                : "<section class=\"finding\">")
                .markup("<h2>")
                .element("code", "", finding.code())
                .markup(" ")
                .element("small", "", finding.severity() + " for " + Amounts.duration(age(finding.since())))
                .markup("</h2>")
                .element("p", "", finding.message());
        if (!finding.evidence().isEmpty()) {
            html.markup("<dl>");
            for (Map.Entry<String, Object> fact : finding.evidence().entrySet()) {
                html.fact(fact.getKey(), fact.getValue().toString());
            }
            html.markup("</dl>");
        }
        html.markup("<p class=\"next\"><b>Next:</b> ").text(finding.next()).markup("</p></section>");
    }

    private void raft(Html html) {
        card(html, "Cluster");
        html.fact("leader", status.leader().map(MemberId::name))
                .fact("role", status.role())
                .fact("term", number(status.term()))
                .fact("cluster id", status.clusterId())
                .markup("</dl></section>");
    }

    private void log(Html html) {
        NodeStatus.Log log = status.log();
        card(html, "Log");
        html.fact("entries", number(log.first()) + " to " + number(log.last()))
                .fact("durable to", number(log.durable()))
                .fact("committed to", number(log.commit()))
                .fact("applied to", number(log.applied()))
                .fact("on disk", Amounts.bytes(log.bytes()))
                .fact(
                        "snapshot",
                        status.snapshot()
                                .map(snapshot ->
                                        "up to " + number(snapshot.index()) + ", " + Amounts.bytes(snapshot.bytes())))
                .fact("sync p99", log.syncP99Micros().map(Amounts::micros))
                .markup("</dl></section>");
    }

    private void application(Html html) {
        AppStatus app = status.app();
        card(html, "Application");
        html.fact("state", app.state().name().toLowerCase(Locale.ROOT))
                .fact("for", Amounts.duration(Duration.ofNanos(System.nanoTime() - app.sinceNanos())))
                .fact("name", app.appName())
                .fact("version", app.version())
                .fact("applied", number(app.appliedIndex()) + " (term " + number(app.appliedTerm()) + ")")
                .fact("client sessions", number(status.sessions().open()))
                .markup("</dl>");
        app.reason().ifPresent(reason -> html.element("p", "reason", reason));
        html.markup("</section>");
    }

    private void node(Html html) {
        NodeStatus.Self node = status.node();
        card(html, "Agent");
        html.fact("version", node.version())
                .fact("up", Amounts.duration(Duration.ofMillis(node.uptimeMs())))
                .fact("start number", number(node.epoch()))
                .fact("zone", node.zone())
                .fact("storage id", node.storageId())
                .markup("</dl></section>");
    }

    private void members(Html html) {
        html.markup("<section><h2>Members</h2><table class=\"members\"><thead><tr>");
        for (String column : List.of("Member", "Role", "Peer", "Match", "Lag", "Last contact", "Zone", "Version")) {
            html.element("th", "", column);
        }
        html.markup("</tr></thead><tbody>");
        for (NodeStatus.Member member : status.members()) {
            member(html, member);
        }
        html.markup("</tbody></table></section>");
    }

    private void member(Html html, NodeStatus.Member member) {
        boolean self = member.name().equals(status.node().name());
        boolean leads = status.leader().filter(member.name()::equals).isPresent();
        Optional<Long> lag =
                member.match().map(match -> Math.max(0, status.log().last() - match));
        html.markup(self ? "<tr class=\"self\">" : "<tr>")
                .cell("Member", Optional.of(member.name().name()))
                .cell("Role", Optional.of(leads ? "leader" : member.role()))
                .cell("Peer", Optional.of(member.peer()))
                .cell("Match", member.match().map(StatusPage::number))
                .cell("Lag", lag.map(StatusPage::number))
                .cell(
                        "Last contact",
                        self
                                ? Optional.of("this agent")
                                : member.lastContactMs()
                                        .map(millis -> Amounts.duration(Duration.ofMillis(millis)) + " ago"))
                .cell("Zone", member.zone())
                .cell("Version", member.version())
                .markup("</tr>");
    }

    private void settings(Html html) {
        html.markup("<section><h2>Settings</h2><table><thead><tr>")
                .element("th", "", "Setting")
                .element("th", "", "Value")
                .element("th", "", "From")
                .markup("</tr></thead><tbody>");
        for (OpsOptions.SettingRow row : settings) {
            html.markup("<tr>")
                    .cell("Setting", Optional.of(row.name()))
                    .cell("Value", Optional.of(row.value()).filter(value -> !value.isEmpty()))
                    .cell("From", Optional.of(row.origin()))
                    .markup("</tr>");
        }
        html.markup("</tbody></table></section>");
    }

    private static void card(Html html, String title) {
        html.markup("<section class=\"card\">").element("h2", "", title).markup("<dl>");
    }

    private Duration age(Instant since) {
        Duration age = Duration.between(since, now);
        return age.isNegative() ? Duration.ZERO : age;
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number).replace(',', '\u202f');
    }
}
