/**
 * Agent-to-agent transport over Vert.x TCP: connects, greets, frames, and drops rather than blocks. Knows messages only
 * as values; what they mean is the core's business. Start with {@link dev.outrigger.agent.peer.PeerTransport}; then
 * {@code Dialer} for the connections that this agent opens and {@code Doorway} for those that it is given.
 *
 * <p>A conversation, the opening side on the left:
 *
 * <pre>
 * preamble, HELLO      ->
 *                     <-   preamble, then HELLO, ADMITTED | HELLO, MEETING | REFUSED
 * REFUSED, and closes  ->      when it will not talk to whom it has found
 * messages             ->      when both sides admit
 * ALIVE                <->     from either side that had nothing else to say for a while
 * </pre>
 */
@NullMarked
package dev.outrigger.agent.peer;

import org.jspecify.annotations.NullMarked;
