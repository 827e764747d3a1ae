package dev.outrigger.sdk;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hands what the agent says about leadership to the listeners, in order. Safe for many threads. */
final class Leaderships {
    private static final Logger LOG = System.getLogger(Leaderships.class.getName());

    private final List<Consumer<Leadership>> listeners = new ArrayList<>();
    private @Nullable RolePush last;

    synchronized void listen(Consumer<Leadership> listener) {
        listeners.add(listener);
        if (last != null) {
            tell(listener, last.leadership());
        }
    }

    synchronized void accept(RolePush push) {
        if (last != null && late(push, last)) {
            return;
        }
        last = push;
        listeners.forEach(listener -> tell(listener, push.leadership()));
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
