/**
 * Client sessions as replicated state (Diss. §6.3): which commands of which client have been applied, so that one that is
 * sent again takes effect once. A pure state machine, driven by committed log entries alike on every member, and part of
 * each snapshot. No clock, thread, file, logger or chance inside: time is what the entries carry. Start with
 * {@link dev.outrigger.agent.session.SessionTable}. What members keep for convenience, and may differ in, is apart from
 * it, in {@link dev.outrigger.agent.session.SessionResults}.
 */
@NullMarked
package dev.outrigger.agent.session;

import org.jspecify.annotations.NullMarked;
