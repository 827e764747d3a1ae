package dev.outrigger.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A state machine with snapshots for tests: lines of text. A line {@code fail} cannot be restored, as long as it is told so. */
final class Notes implements StateMachine {
    final List<String> lines = new ArrayList<>();
    volatile CountDownLatch writerMayGoOn = new CountDownLatch(0);
    volatile CountDownLatch restoreMayGoOn = new CountDownLatch(0);
    final CountDownLatch restoring = new CountDownLatch(1);
    volatile boolean writerFails;
    volatile boolean repaired;
    Optional<Position> durable = Optional.empty();

    @Override
    public Result apply(Context context, byte[] command) {
        lines.add(new String(command, UTF_8));
        return Result.ok();
    }

    @Override
    public byte[] query(byte[] query) {
        return String.join(",", lines).getBytes(UTF_8);
    }

    @Override
    public Optional<Position> applied() {
        return durable;
    }

    @Override
    public Optional<StateWriter> snapshot() {
        List<String> now = List.copyOf(lines);
        return Optional.of(out -> write(now, out));
    }

    private void write(List<String> now, OutputStream out) throws IOException {
        try (out) {
            out.write("notes\n".getBytes(UTF_8));
            out.flush();
            await(writerMayGoOn);
            if (writerFails) {
                throw new IllegalStateException("out of ink");
            }
            for (String line : now) {
                out.write((line + "\n").getBytes(UTF_8));
            }
        }
    }

    @Override
    public String snapshotFormat() {
        return "notes/1";
    }

    @Override
    public void restore(InputStream state, String format, Position position) throws IOException {
        if (!format.equals(snapshotFormat())) {
            throw new UnsupportedSnapshotException("only notes/1 is read");
        }
        restoring.countDown();
        await(restoreMayGoOn);
        lines.clear();
        BufferedReader in = new BufferedReader(new InputStreamReader(state, UTF_8));
        in.readLine();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            lines.add(line);
            if (line.equals("fail") && !repaired) {
                throw new IllegalStateException("cannot read " + line);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
