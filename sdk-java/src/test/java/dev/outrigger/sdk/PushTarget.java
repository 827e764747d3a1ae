package dev.outrigger.sdk;

/** An application that does nothing, for the agent's {@code PushThroughput}. Not a test: run it with a port. */
final class PushTarget {
    private static final Result RESULT = Result.ok(new byte[] {'o', 'k'});

    public static void main(String[] args) throws Exception {
        StateMachine idle = new StateMachine() {
            @Override
            public Result apply(Context context, byte[] command) {
                return RESULT;
            }

            @Override
            public byte[] query(byte[] query) {
                return query;
            }
        };
        AppServer server = AppServer.start(idle, AppOptions.defaults().withPort(Integer.parseInt(args[0])));
        System.out.println("serves on port " + server.port());
        Thread.currentThread().join();
    }

    private PushTarget() {}
}
