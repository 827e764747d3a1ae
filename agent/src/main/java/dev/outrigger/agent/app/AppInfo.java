package dev.outrigger.agent.app;

import java.util.Optional;

/**
 * The application's answer to {@code GET info}.
 *
 * @param name what it calls itself
 * @param version its version
 * @param cluster the cluster that its state belongs to; empty when it does not know one
 * @param appliedIndex index of the last command applied, 0 for none
 * @param appliedTerm term of that command, 0 exactly when the index is 0
 * @param encodings the forms of {@code apply} that it speaks
 */
record AppInfo(
        Optional<String> name,
        Optional<String> version,
        Optional<String> cluster,
        long appliedIndex,
        long appliedTerm,
        Encodings encodings) {}
