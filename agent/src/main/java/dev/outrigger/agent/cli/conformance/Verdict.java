package dev.outrigger.agent.cli.conformance;

import io.vertx.core.json.JsonObject;

/**
 * What came of one check.
 *
 * @param name stable; scripts may go by it
 * @param expected what the protocol asks for
 * @param came what the application did
 * @param why what would go wrong in a cluster
 * @param section where the protocol says so
 */
public record Verdict(Outcome outcome, String name, String expected, String came, String why, String section) {
    /** A check is skipped where the application does not offer what it is about, or cannot be asked. */
    public enum Outcome {
        PASS,
        FAIL,
        SKIP
    }

    /** One line for people. */
    public String line() {
        return outcome + " " + name + ": expected " + expected + "; came " + came + "; " + why + " (protocol " + section
                + ")";
    }

    public JsonObject toJson() {
        return new JsonObject()
                .put("name", name)
                .put("verdict", outcome.name())
                .put("expected", expected)
                .put("came", came)
                .put("why", why)
                .put("section", section);
    }
}
