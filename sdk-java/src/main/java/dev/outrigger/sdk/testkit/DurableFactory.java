package dev.outrigger.sdk.testkit;

import dev.outrigger.sdk.StateMachine;
import java.io.Serializable;
import java.nio.file.Path;

/**
 * Opens a state machine whose state is in a directory: in its first state when that is empty, else where it stood. One that
 * is {@link AutoCloseable} is closed before its directory is opened again, also after a simulated crash: closing must not
 * make good what the crash prevented.
 */
@FunctionalInterface
public interface DurableFactory extends Serializable {
    StateMachine open(Path directory) throws Exception;
}
