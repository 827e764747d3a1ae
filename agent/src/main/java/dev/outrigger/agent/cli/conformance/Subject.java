package dev.outrigger.agent.cli.conformance;

import dev.outrigger.agent.cli.conformance.Delivery.Command;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The application under test, in conversation with something that behaves as one agent does. */
final class Subject {
    /** When the agreed time begins; it rises by {@link #STEP_MILLIS} with each command. */
    private static final long TIME_MILLIS = 1_764_000_000_000L;

    private static final long STEP_MILLIS = 10;

    private final App app;
    private final Optional<App> twin;
    private final CommandSupply supply;
    private final int commandBytesMax;
    private final List<Delivery> history = new ArrayList<>();
    private long epoch;
    private long term = 1;
    private long number;
    private boolean fresh = true;
    private Position position = new Position(0, 0);

    /** @param epoch above what any agent has had; the next run has a higher one */
    Subject(App app, Optional<App> twin, CommandSupply supply, int commandBytesMax, long epoch) {
        this.app = app;
        this.twin = twin;
        this.supply = supply;
        this.commandBytesMax = commandBytesMax;
        this.epoch = epoch;
    }

    App app() {
        return app;
    }

    Optional<App> twin() {
        return twin;
    }

    CommandSupply supply() {
        return supply;
    }

    int commandBytesMax() {
        return commandBytesMax;
    }

    Position position() {
        return position;
    }

    long epoch() {
        return epoch;
    }

    /** From here on another start of the agent speaks. */
    void restartAgent() {
        epoch++;
    }

    void raiseTerm() {
        term++;
    }

    /** All that was delivered since the application had seen nothing, where that is known. */
    Optional<List<Delivery>> wholeHistory() {
        return fresh ? Optional.of(history) : Optional.empty();
    }

    /** What an agent does at first and after every doubt. */
    JsonObject ask() {
        Answer answer = app.get("info");
        Deviation.unless(answer.status() == 200, "info: " + answer.brief());
        JsonObject info = answer.json();
        Position said = Position.of(info);
        if (history.isEmpty() && said.index() > 0) {
            fresh = false;
        }
        position = said;
        term = Math.max(term, said.term());
        return info;
    }

    /** Where it says it stands now. */
    Position asked() {
        ask();
        return position;
    }

    void mustStandAt(Position wanted) {
        Position said = asked();
        Deviation.unless(said.equals(wanted), "info then says " + said + " instead of " + wanted);
    }

    /** The next commands, at adjacent indexes. */
    Delivery next(int count) {
        return next(count, 1);
    }

    /** @param step from one index to the next: what lies between are entries that are no commands */
    Delivery next(int count, long step) {
        List<byte[]> commands = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            commands.add(supply.command(number + i));
        }
        return next(commands, step);
    }

    Delivery next(List<byte[]> data, long step) {
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < data.size(); i++) {
            long index = position.index() + (i + 1) * step;
            commands.add(new Command(index, term, TIME_MILLIS + (number + i) * STEP_MILLIS, data.get(i)));
        }
        return new Delivery(epoch, position.index(), false, commands);
    }

    Answer send(Delivery delivery) {
        return app.postJson("apply", delivery.bytes());
    }

    /** Delivers, and goes on from there when the answer is what an agent accepts. */
    Results deliver(Delivery delivery) {
        return delivered(delivery, send(delivery));
    }

    Results delivered(Delivery delivery, Answer answer) {
        Results results = Results.of(answer, delivery);
        goOn(delivery);
        return results;
    }

    /** The same where the beginning of what was sent had been delivered before. */
    Results overlapped(Delivery known, Delivery fresh, Answer answer) {
        Results results = Results.of(answer, known.and(fresh));
        goOn(fresh);
        return results;
    }

    private void goOn(Delivery delivery) {
        history.add(delivery);
        List<Command> commands = delivery.commands();
        number += commands.size();
        if (!commands.isEmpty()) {
            Command last = commands.get(commands.size() - 1);
            position = new Position(last.index(), last.term());
        }
    }

    /** Has the application stand at another position by what it was given; that is no history of commands. */
    void restoredAt(Position at) {
        fresh = false;
        position = at;
    }

    /** A 409 must tell where the application stands. */
    void mustConflict(Answer answer) {
        Deviation.unless(answer.status() == 409, answer.brief());
        Object applied = answer.json().getValue("applied");
        Object index = applied instanceof JsonObject object ? object.getValue("index") : applied;
        Deviation.unless(
                index instanceof Number number && number.longValue() == position.index(),
                "409, but with applied " + applied + " where " + position.index() + " is applied");
    }

    Answer query() {
        return app.query(supply.query());
    }

    /** Runs what must change nothing: neither the position nor what a query answers. */
    void unchangedBy(Runnable what) {
        Position before = position;
        Answer answer = query();
        what.run();
        mustStandAt(before);
        sameAnswer(answer, query());
    }

    static void sameAnswer(Answer before, Answer after) {
        Deviation.unless(
                before.status() == after.status() && Arrays.equals(before.body(), after.body()),
                "a query answers " + after.brief() + " where it answered " + before.brief() + " before");
    }

    Map<String, String> snapshotHeaders(Position at, String format) {
        Map<String, String> headers = new TreeMap<>();
        headers.put("Outrigger-Index", Long.toString(at.index()));
        headers.put("Outrigger-Term", Long.toString(at.term()));
        headers.put("Outrigger-Format", format);
        headers.put("Outrigger-Epoch", Long.toString(epoch));
        return headers;
    }
}
