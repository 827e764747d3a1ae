package dev.outrigger.deploy.endurance;

import dev.outrigger.deploy.Await;
import dev.outrigger.deploy.Child;
import dev.outrigger.deploy.Instance;
import dev.outrigger.deploy.LocalCluster;
import dev.outrigger.deploy.LocalCluster.AgentExtras;
import dev.outrigger.sdk.AppOptions;
import dev.outrigger.sdk.AppServer;
import dev.outrigger.sdk.Context;
import dev.outrigger.sdk.Position;
import dev.outrigger.sdk.Result;
import dev.outrigger.sdk.StateMachine;
import dev.outrigger.sdk.StateWriter;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * An application that knows which command of which client it has applied, how often, and in which order. Its snapshot can be
 * made as large as one likes: behind the state come bytes that are made up while they are written and checked while they are
 * read, so that neither side needs memory for them.
 */
final class Tally implements StateMachine {
    private static final String DIGEST = "digest";
    private static final Duration EQUAL_MAX = Duration.ofMinutes(3);
    private static final int BALLAST_PIECE_BYTES = 1 << 20;
    private static final long BALLAST_SEED = 0x0cea;

    private final long ballastMiB;
    private final Map<Long, BitSet> clients = new TreeMap<>();
    private long commands;
    private long twice;
    private long order;

    private Tally(long ballastMiB) {
        this.ballastMiB = ballastMiB;
    }

    /** Arguments: port, MiB of ballast in a snapshot. Serves until killed. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        AppServer.start(
                new Tally(Long.parseLong(arguments[1])),
                AppOptions.defaults().withPort(Integer.parseInt(arguments[0])));
        Thread.currentThread().join();
    }

    /** Three agents with a tally beside each, not yet started. */
    static LocalCluster cluster(Path repository, Path directory, AgentExtras extras, long ballastMiB) {
        return new LocalCluster(
                repository,
                directory,
                List.of("a", "b", "c"),
                place -> Child.java(List.of(
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Tally.class.getName(),
                        "" + place.appPort(),
                        "" + ballastMiB)),
                extras);
    }

    @Override
    public Result apply(Context context, byte[] command) {
        if (command.length < 2 * Long.BYTES) {
            return Result.refused(1, "too short".getBytes(StandardCharsets.US_ASCII));
        }
        ByteBuffer fields = ByteBuffer.wrap(command);
        long client = fields.getLong();
        int sequence = Math.toIntExact(fields.getLong());
        BitSet applied = clients.computeIfAbsent(client, ignored -> new BitSet());
        if (applied.get(sequence)) {
            twice++;
        }
        applied.set(sequence);
        commands++;
        order = order * 31 + client * 1_000_003 + sequence;
        return Result.ok();
    }

    @Override
    public byte[] query(byte[] query) {
        String text = new String(query, StandardCharsets.US_ASCII);
        return text.equals(DIGEST)
                ? ("commands " + commands + ", twice " + twice + ", order " + Long.toHexString(order))
                        .getBytes(StandardCharsets.US_ASCII)
                : clients.getOrDefault(Long.parseLong(text), new BitSet()).toByteArray();
    }

    // ---- snapshots ----

    @Override
    public Optional<StateWriter> snapshot() {
        Map<Long, BitSet> copy = new TreeMap<>();
        clients.forEach((client, applied) -> copy.put(client, (BitSet) applied.clone()));
        long[] numbers = {commands, twice, order, ballastMiB};
        return Optional.of(out -> {
            DataOutputStream data = new DataOutputStream(new BufferedOutputStream(out, 1 << 16));
            for (long number : numbers) {
                data.writeLong(number);
            }
            data.writeInt(copy.size());
            for (Map.Entry<Long, BitSet> client : copy.entrySet()) {
                byte[] bits = client.getValue().toByteArray();
                data.writeLong(client.getKey());
                data.writeInt(bits.length);
                data.write(bits);
            }
            Ballast ballast = new Ballast();
            for (long piece = 0; piece < numbers[3]; piece++) {
                data.write(ballast.next());
            }
            data.flush();
        });
    }

    @Override
    public void restore(InputStream state, String format, Position position) throws IOException {
        DataInputStream data = new DataInputStream(state);
        long[] numbers = {data.readLong(), data.readLong(), data.readLong(), data.readLong()};
        Map<Long, BitSet> restored = new TreeMap<>();
        int count = data.readInt();
        for (int i = 0; i < count; i++) {
            long client = data.readLong();
            byte[] bits = new byte[data.readInt()];
            data.readFully(bits);
            restored.put(client, BitSet.valueOf(bits));
        }
        Ballast ballast = new Ballast();
        byte[] piece = new byte[BALLAST_PIECE_BYTES];
        for (long i = 0; i < numbers[3]; i++) {
            data.readFully(piece);
            if (!Arrays.equals(piece, ballast.next())) {
                throw new IOException("MiB " + i + " of the snapshot is not what was written");
            }
        }
        if (data.read() >= 0) {
            throw new IOException("there is more than was written");
        }
        clients.clear();
        clients.putAll(restored);
        commands = numbers[0];
        twice = numbers[1];
        order = numbers[2];
    }

    /** Bytes that nobody can guess or leave out, the same every time. */
    private static final class Ballast {
        private final SplittableRandom random = new SplittableRandom(BALLAST_SEED);
        private final byte[] piece = new byte[BALLAST_PIECE_BYTES];

        byte[] next() {
            ByteBuffer longs = ByteBuffer.wrap(piece);
            while (longs.hasRemaining()) {
                longs.putLong(random.nextLong());
            }
            return piece;
        }
    }

    // ---- from outside ----

    /** Which commands of a client the application of {@code instance} has applied. */
    static BitSet clientAt(Instance instance, long client) {
        HttpRequest request = instance.request("/v1/queries?consistency=local")
                .POST(HttpRequest.BodyPublishers.ofString("" + client))
                .build();
        return BitSet.valueOf(instance.sendForBytes(request));
    }

    /**
     * Waits until all three are equal, and gives how many acknowledged commands are missing.
     *
     * @throws AssertionError when they do not become equal, or one has applied a command twice
     */
    static long compare(LocalCluster cluster, Clients clients) {
        Await.until("equal states", EQUAL_MAX, () -> digests(cluster).size() == 1);
        String digest = digests(cluster).get(0);
        Progress.say("all equal: " + digest);
        if (!digest.contains("twice 0,")) {
            throw new AssertionError("applied twice: " + digest);
        }
        return cluster.instances().stream().mapToLong(clients::missingAt).sum();
    }

    private static List<String> digests(LocalCluster cluster) {
        return cluster.instances().stream()
                .map(instance -> instance.localQuery(DIGEST))
                .map(HttpResponse::body)
                .distinct()
                .collect(Collectors.toList());
    }
}
