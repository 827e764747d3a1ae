package dev.outrigger.agent.cli.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code POST query}. */
final class QueryChecks {
    private static final String QUERY = "1, query";
    private static final int BATCH_COMMANDS = 1024;
    private static final int QUERIES = 16;

    private QueryChecks() {}

    static List<Check> all() {
        return List.of(
                new Check(
                        "query",
                        QUERY,
                        "200 with the same answer twice, and nothing changed",
                        "queries go to one instance only: one that changes the state makes it differ from the others",
                        subject -> {
                            subject.unchangedBy(() -> {
                                Answer answer = subject.query();
                                Deviation.unless(answer.status() == 200, answer.brief());
                            });
                            return "that";
                        }),
                new Check(
                        "senseless-query",
                        QUERY,
                        "an answer of any status, and nothing changed, for a query of bytes that mean nothing",
                        "anybody may ask anything",
                        subject -> {
                            Answer[] answer = new Answer[1];
                            subject.unchangedBy(
                                    () -> answer[0] = subject.app().query(new byte[] {0, (byte) 0xff, '{', '"'}));
                            return "status " + answer[0].status();
                        }),
                new Check(
                        "query-during-apply",
                        QUERY,
                        "200 for queries beside a batch, and for the batch",
                        "reads go on while a long batch is applied",
                        QueryChecks::duringApply));
    }

    private static String duringApply(Subject subject) {
        Delivery delivery = subject.next(BATCH_COMMANDS);
        CompletableFuture<Answer> applied = subject.app().postJsonAsync("apply", delivery.bytes());
        List<CompletableFuture<Answer>> queries = new ArrayList<>();
        for (int i = 0; i < QUERIES; i++) {
            queries.add(subject.app().queryAsync(subject.supply().query()));
        }
        for (CompletableFuture<Answer> query : queries) {
            Answer answer = App.await(query);
            Deviation.unless(answer.status() == 200, "to a query beside a batch: " + answer.brief());
        }
        subject.delivered(delivery, App.await(applied));
        return "that";
    }
}
