package dev.outrigger.sdk;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands what the agent says about leadership to the listeners, in order. Between two leaderships of this instance they
 * always hear that the first is over: the agent passes over what was superseded before it was delivered. Safe for many
 * threads.
 */
final class Leaderships {
    private static final Logger LOG = System.getLogger(Leaderships.class.getName());

    private final List<Consumer<Leadership>> listeners = new ArrayList<>();
    private @Nullable RolePush last;
    private boolean resigned;

    synchronized void listen(Consumer<Leadership> listener) {
        listeners.add(listener);
        if (last != null) {
            tell(listener, last.leadership());
        }
    }

    synchronized void accept(RolePush push) {
        if (resigned || (last != null && (late(push, last) || push.equals(last)))) {
            return;
        }
        if (push.leadership().leads()) {
            endLeadership();
        }
        last = push;
        tellAll(push.leadership());
    }

    /** Nobody tells about leadership any more, so this instance leads no longer as far as it knows. */
    synchronized void resign() {
        endLeadership();
        resigned = true;
    }

    private void endLeadership() {
        if (last != null && last.leadership().leads()) {
            last = new RolePush(last.epoch(), last.leadership().over());
            tellAll(last.leadership());
        }
    }

    private void tellAll(Leadership leadership) {
        listeners.forEach(listener -> tell(listener, leadership));
    }

    private static boolean late(RolePush push, RolePush last) {
        return push.epoch() == last.epoch()
                && push.leadership().term() < last.leadership().term();
    }

    private static void tell(Consumer<Leadership> listener, Leadership leadership) {
        try {
            listener.accept(leadership);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "A leadership listener failed at " + leadership + "; it stays registered", e);
        }
    }
}
