package dev.outrigger.agent.wire;

/**
 * Why one agent will not talk to another.
 *
 * @param code stable, upper case
 * @param reason one sentence that names both sides
 */
public record Refusal(String code, String reason) {}
