/** One replicated bit and the page that shows it, live on every instance. */
@NullMarked
package dev.outrigger.examples.lightbulb;

import org.jspecify.annotations.NullMarked;
