package dev.outrigger.agent.app;

import dev.outrigger.agent.app.AppEvents.Result;
import dev.outrigger.agent.core.message.Payload;
import java.util.List;
import java.util.Optional;

/**
 * The application's answer to a batch, well-formed but not yet held against the batch's last index.
 *
 * @param applied the index that it says it has applied
 * @param results one for each command, in order
 * @param stateHash what it says its state is after them, 1 to {@link #STATE_HASH_BYTES_MAX} bytes; empty when it says
 *     nothing
 */
record AppAnswer(long applied, List<Result> results, Optional<Payload> stateHash) {
    static final int STATE_HASH_BYTES_MAX = 64;

    /** To a batch without commands, which nobody is asked. */
    static final AppAnswer TO_NOTHING = new AppAnswer(0, List.of(), Optional.empty());
}
