package dev.outrigger.examples.readme;

// README
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outrigger.sdk.Answer;
import dev.outrigger.sdk.AppServer;
import dev.outrigger.sdk.Applied;
import dev.outrigger.sdk.Codec;
import dev.outrigger.sdk.Context;
import dev.outrigger.sdk.Outrigger;
import dev.outrigger.sdk.TypedStateMachine;

public final class Counter extends TypedStateMachine<Integer, Integer> {
    private static final Codec<Integer> NUMBER =
            Codec.of(number -> number.toString().getBytes(UTF_8), bytes -> Integer.valueOf(new String(bytes, UTF_8)));

    private int count;

    public Counter() {
        super(NUMBER, NUMBER);
    }

    @Override
    protected Answer<Integer> apply(Context context, Integer step) {
        if (step == 0) {
            return Answer.refused(1, count);
        }
        count += step;
        return Answer.ok(count);
    }

    public static void main(String[] args) throws Exception {
        Counter counter = new Counter();
        try (AppServer server = AppServer.start(counter); // the agent calls it at 127.0.0.1:7410
                Outrigger outrigger = Outrigger.connect()) { // the agent's client API at 127.0.0.1:7411
            System.out.println(counter.addOneAndRead(server, outrigger));
        }
    }

    String addOneAndRead(AppServer server, Outrigger outrigger) {
        Applied<Integer> added = outrigger.commands(NUMBER, NUMBER).submit(1).join(); // applied here, once, and durable
        int read = outrigger.read(() -> server.read(() -> count)).join(); // linearizable, from our own memory
        return "index " + added.index() + " made it " + added.answer() + ", now it is " + read;
    }
}
