package dev.outrigger.sdk;

import java.time.Duration;

/**
 * One request to the agent.
 *
 * @param target path and query
 * @param contentType of the body; empty when it has none
 * @param waitAtMost how long the agent may take; it gets a little more to say so
 */
record AgentRequest(String method, String target, String contentType, byte[] body, Duration waitAtMost) {
    private static final byte[] NOTHING = new byte[0];

    static AgentRequest get(String target, Duration waitAtMost) {
        return new AgentRequest("GET", target, "", NOTHING, waitAtMost);
    }

    static AgentRequest delete(String target, Duration waitAtMost) {
        return new AgentRequest("DELETE", target, "", NOTHING, waitAtMost);
    }

    static AgentRequest json(String target, byte[] body, Duration waitAtMost) {
        return new AgentRequest("POST", target, "application/json", body, waitAtMost);
    }

    /** Asks for the answer in the same form. */
    static AgentRequest frames(String target, byte[] body, Duration waitAtMost) {
        return new AgentRequest("POST", target, Frames.MEDIA_TYPE, body, waitAtMost);
    }

    static AgentRequest octets(String target, byte[] body, Duration waitAtMost) {
        return new AgentRequest("POST", target, "application/octet-stream", body, waitAtMost);
    }
}
