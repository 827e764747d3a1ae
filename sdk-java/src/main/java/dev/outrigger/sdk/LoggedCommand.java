package dev.outrigger.sdk;

/**
 * A committed command as it stands in the log.
 *
 * @param index where, from 1; indexes rise but need not be adjacent
 * @param term term of the leader that put it there, from 1
 * @param timeMillis agreed time, milliseconds since 1970
 * @param data as submitted; not copied, must not be changed
 */
public record LoggedCommand(long index, long term, long timeMillis, byte[] data) {
    public LoggedCommand {
        if (index < 1 || term < 1 || timeMillis < 0) {
            throw new IllegalArgumentException("index and term are from 1 and time from 0 on");
        }
    }
}
