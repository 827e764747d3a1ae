/**
 * The driver: owns one {@code RaftCore} on one event loop; turns timers, frames and I/O completions into inputs, and
 * {@code Ready} into I/O. Never blocks. Start with {@code RaftNode}; what the outside may ask of it is {@link
 * dev.outrigger.agent.node.Node}.
 */
@NullMarked
package dev.outrigger.agent.node;

import org.jspecify.annotations.NullMarked;
