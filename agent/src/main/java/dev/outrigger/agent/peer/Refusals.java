package dev.outrigger.agent.peer;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.wire.Hello;
import dev.outrigger.agent.wire.Preamble;
import dev.outrigger.agent.wire.Refusal;

/** Refusals that the transport decides by itself, whatever its owner would say. */
final class Refusals {
    private Refusals() {}

    static Refusal wrongName(RemotePeer peer, Hello remote, MemberId self) {
        return new Refusal(
                "WRONG_NAME",
                self + " looked for " + peer.id() + " at " + peer.host() + ":" + peer.port() + " and found "
                        + (remote.node().equals(self) ? "itself, or another agent of the same name" : remote.node())
                        + "; correct the list of members");
    }

    static Refusal nameTaken(MemberId self, String remoteAddress) {
        return new Refusal(
                "WRONG_NAME",
                "the agent at " + remoteAddress + " calls itself " + self
                        + ", which is the name of the agent that it connected to; give each its own name");
    }

    static Refusal unknownMember(MemberId self, MemberId remote) {
        return new Refusal("UNKNOWN_MEMBER", self + " has no peer " + remote + " in its list of members");
    }

    static Refusal version(MemberId self, Preamble theirs) {
        return new Refusal(
                "PROTOCOL_VERSION",
                "the other agent speaks protocol versions " + theirs.lowestVersion() + " to "
                        + theirs.highestVersion() + ", " + self + " speaks " + Preamble.OURS.lowestVersion() + " to "
                        + Preamble.OURS.highestVersion() + "; upgrade the older one");
    }
}
