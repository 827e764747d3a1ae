package dev.outrigger.agent.node;

import static dev.outrigger.agent.node.NodeFixture.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.outrigger.agent.app.CommittedLog;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogFeedTest {
    private final Log log = new Log();
    private final LogFeed feed = new LogFeed(log);

    private LogReader reader(long from) {
        return ok(feed.open(from));
    }

    @SuppressWarnings("unchecked")
    private static <T> T ok(Answer<T> answer) {
        return (T) assertInstanceOf(Answer.Ok.class, answer, answer::toString).value();
    }

    private static Problem problem(Answer<?> answer) {
        return assertInstanceOf(Answer.Failed.class, answer, answer::toString).problem();
    }

    private static List<Long> indexes(Future<Answer<List<LoggedCommand>>> read) {
        return ok(read.result()).stream().map(LoggedCommand::index).toList();
    }

    @Test
    void givesTheCommittedCommandsAndNothingElse() {
        log.add(Entry.Kind.NOOP, "").add(Entry.Kind.COMMAND, "a").add(Entry.Kind.CONFIGURATION, "c");
        log.add(Entry.Kind.RESTORE, "part").add(Entry.Kind.COMMAND, "b").add(Entry.Kind.COMMAND, "not committed");
        log.committed = 5;
        List<LoggedCommand> commands = ok(reader(1).next().result());
        assertEquals(
                List.of(
                        new LoggedCommand(2, 1, 1002, payload("a"), Optional.empty()),
                        new LoggedCommand(5, 1, 1005, payload("b"), Optional.empty())),
                commands);
    }

    @Test
    void waitsForWhatIsCommittedLaterAndGoesOnFromThere() {
        log.add(Entry.Kind.COMMAND, "a").commit();
        LogReader reader = reader(1);
        assertEquals(List.of(1L), indexes(reader.next()));

        Future<Answer<List<LoggedCommand>>> next = reader.next();
        log.add(Entry.Kind.COMMAND, "b");
        feed.committed();
        assertFalse(next.isComplete(), "it is not committed");
        log.commit();
        feed.committed();
        assertEquals(List.of(2L), indexes(next));
    }

    @Test
    void passesOverWhatHoldsNoCommandWithoutAnEmptyAnswer() {
        log.readCount = 2;
        log.add(Entry.Kind.NOOP, "").add(Entry.Kind.NOOP, "").add(Entry.Kind.NOOP, "").commit();
        Future<Answer<List<LoggedCommand>>> next = reader(1).next();
        assertFalse(next.isComplete());
        log.add(Entry.Kind.COMMAND, "a").commit();
        feed.committed();
        assertEquals(List.of(4L), indexes(next));
    }

    @Test
    void oneReadAtATimeIsInMemoryForAReader() {
        for (int i = 0; i < 10; i++) {
            log.add(Entry.Kind.COMMAND, "c" + i);
        }
        log.commit();
        log.readCount = 3;
        LogReader reader = reader(2);
        assertEquals(0, log.reads, "nothing is read before it is asked for");
        assertEquals(List.of(2L, 3L, 4L), indexes(reader.next()));
        feed.committed();
        feed.committed();
        assertEquals(1, log.reads, "who asks for nothing is read nothing");
        assertEquals(List.of(5L, 6L, 7L), indexes(reader.next()));
    }

    @Test
    void mayBeginAheadOfTheLog() {
        Future<Answer<List<LoggedCommand>>> next = reader(3).next();
        log.add(Entry.Kind.COMMAND, "a").add(Entry.Kind.COMMAND, "b").commit();
        feed.committed();
        assertFalse(next.isComplete());
        log.add(Entry.Kind.COMMAND, "c").commit();
        feed.committed();
        assertEquals(List.of(3L), indexes(next));
    }

    @Test
    void whatIsDroppedIsNamedByWhatIsLeft() {
        log.add(Entry.Kind.COMMAND, "a").add(Entry.Kind.COMMAND, "b").add(Entry.Kind.COMMAND, "c").commit();
        LogReader slow = reader(1);
        log.first = 3;
        for (Answer<?> answer : List.of(feed.open(2), slow.next().result())) {
            assertEquals(Code.COMPACTED, problem(answer).code());
            assertEquals(Optional.of(3L), problem(answer).index());
        }
        assertEquals(List.of(3L), indexes(reader(3).next()));
    }

    @Test
    void aReadThatTheLogCannotServeAnyMoreIsCompactedToo() {
        log.add(Entry.Kind.COMMAND, "a").add(Entry.Kind.COMMAND, "b").commit();
        LogReader reader = reader(1);
        log.droppedWhileRead = true;
        assertEquals(Code.COMPACTED, problem(reader.next().result()).code());
    }

    @Test
    void readersAreCountedAndBounded() {
        List<LogReader> readers = new ArrayList<>();
        for (int i = 0; i < LogFeed.READERS_MAX; i++) {
            readers.add(reader(1));
        }
        assertEquals(LogFeed.READERS_MAX, feed.readers());
        assertEquals(Code.OVERLOADED, problem(feed.open(1)).code());
        readers.get(3).close();
        readers.get(3).close();
        assertEquals(LogFeed.READERS_MAX - 1, feed.readers());
        reader(1);
    }

    @Test
    void theEndOfTheAgentIsTold() {
        Future<Answer<List<LoggedCommand>>> waiting = reader(1).next();
        LogReader other = reader(1);
        feed.close(Problem.of(Code.SHUTTING_DOWN, Outcome.NONE, "over"));
        assertEquals(Code.SHUTTING_DOWN, problem(waiting.result()).code());
        assertEquals(Code.SHUTTING_DOWN, problem(other.next().result()).code());
        assertEquals(Code.SHUTTING_DOWN, problem(feed.open(1)).code());
    }

    /** Every member has the same commands at the same places, also one that was told of them by others. */
    @Test
    void everyMemberGivesTheSameCommands() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a", "b", "c").startAll()) {
            MemberId leader = cluster.leader();
            for (int i = 0; i < 20; i++) {
                cluster.submit(leader, "c" + i);
            }
            List<LoggedCommand> there = read(cluster, leader, 20);
            assertEquals(
                    List.of("c0", "c19"),
                    List.of(text(there.get(0)), text(there.get(19))));
            for (MemberId member : cluster.nodes.keySet()) {
                assertEquals(there, read(cluster, member, 20), member.name());
            }
        }
    }

    private static List<LoggedCommand> read(NodeFixture cluster, MemberId member, int count) {
        LogReader reader =
                ok(NodeFixture.await(cluster.onLoop(() -> cluster.node(member).readLog(1))));
        List<LoggedCommand> commands = new ArrayList<>();
        while (commands.size() < count) {
            commands.addAll(ok(NodeFixture.await(cluster.onLoop(reader::next))));
        }
        return commands;
    }

    private static String text(LoggedCommand command) {
        return new String(command.data().array(), StandardCharsets.UTF_8);
    }

    private static final class Log implements CommittedLog {
        private final List<Entry> entries = new ArrayList<>();
        private long first = 1;
        private long committed;
        private int readCount = Integer.MAX_VALUE;
        private int reads;
        private boolean droppedWhileRead;

        Log add(Entry.Kind kind, String data) {
            long index = entries.size() + 1;
            entries.add(new Entry(index, 1, kind, 1000 + index, data.isEmpty() ? Payload.EMPTY : payload(data)));
            return this;
        }

        void commit() {
            committed = entries.size();
        }

        @Override
        public long firstIndex() {
            return first;
        }

        @Override
        public long deliverableIndex() {
            return committed;
        }

        @Override
        public long lastIndex() {
            return entries.size();
        }

        @Override
        public long termAt(long index) {
            return 1;
        }

        @Override
        public Future<List<Entry>> read(long from, int bytesMax) {
            reads++;
            if (droppedWhileRead) {
                return Future.failedFuture("dropped");
            }
            long last = Math.min(committed, from - 1 + readCount);
            return Future.succeededFuture(entries.subList((int) from - 1, (int) last));
        }
    }
}
