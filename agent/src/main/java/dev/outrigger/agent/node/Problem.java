package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.MemberId;
import java.time.Duration;
import java.util.Optional;

/**
 * Why a request did not get its answer, in the terms of the client API.
 *
 * @param code stable name of the cause
 * @param outcome what is known of the command
 * @param detail what happened, to which member or index, what the agent does next, what the caller can do
 * @param leader the leader, where known
 * @param index the command's index, where known
 * @param retryAfter when a retry may go through, where known
 */
public record Problem(
        Code code,
        Outcome outcome,
        String detail,
        Optional<MemberId> leader,
        Optional<Long> index,
        Optional<Duration> retryAfter) {

    public static Problem of(Code code, Outcome outcome, String detail) {
        return new Problem(code, outcome, detail, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Stable codes with the HTTP status they travel under. */
    public enum Code {
        MALFORMED(400, "The request is malformed"),
        UNAUTHORIZED(401, "A token is required"),
        FORBIDDEN(403, "The request is not allowed"),
        NOT_FOUND(404, "There is nothing at this path"),
        UNKNOWN_MEMBER(404, "There is no such member"),
        METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
        MEMBERSHIP_PENDING(409, "Another change is under way"),
        UNHEALTHY(409, "Those who would have to go on are away"),
        INVALID_CHANGE(409, "The members cannot be changed that way"),
        NOT_EMPTY(409, "The cluster has state already"),
        COMPACTED(410, "That part of the log is gone"),
        TOO_LARGE(413, "The command is too large"),
        UNSUPPORTED_MEDIA_TYPE(415, "The content type is not supported"),
        WRONG_CLUSTER(421, "This agent belongs to another cluster"),
        OVERLOADED(429, "A queue is at its limit"),
        INTERNAL(500, "The agent failed"),
        NOT_IMPLEMENTED(501, "This version does not offer that"),
        APP_FAILED(502, "The application failed"),
        STALLED(503, "The agent does not answer in time"),
        NO_LEADER(503, "No leader is known"),
        NOT_MET(503, "The new member's agent was not met"),
        NO_QUORUM(503, "No majority can be reached"),
        APP_UNAVAILABLE(503, "The application beside this agent is away"),
        DISK_FULL(503, "The disk of this agent has no space"),
        SNAPSHOT_FAILED(503, "No snapshot could be taken"),
        SHUTTING_DOWN(503, "The agent is shutting down"),
        DEADLINE(504, "The deadline passed");

        private final int status;
        private final String title;

        Code(int status, String title) {
            this.status = status;
            this.title = title;
        }

        public int status() {
            return status;
        }

        public String title() {
            return title;
        }
    }

    /** What is known of the command behind the request. */
    public enum Outcome {
        /** Certainly not executed, now or ever; safe to retry. */
        NONE,
        /** May yet be executed. */
        UNKNOWN,
        /** Executed by the application beside this agent, only its result is not known; or it goes on by itself. */
        APPLIED
    }
}
