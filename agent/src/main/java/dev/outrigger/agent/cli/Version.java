package dev.outrigger.agent.cli;

import java.util.Optional;

/** Version of this agent, from its jar. */
final class Version {
    private Version() {}

    /** {@code development} when the classes do not come from a jar that says its version. */
    static String current() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
