/** Majority arithmetic: who has won a vote, what a majority has reached. Knows nothing of members, terms or logs. */
@NullMarked
package dev.outrigger.agent.core.quorum;

import org.jspecify.annotations.NullMarked;
