/**
 * The values that cross the border of the consensus core: peer messages, entries, hard state and the {@link
 * dev.outrigger.agent.core.message.Ready} that tells the driver what to do. Immutable, without behaviour, and knowing
 * nothing of how they are stored or sent. Start with {@code Message} and {@code Ready}.
 */
@NullMarked
package dev.outrigger.agent.core.message;

import org.jspecify.annotations.NullMarked;
