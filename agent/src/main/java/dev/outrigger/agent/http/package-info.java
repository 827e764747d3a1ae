/**
 * What the outside sees of an agent: the client API on the node's event loop, and the ops listener (status page, health,
 * metrics) on a loop of its own, so that it can still answer when the node's is stuck. Knows only {@link
 * dev.outrigger.agent.node.Node} and the values it hands out. Start with {@code ClientApi} and {@code OpsListener}.
 */
@NullMarked
package dev.outrigger.agent.http;

import org.jspecify.annotations.NullMarked;
