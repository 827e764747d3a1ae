package dev.outrigger.sdk.testkit;

import dev.outrigger.sdk.Context;
import dev.outrigger.sdk.Position;
import dev.outrigger.sdk.Result;
import dev.outrigger.sdk.StateMachine;
import dev.outrigger.sdk.StateWriter;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Stops in the middle of a delivery, when told so, as a process does that is killed there. */
final class CrashingMachine implements StateMachine {
    private final StateMachine machine;
    private int commandsLeft = Integer.MAX_VALUE;
    private boolean crashing;

    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        private Crash() {
            super("a crash", null, false, false);
        }
    }

    CrashingMachine(StateMachine machine) {
        this.machine = machine;
    }

    /** Lets the next delivery end after so many commands, and before they are flushed. */
    void crashAfter(int commands) {
        commandsLeft = commands;
        crashing = true;
    }

    @Override
    public Result apply(Context context, byte[] command) {
        if (commandsLeft-- == 0) {
            throw new Crash();
        }
        return machine.apply(context, command);
    }

    @Override
    public void flush() {
        if (crashing) {
            throw new Crash();
        }
        machine.flush();
    }

    @Override
    public byte[] query(byte[] query) {
        return machine.query(query);
    }

    @Override
    public Optional<Position> applied() {
        return machine.applied();
    }

    @Override
    public Optional<StateWriter> snapshot() {
        return machine.snapshot();
    }

    @Override
    public String snapshotFormat() {
        return machine.snapshotFormat();
    }

    @Override
    public void restore(InputStream state, String format, Position position) throws IOException {
        machine.restore(state, format, position);
    }
}
