package dev.outrigger.examples.readme;

// README
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outrigger.sdk.AppServer;
import dev.outrigger.sdk.CommandResult;
import dev.outrigger.sdk.Context;
import dev.outrigger.sdk.Outrigger;
import dev.outrigger.sdk.Result;
import dev.outrigger.sdk.StateMachine;

public final class Counter implements StateMachine {
    private int count;

    @Override
    public Result apply(Context context, byte[] command) {
        String step = new String(command, UTF_8);
        if (!step.matches("[+-]\\d{1,9}")) {
            return Result.refused(1, "say +1 or -1".getBytes(UTF_8));
        }
        count += Integer.parseInt(step);
        return Result.ok(Integer.toString(count).getBytes(UTF_8));
    }

    @Override
    public byte[] query(byte[] query) {
        return Integer.toString(count).getBytes(UTF_8);
    }

    public static void main(String[] args) throws Exception {
        Counter counter = new Counter();
        AppServer server = AppServer.start(counter); // the agent calls it at 127.0.0.1:7410
        Outrigger outrigger = Outrigger.connect(); // the agent's client API at 127.0.0.1:7411
        System.out.println(counter.addOneAndRead(server, outrigger));
    }

    String addOneAndRead(AppServer server, Outrigger outrigger) {
        CommandResult added = outrigger.submit("+1".getBytes(UTF_8)).join(); // applied here, durable on a majority
        int read = outrigger.read(() -> server.read(() -> count)).join(); // linearizable, from our own memory
        return "index " + added.index() + " made it " + new String(added.data(), UTF_8) + ", now it is " + read;
    }
}
