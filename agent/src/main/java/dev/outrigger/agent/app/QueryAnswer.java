package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Payload;

/** The end of a query. A query changes nothing, so each of them may be asked again. */
public sealed interface QueryAnswer {
    /** @param data what the application answered */
    record Answered(Payload data) implements QueryAnswer {}

    /**
     * The application is not there, or its state is not this cluster's.
     *
     * @param detail one sentence
     */
    record Away(String detail) implements QueryAnswer {}

    /**
     * The application is there but gave no good answer: another status than 200, none in time, too long.
     *
     * @param detail one sentence
     */
    record Failed(String detail) implements QueryAnswer {}

    /**
     * As many queries as may be are under way; nothing was sent.
     *
     * @param inFlight how many
     */
    record TooMany(int inFlight) implements QueryAnswer {}
}
