package dev.outrigger.agent.node;

import dev.outrigger.agent.app.CommittedLog;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Those who follow the committed commands in this agent's log. Holds nothing for them: each reads when it is ready for
 * more, one read at a time, and one that waits is woken by what is committed. On the event loop.
 */
final class LogFeed {
    /** Each may have one read from the disk under way, and its bytes in memory. */
    static final int READERS_MAX = 16;

    /** In one read; a single larger command is read alone. */
    static final int READ_BYTES_MAX = 256 << 10;

    private final CommittedLog log;
    private final List<Reader> readers = new ArrayList<>();
    private Optional<Problem> closed = Optional.empty();

    LogFeed(CommittedLog log) {
        this.log = log;
    }

    int readers() {
        return readers.size();
    }

    /** @param from index of the first entry to read, from 1; it may lie ahead */
    Answer<LogReader> open(long from) {
        if (closed.isPresent()) {
            return new Answer.Failed<>(closed.get());
        }
        if (from < log.firstIndex()) {
            return new Answer.Failed<>(compacted(from));
        }
        if (readers.size() >= READERS_MAX) {
            return new Answer.Failed<>(Problem.of(
                    Code.OVERLOADED,
                    Outcome.NONE,
                    READERS_MAX + " readers follow this agent's log already, the most that it takes. Ask another agent."));
        }
        Reader reader = new Reader(from);
        readers.add(reader);
        return new Answer.Ok<>(reader);
    }

    /** More may be read. */
    void committed() {
        List.copyOf(readers).forEach(Reader::wake);
    }

    /** Whoever waits is told, and nobody reads any more. */
    void close(Problem why) {
        closed = Optional.of(why);
        List.copyOf(readers).forEach(Reader::wake);
    }

    private Problem compacted(long from) {
        return new Problem(
                Code.COMPACTED,
                Outcome.NONE,
                "Index " + from + " is not in this agent's log any more: it begins at " + log.firstIndex()
                        + ", and what came before is in a snapshot. Take the state from there and read on after it.",
                Optional.empty(),
                Optional.of(log.firstIndex()),
                Optional.empty());
    }

    private final class Reader implements LogReader {
        private long nextIndex;
        private @Nullable Promise<Answer<List<LoggedCommand>>> waiting;

        Reader(long from) {
            this.nextIndex = from;
        }

        @Override
        public Future<Answer<List<LoggedCommand>>> next() {
            if (closed.isPresent()) {
                return failed(closed.get());
            }
            if (nextIndex < log.firstIndex()) {
                return failed(compacted(nextIndex));
            }
            if (nextIndex > log.deliverableIndex()) {
                waiting = Promise.promise();
                return waiting.future();
            }
            return log.read(nextIndex, READ_BYTES_MAX).transform(this::taken);
        }

        private Future<Answer<List<LoggedCommand>>> taken(AsyncResult<List<Entry>> read) {
            if (read.failed()) {
                return failed(compacted(nextIndex)); // what else fails stops the agent
            }
            List<Entry> entries = read.result();
            nextIndex = entries.get(entries.size() - 1).index() + 1;
            List<LoggedCommand> commands =
                    entries.stream().flatMap(entry -> LoggedCommand.of(entry).stream()).toList();
            return commands.isEmpty() ? next() : Future.succeededFuture(new Answer.Ok<>(commands));
        }

        private void wake() {
            Promise<Answer<List<LoggedCommand>>> promise = waiting;
            if (promise != null && (closed.isPresent() || nextIndex <= log.deliverableIndex())) {
                waiting = null;
                next().onComplete(promise);
            }
        }

        @Override
        public void close() {
            waiting = null;
            readers.remove(this);
        }

        private Future<Answer<List<LoggedCommand>>> failed(Problem problem) {
            return Future.succeededFuture(new Answer.Failed<>(problem));
        }
    }
}
