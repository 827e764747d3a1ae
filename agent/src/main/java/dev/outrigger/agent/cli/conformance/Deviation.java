package dev.outrigger.agent.cli.conformance;

/** The application did something else than the protocol asks; the message tells what came. */
class Deviation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String came;

    Deviation(String came) {
        super(came, null, false, false);
        this.came = came;
    }

    @Override
    public String getMessage() {
        return came;
    }

    static void unless(boolean holds, String came) {
        if (!holds) {
            throw new Deviation(came);
        }
    }
}
