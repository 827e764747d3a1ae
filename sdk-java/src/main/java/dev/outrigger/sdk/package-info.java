/**
 * The thin SDK of Outrigger. An application implements {@link dev.outrigger.sdk.StateMachine}, serves it to the agent
 * beside it with {@link dev.outrigger.sdk.AppServer}, and submits commands and reads through
 * {@link dev.outrigger.sdk.Outrigger}. Needs nothing but the JDK; start reading at those three.
 */
@NullMarked
package dev.outrigger.sdk;

import org.jspecify.annotations.NullMarked;
