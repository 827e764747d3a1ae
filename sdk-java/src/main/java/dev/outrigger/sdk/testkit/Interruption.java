package dev.outrigger.sdk.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/** Something that must leave the state as it is. */
interface Interruption {
    /** A replica that goes on from where the given one stands, which is of no more use but must be closed. */
    Replica interrupt(Replica replica);

    /** A replica to begin with. */
    Replica start();

    /** Another replica takes the snapshot of this one. */
    static Interruption bySnapshot(Lab lab, Script script) {
        return new Interruption() {
            @Override
            public Replica start() {
                return lab.start(script);
            }

            @Override
            public Replica interrupt(Replica replica) {
                Replica next = lab.start(script);
                try {
                    Optional<byte[]> snapshot = replica.snapshot();
                    next.restore(snapshot.orElseThrow(), replica);
                    return next;
                } catch (RuntimeException e) {
                    next.close();
                    throw e;
                }
            }
        };
    }

    /** The same one is closed and opened again. */
    static Interruption byRestart(Lab lab, Script script, Path directory) {
        return new Interruption() {
            @Override
            public Replica start() {
                try {
                    Lab.empty(directory);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return lab.open(directory, script, machine -> machine);
            }

            @Override
            public Replica interrupt(Replica replica) {
                replica.close();
                return lab.open(directory, script, machine -> machine);
            }
        };
    }
}
