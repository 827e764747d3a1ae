package dev.outrigger.agent.session;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The latest results of commands of sessions, as one member saw them. For convenience only: members may differ in what
 * they keep, it is in no snapshot, and that a command was applied is known from {@link SessionTable} alone. So results of
 * sessions that ended need no clearing away; nobody asks for them, and they are dropped in their turn. Not thread-safe.
 */
public final class SessionResults {
    /** What a result takes besides its data, about. */
    static final int OVERHEAD_BYTES = 160;

    private final long bytesMax;
    private final TreeMap<Key, SessionResult> results = new TreeMap<>();
    private final ArrayDeque<Kept> oldestFirst = new ArrayDeque<>();
    private long bytes;

    /** @param bytesMax bound on the memory for all results, overhead included; 0 keeps none */
    public SessionResults(long bytesMax) {
        if (bytesMax < 0) {
            throw new IllegalArgumentException("bytesMax " + bytesMax);
        }
        this.bytesMax = bytesMax;
    }

    /**
     * Keeps a result and drops the oldest ones for which there is no room any more. The first result of a command stays:
     * one that comes again, as after a restart of the application, changes nothing. One that is larger than all room there
     * is is not kept and makes none of the others go.
     */
    public void keep(long session, long sequence, SessionResult result) {
        Key key = new Key(session, sequence);
        long size = size(result);
        if (size > bytesMax || results.containsKey(key)) {
            return;
        }
        while (bytes + size > bytesMax) {
            Kept oldest = oldestFirst.remove();
            results.remove(oldest.key());
            bytes -= oldest.size();
        }
        results.put(key, result);
        oldestFirst.add(new Kept(key, size));
        bytes += size;
    }

    /** Empty when it was dropped or never seen here. */
    public Optional<SessionResult> find(long session, long sequence) {
        return Optional.ofNullable(results.get(new Key(session, sequence)));
    }

    /** Memory that is taken now, overhead included. */
    public long bytes() {
        return bytes;
    }

    private static long size(SessionResult result) {
        return OVERHEAD_BYTES + (long) result.data().length();
    }

    private record Kept(Key key, long size) {}

    private record Key(long session, long sequence) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int bySession = Long.compare(session, other.session);
            return bySession != 0 ? bySession : Long.compare(sequence, other.sequence);
        }
    }
}
