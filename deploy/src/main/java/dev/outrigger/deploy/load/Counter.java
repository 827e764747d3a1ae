package dev.outrigger.deploy.load;

import dev.outrigger.sdk.AppOptions;
import dev.outrigger.sdk.AppServer;
import dev.outrigger.sdk.Context;
import dev.outrigger.sdk.Result;
import dev.outrigger.sdk.StateMachine;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An application that does next to nothing, so that the load tool measures everything else: it counts its commands. */
final class Counter implements StateMachine {
    private long commands;

    /** Serves the app channel on the port given as only argument, until killed. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        serve(Integer.parseInt(arguments[0]));
        Thread.currentThread().join();
    }

    static AppServer serve(int port) throws IOException {
        return AppServer.start(new Counter(), AppOptions.defaults().withPort(port));
    }

    @Override
    public Result apply(Context context, byte[] command) {
        return Result.ok(bytes(++commands));
    }

    @Override
    public byte[] query(byte[] query) {
        return bytes(commands);
    }

    private static byte[] bytes(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }
}
