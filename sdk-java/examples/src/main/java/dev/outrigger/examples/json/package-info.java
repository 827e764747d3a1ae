/** The little JSON that the commands of the examples are made of, read and written the same way on every instance. */
@NullMarked
package dev.outrigger.examples.json;

import org.jspecify.annotations.NullMarked;
