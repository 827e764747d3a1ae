/**
 * Applications that show what to do with the SDK: {@code kv}, a replicated map, and {@code lightbulb}, one bit with a web
 * page. Each runs beside an agent. Start at {@link dev.outrigger.examples.Main}.
 */
@NullMarked
package dev.outrigger.examples;

import org.jspecify.annotations.NullMarked;
