/**
 * Agent-to-agent transport over Vert.x TCP: connects, greets, frames, and drops rather than blocks. Knows messages only
 * as values; what they mean is the core's business. Start with {@link dev.outrigger.agent.peer.PeerTransport}.
 */
@NullMarked
package dev.outrigger.agent.peer;

import org.jspecify.annotations.NullMarked;
