/** A replicated map from text to text. */
@NullMarked
package dev.outrigger.examples.kv;

import org.jspecify.annotations.NullMarked;
