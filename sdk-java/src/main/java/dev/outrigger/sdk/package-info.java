/**
 * The thin SDK: implement {@code StateMachine}, serve it to the agent beside you, submit commands and read.
 */
@NullMarked
package dev.outrigger.sdk;

import org.jspecify.annotations.NullMarked;
