package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;

/**
 * What the application is shown of a log entry, the same in every form of {@code apply}.
 *
 * @param index the entry's index
 * @param term the entry's term
 * @param timeMillis agreed time, milliseconds since 1970
 * @param data the command as its client submitted it
 */
record AppCommand(long index, long term, long timeMillis, Payload data) {
    static AppCommand of(Entry entry) {
        return new AppCommand(entry.index(), entry.term(), entry.timeMillis(), entry.data());
    }
}
