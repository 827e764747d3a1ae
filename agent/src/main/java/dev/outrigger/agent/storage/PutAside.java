package dev.outrigger.agent.storage;

import java.time.Instant;

/**
 * What was on a disk before it was damaged, kept for people.
 *
 * @param directory where it is
 * @param reason what was damaged: file, position, indexes
 * @param since when it was put there
 */
public record PutAside(String directory, String reason, Instant since) {}
