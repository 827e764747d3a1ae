package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import java.util.List;
import java.util.Optional;

/**
 * The end of one request: its value, or the problem that kept it from getting one.
 *
 * @param <T> what a good answer carries
 */
public sealed interface Answer<T> {
    /** @param value the answer */
    record Ok<T>(T value) implements Answer<T> {}

    /** @param problem why there is none */
    record Failed<T>(Problem problem) implements Answer<T> {}

    /**
     * The local application's result of a command.
     *
     * @param index where the command stands in the log
     * @param term term of that entry
     * @param code 0 done, 1 to 65535 refused by the state machine
     * @param data the result's bytes
     */
    record Applied(long index, long term, int code, Payload data) {}

    /**
     * A session that is open.
     *
     * @param session what it is called
     * @param timeToLiveMillis agreed time without use after which it ends
     */
    record Opened(String session, long timeToLiveMillis) {}

    /** What is known of a number of a session that is open. */
    sealed interface Numbered {
        /** Not executed up to now. */
        record Unseen() implements Numbered {}

        /** So far below the highest number that nobody can tell. */
        record Forgotten() implements Numbered {}

        /**
         * Executed.
         *
         * @param index where it stands in the log
         * @param result empty when it is no longer kept here
         */
        record Executed(long index, Optional<Applied> result) implements Numbered {}
    }

    /** @param index the command that is passed over */
    record Skipped(long index) {}

    /** @param leader who leads in {@code term} */
    record Led(MemberId leader, long term) {}

    /**
     * The members after a change.
     *
     * @param index index of the configuration's entry
     * @param members all of them, ordered by name
     */
    record Changed(long index, List<Configuration.Member> members) {
        public Changed {
            members = List.copyOf(members);
        }
    }
}
