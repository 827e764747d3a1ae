package dev.outrigger.agent.node;

import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import dev.outrigger.agent.storage.Room;
import dev.outrigger.agent.storage.Room.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows when the disk runs out of space. Early: no new commands are taken here, and a leader asks another member to
 * lead, once; what the others agree on is still stored. Late: nothing is written and nothing acknowledged. Both end by
 * themselves when there is space again.
 */
final class DiskSpace {
    private static final Logger LOG = LoggerFactory.getLogger(DiskSpace.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final Supplier<Room> room;
    private final Runnable handOver;
    private Room now;

    /** @param handOver called once each time the disk becomes short */
    DiskSpace(Supplier<Room> room, Runnable handOver) {
        this.room = room;
        this.handOver = handOver;
        this.now = room.get();
    }

    Room now() {
        return now;
    }

    void tick() {
        Level before = now.level();
        now = room.get();
        if (now.level() == before) {
            return;
        }
        switch (now.level()) {
            case AMPLE -> LOG.info("the disk has space again: {} bytes; commands are taken", now.usableBytes());
            case SHORT -> LOG.warn("{}", scarce());
            case NONE -> LOG.error("{}", full());
        }
        if (before == Level.AMPLE) {
            handOver.run();
        }
    }

    /** Why no command is taken; empty when they are. */
    Optional<Problem> problem() {
        return now.level() == Level.AMPLE
                ? Optional.empty()
                : Optional.of(new Problem(
                        Code.DISK_FULL,
                        Outcome.NONE,
                        now.level() == Level.SHORT ? scarce() : full(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(RETRY_AFTER)));
    }

    private String scarce() {
        return "The disk of this agent is short of space, " + now.usableBytes() + " bytes are left: it takes no new "
                + "commands, and still stores what others agree on. Free space; it goes on by itself. Ask another agent "
                + "meanwhile.";
    }

    private String full() {
        return "The disk of this agent is full, " + now.usableBytes() + " bytes are left: it stores and acknowledges "
                + "nothing more. What was acknowledged is safe. Free space; it goes on by itself. Ask another agent "
                + "meanwhile.";
    }
}
