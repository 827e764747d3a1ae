package dev.outrigger.agent.app;

/**
 * A batch that has no verified answer; the application may have applied all, some or none of it.
 *
 * @param cause what went wrong
 * @param detail the same for people, to follow the application as subject
 * @param prevIndex the command before the batch
 * @param firstIndex the first command concerned; when none was sent, the first entry
 * @param commands how many commands were sent
 */
record BatchFailure(AppFailure.Cause cause, String detail, long prevIndex, long firstIndex, int commands) {
    /** For people: which commands. */
    String batch() {
        return commands == 1
                ? "the command at index " + firstIndex
                : commands + " commands from index " + firstIndex + " on";
    }
}
