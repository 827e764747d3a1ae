/**
 * Whether an application keeps the app protocol, asked from outside over HTTP, as an agent would: for applications in any
 * language. Knows nothing of the agent's own channel, so that a mistake there is not made twice. Start with {@code
 * Conformance}.
 */
@NullMarked
package dev.outrigger.agent.cli.conformance;

import org.jspecify.annotations.NullMarked;
