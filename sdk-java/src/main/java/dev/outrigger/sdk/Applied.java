package dev.outrigger.sdk;

/**
 * What the application beside the caller answered to a command.
 *
 * @param index where the command stands in the log, from 1
 * @param term term of the command
 * @param answer what the state machine said
 */
public record Applied<A>(long index, long term, A answer) {}
