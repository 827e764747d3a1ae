package dev.outrigger.agent.app;

import dev.outrigger.agent.app.AppEvents.Result;
import dev.outrigger.agent.session.SessionResult;
import dev.outrigger.agent.session.SessionResults;
import dev.outrigger.agent.session.SessionTable;
import dev.outrigger.agent.session.Verdict;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What this member knows of the sessions of clients: the table where the application stands, agreed on by all members, and
 * the results that this one has kept. On the event loop; meters are read by any thread.
 */
public final class Sessions {
    private final Backlog backlog;
    private final SessionResults results;
    private final Map<Ruling.Kind, Counter> passed = new EnumMap<>(Ruling.Kind.class);
    private volatile int open;
    private volatile long resultBytes;

    Sessions(Backlog backlog, long resultBytesMax, MeterRegistry registry) {
        this.backlog = backlog;
        this.results = new SessionResults(resultBytesMax);
        Gauge.builder("outrigger.sessions.open", () -> open)
                .description("Sessions of clients that are open")
                .register(registry);
        Gauge.builder("outrigger.sessions.results", () -> resultBytes)
                .description("Memory that kept results of commands of sessions take")
                .baseUnit("bytes")
                .register(registry);
        for (Ruling.Kind kind : Ruling.Kind.values()) {
            if (kind != Ruling.Kind.DELIVER && kind != Ruling.Kind.NOTHING) {
                passed.put(
                        kind,
                        Counter.builder("outrigger.sessions.passed")
                                .description("Entries of sessions that did not reach the application; replayed ones"
                                        + " count again")
                                .tag("ruling", kind.name().toLowerCase(Locale.ROOT))
                                .register(registry));
            }
        }
    }

    /** The application has answered the commands of a batch. */
    void applied(Batch batch, List<Result> answers) {
        int next = 0;
        for (Ruling ruling : batch.rulings()) {
            if (ruling.isDelivered()) {
                Result answer = answers.get(next++);
                if (ruling.session() > 0) {
                    results.keep(
                            ruling.session(),
                            ruling.sequence(),
                            new SessionResult(ruling.index(), ruling.entry().term(), answer.code(), answer.data()));
                }
            }
        }
        measure();
    }

    void passed(List<Ruling> rulings) {
        for (Ruling ruling : rulings) {
            Counter counter = passed.get(ruling.kind());
            if (counter != null) {
                counter.increment();
            }
        }
        measure();
    }

    private void measure() {
        open = table().size();
        resultBytes = results.bytes();
    }

    private SessionTable table() {
        return backlog.gate().sessions();
    }

    /** What would be said now to a command with this number and the body that it had. */
    public Verdict look(long session, long sequence) {
        return table().look(session, sequence);
    }

    /** What would be said now to this command. */
    public Verdict look(long session, long sequence, long bodyHash) {
        return table().look(session, sequence, bodyHash);
    }

    /** The first result of a command; empty when it is not kept here. */
    public Optional<SessionResult> result(long session, long sequence) {
        return results.find(session, sequence);
    }

    /** How many are open. */
    public int open() {
        return table().size();
    }

    /** Memory that the kept results take. */
    public long resultBytes() {
        return results.bytes();
    }
}
