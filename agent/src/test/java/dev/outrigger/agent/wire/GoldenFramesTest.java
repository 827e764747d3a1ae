package dev.outrigger.agent.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Control.ChangeMembers;
import dev.outrigger.agent.core.message.Control.Transfer;
import dev.outrigger.agent.core.message.ControlReceipt;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberChange;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.ClusterIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The bytes of every frame as they were agreed on: an agent of an older build reads what a newer one sends. Run with
 * {@code -Dgolden.rewrite=true} to write the files anew, and read the difference.
 */
class GoldenFramesTest {
    private static final Path DIRECTORY = Path.of("src/test/resources/wire");
    private static final MemberId A = Frames.FROM;
    private static final MemberId B = Frames.TO;

    private static final Map<String, Object> SAMPLES = samples();

    @TestFactory
    Stream<DynamicTest> writesAndReadsTheAgreedBytes() {
        return SAMPLES.entrySet().stream()
                .map(sample -> DynamicTest.dynamicTest(sample.getKey(), () -> {
                    byte[] frame = encode(sample.getValue());
                    Path file = DIRECTORY.resolve(sample.getKey() + ".hex");
                    if (Boolean.getBoolean("golden.rewrite")) {
                        Files.writeString(file, hexLines(frame));
                    }
                    byte[] golden = readHex(file);
                    assertArrayEquals(golden, frame, "written");
                    assertEquals(sample.getValue(), Frames.decode(golden), "read");
                }));
    }

    @Test
    void coversEveryKindOfFrame() throws IOException {
        List<Integer> tags = SAMPLES.values().stream()
                .map(GoldenFramesTest::encode)
                .map(frame -> frame[4] & 0xff)
                .toList();
        for (Message.Kind kind : Message.Kind.values()) {
            assertTrue(tags.contains(kind.tag()), kind.name());
        }
        for (LinkFrame frame : LinkFrame.values()) {
            assertTrue(tags.contains(frame.tag()), frame.name());
        }
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            assertEquals(SAMPLES.size(), files.count(), "a file without a sample");
        }
    }

    @Test
    void noTagStandsForTwoFrames() {
        for (Message.Kind kind : Message.Kind.values()) {
            assertTrue(kind.tag() > 0 && !LinkFrame.isLinkTag(kind.tag()), kind.name());
        }
    }

    @Test
    void preambleIsMagicAndVersions() {
        assertArrayEquals(new byte[] {'O', 'U', 'T', 'R', 1, 1}, Preamble.OURS.toBytes());
    }

    private static Map<String, Object> samples() {
        Map<String, Object> samples = new TreeMap<>();
        samples.put("vote-request", new Message.VoteRequest(A, B, 7, 41, 6, true, false));
        samples.put("vote-response", new Message.VoteResponse(A, B, 7, true, false));
        samples.put("append-request-heartbeat", new Message.AppendRequest(A, B, 7, 41, 6, List.of(), 40, 12));
        samples.put(
                "append-request",
                new Message.AppendRequest(
                        A,
                        B,
                        7,
                        41,
                        6,
                        List.of(
                                new Entry(42, 7, Entry.Kind.NOOP, 1_764_000_000_000L, Payload.EMPTY),
                                new Entry(43, 7, Entry.Kind.COMMAND, 1_764_000_000_001L, payload("put x"))),
                        40,
                        -1));
        samples.put("append-response", new Message.AppendResponse(A, B, 7, true, 43, 0, 0, 0, 12));
        samples.put("append-response-rejected", new Message.AppendResponse(A, B, 7, false, 0, 41, 39, 5, 12));
        samples.put("read-request", new Message.ReadRequest(A, B, 7, 0x0102030405060708L));
        samples.put("read-response", new Message.ReadResponse(A, B, 7, 0x0102030405060708L, true, 43));
        samples.put(
                "propose-request", new Message.ProposeRequest(A, B, 7, 99, List.of(payload("put x"), Payload.EMPTY)));
        for (Entry.Kind kind :
                List.of(Entry.Kind.RESTORE, Entry.Kind.SESSION, Entry.Kind.SESSION_COMMAND, Entry.Kind.SKIP)) {
            samples.put(
                    "propose-request-" + kind.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    new Message.ProposeRequest(A, B, 7, 99, kind, List.of(payload("piece"))));
        }
        samples.put(
                "propose-response",
                new Message.ProposeResponse(A, B, 7, new ProposeReceipt(99, ProposeReceipt.Refusal.NONE, 44, 7)));
        samples.put(
                "propose-response-refused",
                new Message.ProposeResponse(A, B, 7, new ProposeReceipt(99, ProposeReceipt.Refusal.OVERLOADED, 0, 0)));
        samples.put("vote-request-transfer", new Message.VoteRequest(A, B, 7, 41, 6, false, true));
        samples.put("timeout-now", new Message.TimeoutNow(A, B, 7));
        samples.put("snapshot-request", new Message.SnapshotRequest(A, B, 7, snapshot(), 3, payload("piece"), 12));
        samples.put("snapshot-response", new Message.SnapshotResponse(A, B, 7, 40, 0x0102030405060708L, 8, false, 12));
        samples.put("control-transfer", new Message.ControlRequest(A, B, 7, 99, new Transfer(Optional.of(B))));
        samples.put(
                "control-change-members",
                new Message.ControlRequest(
                        A,
                        B,
                        7,
                        99,
                        new ChangeMembers(List.of(
                                MemberChange.put(new Configuration.Member(
                                        new MemberId("c"), "s-3", "host-c:7412", Configuration.Standing.VOTER)),
                                MemberChange.remove(A)))));
        samples.put(
                "control-response",
                new Message.ControlResponse(A, B, 7, new ControlReceipt(99, ControlReceipt.Verdict.ACCEPTED, 44, 7)));
        samples.put("app-report", new Message.AppReport(A, B, 7, payload("well")));
        samples.put("hello", hello(Optional.empty(), Optional.empty()));
        samples.put("hello-of-member", hello(Optional.of(cluster()), Optional.empty()));
        samples.put("hello-of-damaged-disk", hello(Optional.empty(), Optional.of("c-1")));
        samples.put("refused", new Refusal("WRONG_CLUSTER", "a is of orders/1, b of orders/2"));
        samples.put("admitted", LinkFrame.ADMITTED);
        samples.put("meeting", LinkFrame.MEETING);
        samples.put("alive", LinkFrame.ALIVE);
        return samples;
    }

    private static Hello hello(Optional<ClusterIdentity> cluster, Optional<String> rejoins) {
        return new Hello(
                "orders",
                A,
                "s-1",
                3,
                List.of("a=host-a:7412", "b=host-b:7412"),
                cluster,
                "0.1.0",
                "zone-ä",
                7,
                cluster.isEmpty(),
                rejoins);
    }

    private static ClusterIdentity cluster() {
        return new ClusterIdentity(
                        "orders",
                        "c-1",
                        List.of(
                                new ClusterIdentity.Member(A, "host-a:7412", "s-1"),
                                new ClusterIdentity.Member(B, "host-b:7412", "s-2")))
                .with(new ClusterIdentity.Committed(
                        44,
                        7,
                        Configuration.stable(List.of(
                                new Configuration.Member(A, "s-1", "host-a:7412", Configuration.Standing.VOTER),
                                new Configuration.Member(
                                        new MemberId("c"), "s-3", "host-c:7412", Configuration.Standing.JOINING)))));
    }

    private static Snapshot snapshot() {
        Configuration.Member a = new Configuration.Member(A, "s-1", "host-a:7412", Configuration.Standing.VOTER);
        Configuration.Member b = new Configuration.Member(B, "s-2", "host-b:7412", Configuration.Standing.JOINING);
        Configuration joint = new Configuration(List.of(a, b), List.of(a, b.with(Configuration.Standing.VOTER)));
        return new Snapshot(40, 6, 1_764_000_000_000L, joint, 8, 0x0102030405060708L);
    }

    private static Payload payload(String text) {
        return Payload.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] encode(Object sample) {
        return Frames.written(out -> {
            if (sample instanceof Message message) {
                MessageCodec.encode(message, out);
            } else if (sample instanceof Hello hello) {
                HelloCodec.encode(hello, out);
            } else if (sample instanceof Refusal refusal) {
                RefusalCodec.encode(refusal, out);
            } else {
                ((LinkFrame) sample).encode(out);
            }
        });
    }

    private static String hexLines(byte[] frame) {
        String hex = HexFormat.ofDelimiter(" ").formatHex(frame);
        int lineChars = 16 * 3;
        return IntStream.iterate(0, i -> i < hex.length(), i -> i + lineChars)
                .mapToObj(i ->
                        hex.substring(i, Math.min(hex.length(), i + lineChars)).strip())
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static byte[] readHex(Path file) throws IOException {
        return HexFormat.of().parseHex(Files.readString(file).replaceAll("\\s", ""));
    }
}
