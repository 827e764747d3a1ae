package dev.outrigger.agent.simulator.disk;

import java.io.IOException;

/** The disk reported an error on a read or a force. */
public final class DiskFault extends IOException {
    private static final long serialVersionUID = 1L;

    DiskFault(String message) {
        super(message);
    }
}
