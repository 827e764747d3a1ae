/**
 * The channel to the application beside this agent: hand-shake, ordered delivery, role pushes, queries. Outlives the
 * application; never skips a command and never guesses. Start with {@code AppChannel}.
 */
@NullMarked
package dev.outrigger.agent.app;

import org.jspecify.annotations.NullMarked;
