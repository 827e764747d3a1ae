package dev.outrigger.agent.simulator;

import dev.outrigger.agent.core.RoleName;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.core.message.ReadGrant;
import dev.outrigger.agent.core.message.Snapshot;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The least that makes a cluster work: clients that propose numbers and read, and an application that sums up what it was
 * given. No sessions, and the application has no faults of its own.
 */
@SuppressWarnings("NullAway") // hosts are there from their machine's first start
final class RegisterWorkload implements Workload {
    private final Timeline timeline;
    private final Watcher watcher;
    private final Swarm swarm;
    private final SplittableRandom random;
    private final App[] apps;
    private final Front[] fronts;
    private final List<Client> clients = new ArrayList<>();
    private boolean[] healthy;
    private boolean calm;
    private int nextCommand;

    RegisterWorkload(Timeline timeline, Watcher watcher, Swarm swarm, SplittableRandom random) {
        this.timeline = timeline;
        this.watcher = watcher;
        this.swarm = swarm;
        this.random = random;
        apps = new App[swarm.machines()];
        for (int rank = 0; rank < apps.length; rank++) {
            apps[rank] = new App();
        }
        fronts = new Front[swarm.machines()];
        healthy = new boolean[swarm.machines()];
    }

    @Override
    public NodeFront boot(Host host) {
        Front front = new Front(host, apps[host.rank()]);
        fronts[host.rank()] = front;
        return front;
    }

    @Override
    public void begin() {
        for (int i = 0; i < swarm.clients; i++) {
            Client client = new Client(random.split());
            clients.add(client);
            timeline.after(random.nextLong(1_000_000), client::next);
        }
    }

    @Override
    public void fault(int rank, FaultKind kind) {}

    @Override
    public void wiped(int rank) {
        apps[rank] = new App();
    }

    @Override
    public void calm(boolean[] healthyMachines) {
        healthy = healthyMachines.clone();
        calm = true;
        clients.forEach(client -> client.left = 1);
    }

    @Override
    public boolean settled() {
        return clients.stream().allMatch(client -> client.done);
    }

    @Override
    public long appliedIndex(int rank) {
        return apps[rank].index;
    }

    @Override
    public @Nullable String audit() {
        return null;
    }

    /** Its state is durable with each command. */
    private static final class App {
        long index;
        long digest = 1;
    }

    /** Asks for one thing after the other; what is not answered in time is asked anew elsewhere. */
    private final class Client {
        final SplittableRandom chance;
        int attempt;
        int left;
        boolean done;

        Client(SplittableRandom chance) {
            this.chance = chance;
        }

        void next() {
            if (calm && left == 0) {
                done = true;
                return;
            }
            int mine = ++attempt;
            timeline.after(2 * swarm.electionMicros, () -> {
                if (attempt == mine) {
                    next();
                }
            });
            int rank = chance.nextInt(fronts.length);
            Front front = fronts[rank];
            if (front == null || !front.host.isResponsive() || calm && !healthy[rank]) {
                timeline.after(1 + swarm.electionMicros / 4, () -> retry(mine));
            } else if (chance.nextInt(3) == 0) {
                front.read(this, mine);
            } else {
                front.propose(this, mine, 1 + chance.nextInt(3));
            }
        }

        void retry(int asked) {
            if (asked == attempt) {
                next();
            }
        }

        void answered(int asked) {
            if (asked == attempt) {
                left = Math.max(0, left - 1);
                attempt++;
                timeline.after(20_000 + chance.nextLong(80_000), this::next);
            }
        }
    }

    private record Waiting(Client client, int attempt, int count, long term) {}

    private final class Front implements NodeFront {
        final Host host;
        private final App app;
        private final TreeMap<Long, Waiting> proposals = new TreeMap<>();
        private final TreeMap<Long, Waiting> appended = new TreeMap<>();
        private final TreeMap<Long, Waiting> reads = new TreeMap<>();
        private final TreeMap<Long, List<Waiting>> granted = new TreeMap<>();
        private long nextId;
        private boolean loading;
        private long sinceSnapshot;
        private long lastTerm;
        private long lastTime;
        private boolean dead;

        Front(Host host, App app) {
            this.host = host;
            this.app = app;
            this.nextId = host.bootEpoch() << 40;
        }

        void propose(Client client, int attempt, int count) {
            List<Payload> commands = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                commands.add(Payload.of(ByteBuffer.allocate(8 + 4 * (nextCommand % 16))
                        .putInt(++nextCommand)
                        .array()));
            }
            long id = nextId++;
            proposals.put(id, new Waiting(client, attempt, count, 0));
            host.propose(id, commands);
        }

        void read(Client client, int attempt) {
            long id = nextId++;
            reads.put(id, new Waiting(client, attempt, 0, 0));
            host.read(id);
        }

        @Override
        public void receipt(ProposeReceipt receipt) {
            Waiting waiting = proposals.remove(receipt.proposalId());
            if (waiting == null) {
                return;
            }
            if (!receipt.appended()) {
                retry(waiting);
                return;
            }
            long last = receipt.firstIndex() + waiting.count - 1;
            if (last > app.index) {
                appended.put(last, new Waiting(waiting.client, waiting.attempt, waiting.count, receipt.entryTerm()));
            } else {
                retry(waiting);
            }
        }

        private void retry(Waiting waiting) {
            host.after(1 + swarm.electionMicros / 8, () -> waiting.client.retry(waiting.attempt));
        }

        @Override
        public void granted(ReadGrant grant) {
            Waiting waiting = reads.remove(grant.readId());
            if (waiting == null) {
                return;
            }
            if (!grant.granted()) {
                retry(waiting);
            } else if (grant.readIndex() <= app.index) {
                waiting.client.answered(waiting.attempt);
            } else {
                granted.computeIfAbsent(grant.readIndex(), index -> new ArrayList<>())
                        .add(waiting);
            }
        }

        @Override
        public void deliverable() {
            host.after(1, this::pump);
        }

        @Override
        public void leadership(RoleName role, long term, Optional<MemberId> leader) {}

        @Override
        public void snapshotWanted() {
            sinceSnapshot = Long.MAX_VALUE / 2;
            host.after(1, this::pump);
        }

        @Override
        public void stopped() {
            dead = true;
        }

        private void pump() {
            if (dead || loading) {
                return;
            }
            while (app.index < host.deliverableIndex()) {
                if (app.index + 1 < host.firstIndex()) {
                    load(host.snapshot().orElseThrow());
                    return;
                }
                Optional<List<Entry>> entries = host.deliverable(app.index + 1, 2000);
                if (entries.isEmpty()) {
                    loading = true;
                    host.readFromDisk(app.index + 1, 2000, read -> {
                        loading = false;
                        read.forEach(this::apply);
                        host.after(1, this::pump);
                    });
                    return;
                }
                entries.get().forEach(this::apply);
            }
            boolean due = swarm.snapshotEvery > 0 && sinceSnapshot >= swarm.snapshotEvery;
            if ((due || sinceSnapshot > Integer.MAX_VALUE) && lastTerm > 0) {
                sinceSnapshot = 0;
                ByteBuffer bytes = ByteBuffer.allocate(100 + (int) (app.index % 400))
                        .putLong(app.index)
                        .putLong(app.digest);
                host.snapshotProduced(app.index, lastTerm, lastTime, Payload.of(bytes.array()));
            }
        }

        private void load(Snapshot snapshot) {
            loading = true;
            host.readSnapshot(snapshot, bytes -> {
                loading = false;
                bytes.ifPresent(payload -> {
                    ByteBuffer state = ByteBuffer.wrap(payload.array());
                    app.index = state.getLong();
                    app.digest = state.getLong();
                    lastTerm = 0;
                    if (app.index != snapshot.index()) {
                        watcher.violation("invariant 14: a snapshot of " + app.index + " is called " + snapshot);
                    }
                    watcher.applied(host.rank(), app.index, app.digest);
                    answer();
                });
                host.after(1, this::pump);
            });
        }

        private void apply(Entry entry) {
            if (entry.index() != app.index + 1) {
                if (entry.index() > app.index) {
                    watcher.violation("invariant 13: entry " + entry.index() + " follows " + app.index);
                }
                return;
            }
            app.index = entry.index();
            app.digest = (app.digest ^ entry.data().hashCode()) * 0x9E3779B97F4A7C15L + entry.timeMillis();
            app.digest ^= app.digest >>> 31;
            lastTerm = entry.term();
            lastTime = entry.timeMillis();
            sinceSnapshot++;
            watcher.applied(host.rank(), app.index, app.digest);
            host.applied(app.index);
            Waiting waiting = appended.remove(entry.index());
            if (waiting != null && waiting.term == entry.term()) {
                watcher.acknowledged(host.rank(), entry.index(), entry.term());
                waiting.client.answered(waiting.attempt);
            } else if (waiting != null) {
                retry(waiting);
            }
            answer();
        }

        private void answer() {
            while (!granted.isEmpty() && granted.firstKey() <= app.index) {
                granted.pollFirstEntry().getValue().forEach(read -> read.client.answered(read.attempt));
            }
        }
    }
}
