package dev.outrigger.agent.session;

import dev.outrigger.agent.core.message.Payload;

/**
 * What the application answered to a command of a session.
 *
 * @param index of the entry that was applied
 * @param term of that entry
 * @param code the application's result code
 * @param data the application's result
 */
public record SessionResult(long index, long term, int code, Payload data) {}
