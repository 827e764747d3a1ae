/**
 * The command line, and the only place where the concrete parts meet: {@link dev.outrigger.agent.cli.Main} reads what the
 * user wants, {@code Agent} wires and runs an agent.
 */
@NullMarked
package dev.outrigger.agent.cli;

import org.jspecify.annotations.NullMarked;
