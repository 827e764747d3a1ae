/**
 * Ports to a member's disk, and the durability contract that every implementation keeps. Knows nothing of how it is
 * done. Start with {@link dev.outrigger.agent.storage.Storage}.
 */
@NullMarked
package dev.outrigger.agent.storage;

import org.jspecify.annotations.NullMarked;
