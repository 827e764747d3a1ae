package dev.outrigger.agent.wire;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Control;
import dev.outrigger.agent.core.message.ControlReceipt;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberChange;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.ClusterIdentity;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Every kind of message and greeting with every kind of value, from a seed. */
public final class RandomMessages {
    private final SplittableRandom random;
    private final MemberId from;
    private final MemberId to;

    public RandomMessages(long seed, MemberId from, MemberId to) {
        this.random = new SplittableRandom(seed);
        this.from = from;
        this.to = to;
    }

    public Message next() {
        Message.Kind[] kinds = Message.Kind.values();
        return switch (kinds[random.nextInt(kinds.length)]) {
            case VOTE_REQUEST -> new Message.VoteRequest(from, to, natural(), natural(), natural(), bool(), bool());
            case VOTE_RESPONSE -> new Message.VoteResponse(from, to, natural(), bool(), bool());
            case APPEND_REQUEST -> appendRequest();
            case APPEND_RESPONSE ->
                new Message.AppendResponse(
                        from, to, natural(), bool(), natural(), natural(), natural(), natural(), random.nextLong());
            case READ_REQUEST -> new Message.ReadRequest(from, to, natural(), random.nextLong());
            case READ_RESPONSE -> new Message.ReadResponse(from, to, natural(), random.nextLong(), bool(), natural());
            case PROPOSE_REQUEST ->
                new Message.ProposeRequest(
                        from,
                        to,
                        natural(),
                        random.nextLong(),
                        bool() ? Entry.Kind.COMMAND : Entry.Kind.ofTag(Entry.Kind.RESTORE.tag() + random.nextInt(4)),
                        payloads(random.nextInt(6)));
            case PROPOSE_RESPONSE -> new Message.ProposeResponse(from, to, natural(), receipt());
            case TIMEOUT_NOW -> new Message.TimeoutNow(from, to, natural());
            case SNAPSHOT_REQUEST ->
                new Message.SnapshotRequest(from, to, natural(), snapshot(), natural(), payload(), random.nextLong());
            case SNAPSHOT_RESPONSE ->
                new Message.SnapshotResponse(
                        from, to, natural(), natural(), random.nextLong(), natural(), bool(), random.nextLong());
            case CONTROL_REQUEST ->
                new Message.ControlRequest(from, to, natural(), random.nextLong(), bool() ? transfer() : change());
            case CONTROL_RESPONSE -> new Message.ControlResponse(from, to, natural(), controlReceipt());
            case APP_REPORT -> new Message.AppReport(from, to, natural(), payload());
        };
    }

    private Snapshot snapshot() {
        Configuration.Member voter = configured(Configuration.Standing.VOTER);
        Configuration configuration = new Configuration(
                List.of(voter), bool() ? List.of(voter.with(Configuration.Standing.VOTER)) : List.of());
        return new Snapshot(natural(), natural(), natural(), configuration, natural(), random.nextLong());
    }

    private Configuration.Member configured(Configuration.Standing standing) {
        return new Configuration.Member(member(), "s-" + random.nextInt(), "host:" + random.nextInt(65_536), standing);
    }

    private Control transfer() {
        return new Control.Transfer(bool() ? Optional.of(member()) : Optional.empty());
    }

    private Control change() {
        Configuration.Standing[] standings = Configuration.Standing.values();
        return new Control.ChangeMembers(IntStream.range(0, random.nextInt(4))
                .mapToObj(i -> bool()
                        ? MemberChange.remove(member())
                        : MemberChange.put(configured(standings[random.nextInt(standings.length)])))
                .toList());
    }

    private ControlReceipt controlReceipt() {
        ControlReceipt.Verdict[] verdicts = ControlReceipt.Verdict.values();
        return new ControlReceipt(random.nextLong(), verdicts[random.nextInt(verdicts.length)], natural(), natural());
    }

    Hello nextHello() {
        return new Hello(
                text(),
                member(),
                text(),
                natural(),
                IntStream.range(0, random.nextInt(5)).mapToObj(i -> text()).toList(),
                bool() ? Optional.of(cluster()) : Optional.empty(),
                text(),
                text(),
                random.nextInt(256),
                bool(),
                bool() ? Optional.of(text()) : Optional.empty());
    }

    private Message.AppendRequest appendRequest() {
        long prevIndex = natural() >>> 1;
        List<Entry> entries = IntStream.rangeClosed(1, random.nextInt(8))
                .mapToObj(i -> new Entry(
                        prevIndex + i, natural(), bool() ? Entry.Kind.COMMAND : Entry.Kind.NOOP, natural(), payload()))
                .toList();
        return new Message.AppendRequest(
                from, to, natural(), prevIndex, natural(), entries, natural(), random.nextLong());
    }

    private ProposeReceipt receipt() {
        ProposeReceipt.Refusal[] refusals = ProposeReceipt.Refusal.values();
        return new ProposeReceipt(random.nextLong(), refusals[random.nextInt(refusals.length)], natural(), natural());
    }

    private ClusterIdentity cluster() {
        List<ClusterIdentity.Member> members = IntStream.rangeClosed(0, random.nextInt(6))
                .mapToObj(i -> new ClusterIdentity.Member(new MemberId("m" + i), "host:" + i, "s-" + random.nextInt()))
                .toList();
        Configuration committed = Configuration.stable(List.of(configured(Configuration.Standing.VOTER)));
        return new ClusterIdentity(text(), text(), members)
                .with(new ClusterIdentity.Committed(natural(), natural(), committed));
    }

    private List<Payload> payloads(int count) {
        return IntStream.range(0, count).mapToObj(i -> payload()).toList();
    }

    private Payload payload() {
        byte[] bytes = new byte[random.nextInt(10) == 0 ? random.nextInt(20_000) : random.nextInt(40)];
        random.nextBytes(bytes);
        return Payload.of(bytes);
    }

    private MemberId member() {
        return new MemberId("n" + random.nextInt(1000));
    }

    /** Text whose characters take one to four bytes each. */
    private String text() {
        int[] alphabet = {'a', 'Z', '0', '-', '.', ' ', 'é', '中', 0x1F6F6};
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(30); i > 0; i--) {
            text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
        }
        return text.toString();
    }

    /** Small, large and largest numbers alike. */
    private long natural() {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> Long.MAX_VALUE;
            case 2 -> random.nextInt(1000);
            default -> random.nextLong() >>> 1;
        };
    }

    private boolean bool() {
        return random.nextBoolean();
    }
}
