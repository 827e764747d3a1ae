package dev.outrigger.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A state machine for tests: keeps the commands it has applied. {@code fail…} throws, {@code no…} is refused with code 7;
 * {@code durable} makes it answer for its own position.
 */
final class Ledger implements StateMachine {
    final List<String> entries = new ArrayList<>();
    final List<Context> contexts = new ArrayList<>();
    Optional<Position> durable = Optional.empty();
    boolean repaired;

    @Override
    public Result apply(Context context, byte[] command) {
        String text = new String(command, UTF_8);
        if (text.startsWith("fail") && !repaired) {
            throw new IllegalStateException("cannot do " + text);
        }
        if (text.equals("overflow") && !repaired) {
            throw new StackOverflowError();
        }
        entries.add(text);
        contexts.add(context);
        durable = durable.map(position -> context.position());
        if (text.equals("commit, then fail") && !repaired) {
            throw new IllegalStateException("the connection broke after the commit");
        }
        return text.startsWith("no")
                ? Result.refused(7, ("not " + text).getBytes(UTF_8))
                : Result.ok(("ok " + entries.size()).getBytes(UTF_8));
    }

    @Override
    public byte[] query(byte[] query) {
        if (query.length == 0) {
            throw new IllegalArgumentException("ask something");
        }
        return (new String(query, UTF_8) + "=" + entries).getBytes(UTF_8);
    }

    @Override
    public Optional<Position> applied() {
        return durable;
    }

    @Override
    public String appName() {
        return "ledger";
    }

    @Override
    public String version() {
        return "1.4.2";
    }
}
