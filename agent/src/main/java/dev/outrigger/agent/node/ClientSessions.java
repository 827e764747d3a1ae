package dev.outrigger.agent.node;

import dev.outrigger.agent.app.Sessions;
import dev.outrigger.agent.node.Answer.Applied;
import dev.outrigger.agent.node.Answer.Numbered;
import dev.outrigger.agent.session.SessionEntry;
import dev.outrigger.agent.session.Verdict;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

/** What clients ask in and of sessions, by the names that they know them by. On the event loop. */
final class ClientSessions {
    private final SessionName names;
    private final long timeToLiveMillis;
    private final Commands commands;
    private final Barriers barriers;
    private final Sessions sessions;
    private final Supplier<Optional<Problem>> behind;
    private final LongPredicate skipped;

    /**
     * @param timeToLiveMillis of sessions for which the client names none
     * @param behind why the sessions cannot be looked at now; empty when they can
     * @param skipped whether it was decided that nobody applies the command at that index
     */
    ClientSessions(
            String clusterId,
            long timeToLiveMillis,
            Commands commands,
            Barriers barriers,
            Sessions sessions,
            Supplier<Optional<Problem>> behind,
            LongPredicate skipped) {
        this.names = new SessionName(clusterId);
        this.timeToLiveMillis = timeToLiveMillis;
        this.commands = commands;
        this.barriers = barriers;
        this.sessions = sessions;
        this.behind = behind;
        this.skipped = skipped;
    }

    Future<List<Answer<Applied>>> submit(List<ClientCommand> submitted, Duration wait) {
        List<Order> orders = new ArrayList<>(submitted.size());
        boolean[] foreign = new boolean[submitted.size()];
        for (int i = 0; i < foreign.length; i++) {
            Optional<Order> order = order(submitted.get(i));
            foreign[i] = order.isEmpty();
            order.ifPresent(orders::add);
        }
        if (orders.isEmpty()) {
            return Future.succeededFuture(merged(foreign, List.of()));
        }
        Future<List<Answer<Applied>>> answers = commands.submit(orders, wait);
        return orders.size() == foreign.length ? answers : answers.map(ours -> merged(foreign, ours));
    }

    /** Empty for a session that is not of this cluster: nothing need be proposed to know that it is not open here. */
    private Optional<Order> order(ClientCommand command) {
        if (command.place().isEmpty()) {
            return Optional.of(Order.command(command.body()));
        }
        ClientCommand.Place place = command.place().get();
        OptionalLong session = names.parse(place.session());
        return session.isPresent()
                ? Optional.of(Order.inSession(session.getAsLong(), place.sequence(), command.body()))
                : Optional.empty();
    }

    private static List<Answer<Applied>> merged(boolean[] foreign, List<Answer<Applied>> answers) {
        List<Answer<Applied>> all = new ArrayList<>(foreign.length);
        Iterator<Answer<Applied>> next = answers.iterator();
        for (boolean notOurs : foreign) {
            all.add(notOurs ? new Answer.Failed<>(SessionProblems.expired()) : next.next());
        }
        return all;
    }

    Future<Answer<Answer.Opened>> open(OptionalLong asked, Duration wait) {
        long millis = asked.orElse(timeToLiveMillis);
        return one(Order.session(new SessionEntry.Open(millis)), wait)
                .map(answer -> then(answer, opened -> new Answer.Opened(names.of(opened.index()), millis)));
    }

    Future<Answer<Long>> close(String session, Duration wait) {
        OptionalLong id = names.parse(session);
        if (id.isEmpty()) {
            return Future.succeededFuture(new Answer.Failed<>(SessionProblems.expired()));
        }
        return one(Order.session(new SessionEntry.Close(id.getAsLong())), wait)
                .map(answer -> then(answer, Applied::index));
    }

    private Future<Answer<Applied>> one(Order order, Duration wait) {
        return commands.submit(List.of(order), wait).map(answers -> answers.get(0));
    }

    Future<Answer<Numbered>> look(String session, long sequence, Duration wait) {
        OptionalLong id = names.parse(session);
        if (id.isEmpty()) {
            return Future.succeededFuture(new Answer.Failed<>(SessionProblems.expired()));
        }
        return barriers.barrier(wait).map(reached -> {
            if (reached instanceof Answer.Failed<Long> failed) {
                return new Answer.Failed<>(failed.problem());
            }
            return behind.get()
                    .<Answer<Numbered>>map(Answer.Failed::new)
                    .orElseGet(() -> numbered(id.getAsLong(), sequence));
        });
    }

    private Answer<Numbered> numbered(long session, long sequence) {
        Verdict verdict = sessions.look(session, sequence);
        return switch (verdict.kind()) {
            case EXPIRED -> new Answer.Failed<>(SessionProblems.expired());
            case SKIPPED -> new Answer.Failed<>(SessionProblems.skipped(verdict.appliedIndex()));
            case FORGOTTEN -> new Answer.Ok<>(new Numbered.Forgotten());
            case APPLY -> new Answer.Ok<>(new Numbered.Unseen());
            case DUPLICATE, CONFLICT ->
                skipped.test(verdict.appliedIndex())
                        ? new Answer.Failed<>(SessionProblems.skipped(verdict.appliedIndex()))
                        : new Answer.Ok<>(new Numbered.Executed(
                                verdict.appliedIndex(),
                                sessions.result(session, sequence)
                                        .map(first ->
                                                new Applied(first.index(), first.term(), first.code(), first.data()))));
        };
    }

    private static <T> Answer<T> then(Answer<Applied> answer, Function<Applied, T> good) {
        return answer instanceof Answer.Ok<Applied> ok
                ? new Answer.Ok<>(good.apply(ok.value()))
                : new Answer.Failed<>(((Answer.Failed<Applied>) answer).problem());
    }
}
