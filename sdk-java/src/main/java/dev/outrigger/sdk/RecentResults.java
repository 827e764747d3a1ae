package dev.outrigger.sdk;

import dev.outrigger.sdk.ApplyRequest.Command;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The results of the last delivery, so that the same delivery gets the same answers. Everything applied after
 * {@code floorIndex} is here; at its bounds it forgets the oldest. For one thread at a time.
 */
final class RecentResults {
    static final int COUNT_MAX = 8_192;
    static final int BYTES_MAX = 8 << 20;

    private final ArrayDeque<Kept> kept = new ArrayDeque<>();
    private long floorIndex;
    private long bytes;

    private record Kept(long index, long term, Result result) {
        private boolean answers(Command command) {
            return index == command.index() && term == command.term();
        }
    }

    RecentResults(long floorIndex) {
        this.floorIndex = floorIndex;
    }

    void add(Command command, Result result) {
        kept.add(new Kept(command.index(), command.term(), result));
        bytes += result.data().length;
        while (kept.size() > COUNT_MAX || bytes > BYTES_MAX) {
            forgetThrough(kept.getFirst().index());
        }
    }

    void forgetThrough(long index) {
        while (!kept.isEmpty() && kept.getFirst().index() <= index) {
            bytes -= kept.removeFirst().result().data().length;
        }
        floorIndex = Math.max(floorIndex, index);
    }

    /**
     * The results of those commands of the request that were applied before. Empty when some are forgotten, or when the
     * commands applied between {@code prevIndex} and the request's end were not these.
     */
    Optional<List<Result>> of(ApplyRequest request) {
        if (floorIndex > request.prevIndex()) {
            return Optional.empty();
        }
        List<Result> results = new ArrayList<>(request.commands().size());
        for (Kept one : kept) {
            if (one.index() > request.prevIndex() && one.index() <= request.lastIndex()) {
                if (!one.answers(request.commands().get(results.size()))) {
                    return Optional.empty();
                }
                results.add(one.result());
            }
        }
        return Optional.of(results);
    }
}
