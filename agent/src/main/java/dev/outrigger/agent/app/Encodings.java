package dev.outrigger.agent.app;

/**
 * The forms of {@code apply} that an application lists in its {@code info} beside JSON, which it always has to speak.
 *
 * @param frames one call per batch, in binary
 * @param stream one call for many batches, in binary
 */
record Encodings(boolean frames, boolean stream) {
    static final Encodings JSON_ONLY = new Encodings(false, false);
}
