/**
 * State that outlives the process. {@link dev.outrigger.sdk.durable.JdbcStateMachine} keeps it in the application's own
 * database, {@link dev.outrigger.sdk.durable.FileStateMachine} in one file; in both the position in the log goes with the
 * state, so after a crash at any moment the two agree. Knows {@code dev.outrigger.sdk} and the JDK, no database.
 */
@NullMarked
package dev.outrigger.sdk.durable;

import org.jspecify.annotations.NullMarked;
