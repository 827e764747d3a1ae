/**
 * Checks that an application's state machine is deterministic, in one JVM, without an agent and without a network. Start
 * at {@link dev.outrigger.sdk.testkit.StateMachineCheck}.
 */
@NullMarked
package dev.outrigger.sdk.testkit;

import org.jspecify.annotations.NullMarked;
