/**
 * Typed, validated settings of the agent. {@link dev.outrigger.agent.config.Setting} lists every one with its names,
 * default, unit and meaning; {@link dev.outrigger.agent.config.Settings} is the result of reading file, environment and
 * flags. Knows nothing of the agent itself, only the JDK. Start with {@code Settings.load}.
 */
@NullMarked
package dev.outrigger.agent.config;

import org.jspecify.annotations.NullMarked;
