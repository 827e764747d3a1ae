package dev.outrigger.sdk;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The agent's word on leadership.
 *
 * @param epoch boot number of the agent
 */
record RolePush(long epoch, Leadership leadership) {
    static RolePush parse(byte[] body) {
        Draft draft = new Draft();
        JsonReader in = new JsonReader(body);
        in.object(name -> draft.read(name, in));
        in.end();
        if (draft.epoch < 0 || draft.term < 0 || draft.role == null) {
            throw in.malformed("a role push needs epoch, role and term");
        }
        return new RolePush(draft.epoch, new Leadership(draft.role, draft.term, Optional.ofNullable(draft.leader)));
    }

    private static final class Draft {
        private long epoch = -1;
        private long term = -1;
        private @Nullable String role;
        private @Nullable String leader;

        private void read(String name, JsonReader in) {
            switch (name) {
                case "epoch" -> epoch = in.integer(0, Long.MAX_VALUE);
                case "term" -> term = in.integer(0, Long.MAX_VALUE);
                case "role" -> role = in.string();
                case "leader" -> leader = in.nullNext() ? null : in.string();
                default -> in.skip();
            }
        }
    }
}
