package dev.outrigger.sdk.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outrigger.sdk.Context;
import dev.outrigger.sdk.Position;
import dev.outrigger.sdk.Result;
import dev.outrigger.sdk.StateMachine;
import dev.outrigger.sdk.StateWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** State machines for tests, one sound and each other wrong in one way, at commands that begin with {@code bad}. */
final class Machines {
    private Machines() {}

    /** A list of words; {@code show} answers all of them. */
    static class Words implements StateMachine {
        final List<String> words = new ArrayList<>();

        @Override
        public Result apply(Context context, byte[] command) {
            String text = new String(command, UTF_8);
            if (text.startsWith("show")) {
                return answer(all());
            }
            words.add(text.startsWith("bad") ? bad(context, text) : text);
            return answer("ok");
        }

        /** What a bad command puts into the list. */
        String bad(Context context, String text) {
            return text;
        }

        String all() {
            return String.join(",", words);
        }

        static Result answer(String text) {
            return Result.ok(text.getBytes(UTF_8));
        }

        @Override
        public byte[] query(byte[] query) {
            return all().getBytes(UTF_8);
        }
    }

    /** The same with snapshots. */
    static class StoredWords extends Words {
        @Override
        public Optional<StateWriter> snapshot() {
            byte[] now = all().getBytes(UTF_8);
            return Optional.of(out -> out.write(now));
        }

        @Override
        public void restore(InputStream state, String format, Position position) throws IOException {
            words.clear();
            String text = new String(state.readAllBytes(), UTF_8);
            words.addAll(text.isEmpty() ? List.of() : List.of(text.split(",")));
        }
    }

    static final class NanoClock extends StoredWords {
        @Override
        String bad(Context context, String text) {
            return Long.toString(System.nanoTime());
        }
    }

    /** Stores a clock where neither snapshot nor query shows it. */
    static final class HiddenClock extends Words {
        private long touched;

        @Override
        String bad(Context context, String text) {
            touched = System.nanoTime();
            return text;
        }

        @Override
        String all() {
            return words.size() + " words, the last at " + touched;
        }
    }

    static final class MillisClock extends StoredWords {
        @Override
        String bad(Context context, String text) {
            return Long.toString(System.currentTimeMillis());
        }
    }

    static final class SecondsClock extends StoredWords {
        @Override
        String bad(Context context, String text) {
            return Long.toString(System.currentTimeMillis() / 1_000);
        }
    }

    static final class BinaryClock extends Words {
        @Override
        public Result apply(Context context, byte[] command) {
            super.apply(context, command);
            byte[] data = ByteBuffer.allocate(20).putLong(6, System.nanoTime()).array();
            return new String(command, UTF_8).startsWith("bad") ? Result.ok(data) : Result.ok();
        }
    }

    static final class Chance extends StoredWords {
        @Override
        String bad(Context context, String text) {
            return Integer.toString(ThreadLocalRandom.current().nextInt(1_000_000));
        }
    }

    /** Does it only now and then. */
    static final class RareChance extends StoredWords {
        @Override
        String bad(Context context, String text) {
            return ThreadLocalRandom.current().nextInt(3) == 0 ? "rare" : text;
        }
    }

    static final class IdentityOrder extends StoredWords {
        private final Set<Thing> things = new HashSet<>();

        /** Has no hash code of its own. */
        @SuppressWarnings("UnusedVariable")
        private static final class Thing {
            private final String name;

            private Thing(String name) {
                this.name = name;
            }
        }

        @Override
        String bad(Context context, String text) {
            for (char letter = 'a'; letter <= 'p'; letter++) {
                things.add(new Thing(String.valueOf(letter)));
            }
            StringBuilder order = new StringBuilder();
            things.forEach(thing -> order.append(thing.name));
            return order.toString();
        }
    }

    static final class JvmOrder extends StoredWords {
        @Override
        String bad(Context context, String text) {
            return String.join("", Set.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"));
        }
    }

    /** A hash set comes in another order when it was filled in another one, as after a restore. */
    static final class InsertionOrder extends StoredWords {
        private final Set<String> set = new HashSet<>();

        @Override
        public Result apply(Context context, byte[] command) {
            String text = new String(command, UTF_8);
            if (text.startsWith("bad")) {
                return answer(String.join(",", set));
            }
            set.add(text);
            return answer("ok");
        }

        @Override
        String all() {
            return String.join(",", new TreeSet<>(set));
        }

        @Override
        public void restore(InputStream state, String format, Position position) throws IOException {
            super.restore(state, format, position);
            set.clear();
            set.addAll(words);
        }
    }

    static final class Forgetful extends StoredWords {
        private int bad;

        @Override
        String bad(Context context, String text) {
            bad++;
            return text;
        }

        @Override
        public Result apply(Context context, byte[] command) {
            return new String(command, UTF_8).startsWith("count") ? answer("" + bad) : super.apply(context, command);
        }
    }

    static final class Environmental extends StoredWords {
        @Override
        String bad(Context context, String text) {
            return new DecimalFormat("0.0").format(1.5) + "i".toUpperCase(Locale.getDefault());
        }
    }

    static final class Replaying extends StoredWords {
        @Override
        String bad(Context context, String text) {
            return context.replaying() ? "again" : text;
        }
    }

    static final class Shared extends StoredWords {
        private static final AtomicLong IDS = new AtomicLong();

        @Override
        String bad(Context context, String text) {
            return "id " + IDS.incrementAndGet();
        }
    }

    static final class PerDelivery extends StoredWords {
        private int inDelivery;

        @Override
        String bad(Context context, String text) {
            return text + ++inDelivery;
        }

        @Override
        public void flush() {
            inDelivery = 0;
        }
    }

    static final class Throwing extends StoredWords {
        @Override
        String bad(Context context, String text) {
            throw new IllegalArgumentException("no idea what " + text + " is");
        }
    }

    /** Cannot read what it has written once there is something bad in it. */
    static final class Unreadable extends StoredWords {
        @Override
        public void restore(InputStream state, String format, Position position) throws IOException {
            super.restore(state, format, position);
            if (all().contains("bad")) {
                throw new IOException("what is bad?");
            }
        }
    }

    static final class LocalTime extends StoredWords {
        @Override
        String bad(Context context, String text) {
            return LocalDateTime.now().toString();
        }
    }

    /** State and position in two files. */
    static final class TwoFiles extends StoredWords {
        private final Path state;
        private final Path position;
        private final boolean positionFirst;
        private Position applied;

        TwoFiles(Path directory, boolean positionFirst) {
            this.state = directory.resolve("state");
            this.position = directory.resolve("position");
            this.positionFirst = positionFirst;
            try {
                String text = Files.exists(state) ? Files.readString(state) : "";
                words.addAll(text.isEmpty() ? List.of() : List.of(text.split(",")));
                long index = Files.exists(position) ? Long.parseLong(Files.readString(position)) : 0;
                applied = new Position(Optional.of("check"), index, index == 0 ? 0 : 1);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Result apply(Context context, byte[] command) {
            Result result = super.apply(context, command);
            applied = context.position();
            write(positionFirst ? position : state);
            return result;
        }

        @Override
        public void flush() {
            write(positionFirst ? state : position);
        }

        private void write(Path file) {
            try {
                Files.writeString(file, file.equals(state) ? all() : Long.toString(applied.index()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Optional<Position> applied() {
            return Optional.of(applied);
        }

        @Override
        public void restore(InputStream snapshot, String format, Position restored) throws IOException {
            super.restore(snapshot, format, restored);
            applied = restored;
            write(state);
            write(position);
        }
    }
}
