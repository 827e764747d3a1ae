package dev.outrigger.agent.app;

/** What follows from where the application says it stands. */
sealed interface Decision {
    /** The name under which hand-shakes are counted. */
    String tag();

    /**
     * Its position is in our log: go on from there.
     *
     * @param appliedIndex the last command it has applied, 0 for none
     * @param replayLastIndex entries up to here had been committed before the hand-shake
     */
    record Deliver(long appliedIndex, long replayLastIndex) implements Decision {
        boolean replays() {
            return appliedIndex < replayLastIndex;
        }

        @Override
        public String tag() {
            return replays() ? "replay" : "go_on";
        }
    }

    /** It lacks what only the snapshot has: give it that, then ask again. */
    record Restore(RestorableSnapshot snapshot) implements Decision {
        @Override
        public String tag() {
            return "restore";
        }
    }

    /** Its position is in our log but not known here as committed: push nothing until the leader has confirmed it. */
    record AwaitCommit(String reason) implements Decision {
        @Override
        public String tag() {
            return "await_commit";
        }
    }

    /** Its state does not belong to our log: push nothing. */
    record Refuse(String reason) implements Decision {
        @Override
        public String tag() {
            return "refuse";
        }
    }
}
