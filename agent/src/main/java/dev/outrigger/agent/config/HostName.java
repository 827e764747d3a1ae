package dev.outrigger.agent.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;

/** This machine's name for itself. */
record HostName(Map<String, String> environment) {
    /** The variable first: containers set it, and it needs no resolver. Blocks otherwise. */
    Optional<String> find() {
        String name = environment.getOrDefault("HOSTNAME", "");
        if (!name.isBlank()) {
            return Optional.of(name);
        }
        try {
            return Optional.of(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
