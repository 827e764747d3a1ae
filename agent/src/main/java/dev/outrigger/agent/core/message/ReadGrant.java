package dev.outrigger.agent.core.message;

/**
 * The end of one read request: the read may be served once the application has applied {@code readIndex}.
 *
 * @param readId the number that the reader gave
 * @param granted false: no leader confirmed it; the reader may ask anew under a new number
 * @param readIndex 0 when not granted
 */
public record ReadGrant(long readId, boolean granted, long readIndex) {}
