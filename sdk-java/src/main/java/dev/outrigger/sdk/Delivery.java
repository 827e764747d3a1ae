package dev.outrigger.sdk;

import java.util.List;

/** How a delivery ended. */
sealed interface Delivery {
    /** @param results one for each command of the request, in order */
    record Done(Position applied, List<Result> results) implements Delivery {}

    /** Not for this state: the agent asks again where it stands. */
    record Refused(Position applied, String why) implements Delivery {}

    /** The state machine failed at {@code index}; what came before it in the request is applied. */
    record Failed(Position applied, long index, Throwable cause) implements Delivery {}
}
