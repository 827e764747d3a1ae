package dev.outrigger.agent.storage.chronicle;

import net.openhft.chronicle.core.Jvm;
import org.slf4j.Logger;

/**
 * Settings of the Chronicle libraries that count for the whole process. They read system properties when their classes
 * load, so this has to come first: the agent's main calls {@link #prepare()} before anything else, opening a storage
 * calls it again.
 */
public final class ChronicleRuntime {
    static {
        setDefault("chronicle.analytics.disable", "true");
        setDefault("chronicle.announcer.disable", "true");
        setDefault("chronicle.disk.monitor.disable", "true");
        setDefault("chronicle.table.store.timeoutMS", "500");
        Jvm.setExceptionHandlers(Logger::error, Logger::warn, Logger::debug, Logger::debug);
    }

    private ChronicleRuntime() {}

    /** Makes sure that the settings are in place. Any thread, any number of times. */
    public static void prepare() {
        // the static initialiser has done it
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
