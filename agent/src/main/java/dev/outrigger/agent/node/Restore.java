package dev.outrigger.agent.node;

import dev.outrigger.agent.app.RestorePart;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import dev.outrigger.agent.storage.BackupDamage;
import dev.outrigger.agent.storage.BackupDecoder;
import dev.outrigger.agent.storage.SnapshotHead;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One backup on its way into the log: cut into pieces, which are proposed in order, one at a time, and kept until they are
 * committed. A piece may stand in the log twice, and counts once; whatever was lost is proposed again from there on. The end
 * is proposed when the whole backup was seen and all pieces are committed, and when it may have been appended it is never
 * proposed again. On the event loop.
 */
final class Restore implements RestoreUpload {
    /** Large enough to keep a group busy over a few milliseconds of distance. */
    private static final int WINDOW_BYTES_MAX = 2 << 20;

    private static final int PIECE_BYTES_MAX = 512 << 10;
    private static final int FORMAT_CHARS_MAX = 255;
    /** So long a group may take nothing before its client is told. */
    private static final long STALLED_AFTER_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Restores.Group group;
    private final UUID id;
    private final long lostAfterNanos;
    private final LongSupplier proposalIds;
    private final Consumer<Restore> ended;
    private final BackupDecoder decoder;

    private final byte[] piece;
    private int pieceLength;
    private int pieces;
    private long bytes;
    private final CRC32C crc = new CRC32C();
    private String format = "";

    /** What is not known to be committed, in the order of the log. */
    private final Deque<Part> window = new ArrayDeque<>();

    private int windowBytes;
    /** The one whose receipt is awaited. */
    private @Nullable Part proposed;

    private long proposalId;
    private long proposedNanos;
    private boolean holding;
    private long firstIndex;
    private long progressNanos = System.nanoTime();

    private boolean whole;
    private boolean endMade;
    private long endIndex;
    private long deadlineNanos;
    private final TreeMap<Long, Problem> voids = new TreeMap<>();

    private Optional<Problem> problem = Optional.empty();
    private @Nullable Promise<Optional<Problem>> room;
    private final Promise<Answer<Long>> answer = Promise.promise();

    /** Something that becomes one entry. */
    private static final class Part {
        private final Payload data;
        private final boolean isEnd;
        /** Where the leader has put it; 0 before that. */
        private long index;

        private long term;

        Part(Payload data, boolean isEnd) {
            this.data = data;
            this.isEnd = isEnd;
        }
    }

    /** @param ended told once, when nothing more comes of this */
    Restore(
            Restores.Group group,
            Function<BackupDecoder.Sink, BackupDecoder> decoders,
            UUID id,
            int entryBytesMax,
            long lostAfterNanos,
            LongSupplier proposalIds,
            Consumer<Restore> ended) {
        this.group = group;
        this.id = id;
        this.lostAfterNanos = lostAfterNanos;
        this.proposalIds = proposalIds;
        this.ended = ended;
        this.piece = new byte[Math.min(PIECE_BYTES_MAX, entryBytesMax - RestorePart.PIECE_OVERHEAD_BYTES)];
        this.decoder = decoders.apply(new Pieces());
    }

    // ---- the backup ----

    @Override
    public Future<Optional<Problem>> write(Payload more) {
        if (problem.isEmpty()) {
            decode(() -> decoder.push(ByteBuffer.wrap(more.array())));
        }
        if (problem.isPresent() || hasRoom()) {
            group.wake();
            return Future.succeededFuture(problem);
        }
        room = Promise.promise();
        group.wake();
        return room.future();
    }

    @Override
    public Future<Answer<Long>> finish(Duration wait) {
        deadlineNanos = System.nanoTime() + wait.toNanos();
        if (problem.isEmpty()) {
            decode(decoder::end);
        }
        if (problem.isEmpty()) {
            cut();
            whole = true;
            group.wake();
        } else {
            answer.tryComplete(new Answer.Failed<>(problem.get()));
        }
        return answer.future();
    }

    @Override
    public void abandon() {
        fail(Problem.of(Code.SHUTTING_DOWN, Outcome.UNKNOWN, "Nobody waits for it any more."));
    }

    private void decode(Runnable step) {
        try {
            step.run();
        } catch (BackupDamage damage) {
            fail(Problem.of(
                    Code.MALFORMED,
                    Outcome.NONE,
                    "This is no whole backup: " + damage.getMessage() + ". Nothing changed."));
        }
    }

    private final class Pieces implements BackupDecoder.Sink {
        @Override
        public void head(SnapshotHead head) {
            format = head.format();
            if (format.length() > FORMAT_CHARS_MAX || !format.chars().allMatch(c -> c > ' ' - 1 && c < 127)) {
                throw new BackupDamage("its format is no name: '" + format + "'");
            }
        }

        @Override
        public void data(byte[] array, int offset, int length) {
            int taken = 0;
            while (taken < length) {
                int count = Math.min(length - taken, piece.length - pieceLength);
                System.arraycopy(array, offset + taken, piece, pieceLength, count);
                taken += count;
                pieceLength += count;
                if (pieceLength == piece.length) {
                    cut();
                }
            }
        }
    }

    private void cut() {
        if (pieceLength > 0) {
            Payload data = Payload.of(Arrays.copyOf(piece, pieceLength));
            crc.update(data.array());
            bytes += pieceLength;
            pieceLength = 0;
            add(new Part(new RestorePart.Piece(id, pieces++, data).encode(), false));
        }
    }

    private void add(Part part) {
        if (window.isEmpty()) {
            progressNanos = System.nanoTime();
        }
        window.add(part);
        windowBytes += part.data.length();
    }

    private boolean hasRoom() {
        return windowBytes < WINDOW_BYTES_MAX;
    }

    // ---- the log ----

    boolean hasWork() {
        return !holding
                && proposed == null
                && next().isPresent()
                && group.closed().isEmpty();
    }

    private Optional<Part> next() {
        return window.stream().filter(part -> part.index == 0).findFirst();
    }

    void pump() {
        settle();
        if (problem.isPresent()) {
            return;
        }
        if (whole && !endMade && window.isEmpty()) {
            endMade = true;
            RestorePart.End end = new RestorePart.End(id, firstIndex, pieces, bytes, (int) crc.getValue(), format);
            add(new Part(end.encode(), true));
        }
        if (hasWork()) {
            Part part = next().orElseThrow();
            proposed = part;
            proposalId = proposalIds.getAsLong();
            proposedNanos = System.nanoTime();
            group.proposeRestore(proposalId, part.data);
        }
        lookAtEnd();
        giveRoom();
    }

    void receipt(ProposeReceipt receipt) {
        Part part = proposed;
        if (part == null || receipt.proposalId() != proposalId) {
            return;
        }
        proposed = null;
        if (receipt.appended()) {
            part.index = receipt.firstIndex();
            part.term = receipt.entryTerm();
            settle();
            lookAtEnd();
        } else {
            holding = true;
        }
    }

    /** Takes what is committed out of the window; goes back to what was lost. */
    private void settle() {
        while (!window.isEmpty() && window.element().index > 0 && problem.isEmpty()) {
            Part first = window.element();
            if (first.index < group.firstIndex()) {
                // A snapshot has taken the place of it, so something was applied.
                fail(notEmpty("A snapshot of what was applied meanwhile reaches beyond it.", first.isEnd));
            } else if (isLost(first)) {
                window.forEach(part -> part.index = 0);
                proposed = null;
            } else if (first.index <= group.commitIndex()) {
                committed(window.remove());
            } else {
                return;
            }
        }
    }

    /** Another leader's entry is in its place, or one of a later term is committed before it. */
    private boolean isLost(Part part) {
        long commitIndex = group.commitIndex();
        return part.index <= commitIndex
                ? group.termAt(part.index) != part.term
                : group.termAt(commitIndex) > part.term;
    }

    private void committed(Part part) {
        windowBytes -= part.data.length();
        progressNanos = System.nanoTime();
        if (firstIndex == 0) {
            firstIndex = part.index;
        }
        if (part.isEnd) {
            endIndex = part.index;
        }
    }

    private void giveRoom() {
        Promise<Optional<Problem>> waiting = room;
        if (waiting != null && hasRoom()) {
            room = null;
            waiting.complete(Optional.empty());
        }
    }

    // ---- the end ----

    void voided(long index, boolean stateBefore, String reason) {
        voids.put(
                index,
                stateBefore
                        ? notEmpty("At index " + index + " it came to nothing: " + reason + ".", false)
                        : Problem.of(
                                Code.INTERNAL,
                                Outcome.NONE,
                                "At index " + index + " it came to nothing: " + reason + ". Nothing changed."));
        settle();
        lookAtEnd();
    }

    /** Answers when it is clear what has become of it. */
    void lookAtEnd() {
        if (endIndex == 0 || problem.isPresent() || answer.future().isComplete()) {
            return;
        }
        Problem nothing = voids.get(endIndex);
        if (nothing != null) {
            fail(nothing);
        } else if (endIndex <= group.appliedIndex()) {
            ended.accept(this);
            answer.complete(new Answer.Ok<>(endIndex));
        }
    }

    private static Problem notEmpty(String detail, boolean mayBeThere) {
        return Problem.of(
                Code.NOT_EMPTY,
                mayBeThere ? Outcome.UNKNOWN : Outcome.NONE,
                detail + " A backup is restored only into a cluster that has applied nothing.");
    }

    void tick(long nowNanos) {
        holding = false;
        if (problem.isPresent() || answer.future().isComplete()) {
            return;
        }
        Part part = proposed;
        if (part != null && !part.isEnd && nowNanos - proposedNanos > lostAfterNanos) {
            proposed = null; // twice in the log does no harm
        }
        if (whole && nowNanos - deadlineNanos >= 0) {
            fail(late());
        } else if (!whole && !window.isEmpty() && nowNanos - progressNanos > STALLED_AFTER_NANOS) {
            fail(group.closed()
                    .orElseGet(() -> Problem.of(
                            Code.OVERLOADED,
                            Outcome.NONE,
                            "Nothing of the backup was committed for 30 s. Nothing changed.")));
        } else {
            pump();
        }
    }

    /** Whether the end may be in a log. */
    private boolean mayBeThere() {
        Part part = proposed;
        return endIndex > 0
                || part != null && part.isEnd
                || window.stream().anyMatch(each -> each.isEnd && each.index > 0);
    }

    private Problem late() {
        if (!mayBeThere()) {
            return group.closed()
                    .orElseGet(() -> Problem.of(
                            Code.DEADLINE,
                            Outcome.NONE,
                            "The backup was not committed within the deadline. Nothing changed."));
        }
        boolean away = endIndex > 0 && !group.appAttached();
        return new Problem(
                away ? Code.APP_UNAVAILABLE : Code.DEADLINE,
                Outcome.UNKNOWN,
                endIndex > 0
                        ? "The backup is committed up to index " + endIndex + ", and the application beside this agent"
                                + " did not have it within the deadline. It is given to it as soon as it can be."
                        : "The end of the backup was proposed, and was not known to be committed within the deadline.",
                group.leader(),
                endIndex > 0 ? Optional.of(endIndex) : Optional.empty(),
                Optional.empty());
    }

    void close(Problem why) {
        fail(mayBeThere() ? Problem.of(why.code(), Outcome.UNKNOWN, why.detail()) : why);
    }

    private void fail(Problem why) {
        if (problem.isPresent() || answer.future().isComplete()) {
            return;
        }
        problem = Optional.of(why);
        window.clear();
        ended.accept(this);
        Promise<Optional<Problem>> waiting = room;
        room = null;
        if (waiting != null) {
            waiting.complete(problem);
        }
        answer.tryComplete(new Answer.Failed<>(why));
    }
}
