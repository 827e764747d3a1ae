package dev.outrigger.agent.session;

import dev.outrigger.agent.core.message.Payload;
import java.util.Collection;
import java.util.Comparator;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32C;

/**
 * All open sessions, as of one log index. Fed the same entries, two tables answer the same and are equal, whatever the
 * members' clocks say and however often a table went through a snapshot.
 *
 * <ul>
 *   <li>A session's id is the index of the entry that opened it, so no id is ever used again.
 *   <li>The commands of a session are numbered from 1. They may come in any order and leave numbers out; each number is
 *       applied once. Of the numbers in a window that ends with the highest one applied it is known which were applied; one
 *       below the window is refused.
 *   <li>Time is agreed: entries carry the clock of the leader that proposed them, and the table's time is the highest so
 *       far, so a leader whose clock is behind makes it stand still and none makes it go back.
 *   <li>A session that no entry named for its time to live ends; this is done at each entry, before anything else. The
 *       entry that opens a session says how long that is.
 *   <li>If all places are taken, opening a session ends the one used longest ago, and of these the one with the lowest id.
 *   <li>A command of an ended session is refused, for the table can no longer tell whether it was applied.
 * </ul>
 *
 * <p>A clock that jumps ahead ends sessions early, on all members at the same index: their clients are told so, and no
 * command is applied twice. Not thread-safe; all methods but {@link #encode()} and {@link #copy()} take logarithmic time,
 * and where a number leaves others out also time for the window at most.
 */
public final class SessionTable {
    private static final Comparator<Session> LONGEST_UNUSED =
            Comparator.comparingLong(Session::lastUsedMillis).thenComparingLong(Session::id);
    private static final Comparator<Session> FIRST_TO_END =
            Comparator.comparingLong(Session::endMillis).thenComparingLong(Session::id);

    private final SessionLimits limits;
    private final TreeMap<Long, Session> sessions = new TreeMap<>();
    private final TreeSet<Session> byUse = new TreeSet<>(LONGEST_UNUSED);
    private final TreeSet<Session> byEnd = new TreeSet<>(FIRST_TO_END);
    private long lastIndex;
    private long agreedMillis;
    /** Sum of the digests of all sessions. */
    private long sessionsDigest;

    public SessionTable(SessionLimits limits) {
        this(limits, 0, 0);
    }

    SessionTable(SessionLimits limits, long lastIndex, long agreedMillis) {
        this.limits = limits;
        this.lastIndex = lastIndex;
        this.agreedMillis = agreedMillis;
    }

    /** Reads what {@link #encode()} wrote; throws IllegalArgumentException when it is anything else. */
    public static SessionTable decode(byte[] encoded) {
        return SessionCodec.decode(encoded);
    }

    /** What to pass to {@link #check} for a command's body: length and CRC-32C, against mistakes only. */
    public static long bodyHash(Payload body) {
        CRC32C checksum = new CRC32C();
        checksum.update(body.array());
        return (long) body.length() << 32 | checksum.getValue();
    }

    /** Another one like it, that goes its own way. Takes time linear in its size, but little: memory is copied. */
    public SessionTable copy() {
        SessionTable copy = new SessionTable(limits, lastIndex, agreedMillis);
        sessions.values().forEach(session -> copy.add(session.copy()));
        return copy;
    }

    // ---- entries; each is told once, in the order of the log ----

    /**
     * An entry that has nothing to do with sessions. It must be told all the same, for its time; entries that carry none
     * are left out.
     *
     * @param index of the entry, above that of the one before
     * @param timeMillis time that the entry carries, in milliseconds since 1970
     */
    public void advance(long index, long timeMillis) {
        if (index <= lastIndex) {
            throw new IllegalArgumentException("entry " + index + " after entry " + lastIndex);
        }
        lastIndex = index;
        agreedMillis = Math.max(agreedMillis, timeMillis);
        while (!byEnd.isEmpty()
                && agreedMillis - byEnd.first().lastUsedMillis()
                        >= byEnd.first().timeToLiveMillis()) {
            end(byEnd.first());
        }
    }

    /**
     * An entry that opens a session. Answers its id, which is {@code index}.
     *
     * @param timeToLiveMillis agreed time without use after which it ends, from 1
     */
    public long open(long timeToLiveMillis, long index, long timeMillis) {
        if (timeToLiveMillis < 1) {
            throw new IllegalArgumentException("a session that lives for " + timeToLiveMillis + " ms");
        }
        advance(index, timeMillis);
        if (sessions.size() == limits.sessionsMax()) {
            end(byUse.first());
        }
        add(new Session(index, limits.rememberedMax(), timeToLiveMillis, agreedMillis));
        return index;
    }

    /**
     * An entry with a command of a session. Whatever the answer, a session that is open counts as used.
     *
     * @param session id of the session; any number
     * @param sequence number of the command in its session; any number
     * @param bodyHash of the command's body, computed alike on all members; see {@link #bodyHash}
     */
    public Verdict check(long session, long sequence, long bodyHash, long index, long timeMillis) {
        advance(index, timeMillis);
        Session known = sessions.get(session);
        if (known == null) {
            return Verdict.EXPIRED;
        }
        remove(known);
        known.use(agreedMillis);
        Verdict verdict = judge(known, sequence, bodyHash);
        if (verdict.kind() == Verdict.Kind.APPLY) {
            known.apply(sequence, index, bodyHash);
        }
        add(known);
        return verdict;
    }

    /**
     * An entry that has nobody apply the command at {@code skippedIndex}, which came before it. Takes time linear in the size
     * of the table.
     */
    public void skip(long skippedIndex, long index, long timeMillis) {
        advance(index, timeMillis);
        for (Session session : sessions.values()) {
            sessionsDigest -= session.digest();
            session.skip(skippedIndex);
            sessionsDigest += session.digest();
        }
    }

    /** An entry that closes a session. Answers whether it was open. */
    public boolean close(long session, long index, long timeMillis) {
        advance(index, timeMillis);
        Session known = sessions.get(session);
        if (known == null) {
            return false;
        }
        end(known);
        return true;
    }

    // ---- questions ----

    /**
     * What {@link #check} would answer to this number with the body it had, if time stood still; changes nothing. A
     * session that has outlived its time counts as open until an entry says that it has.
     */
    public Verdict look(long session, long sequence) {
        Session known = sessions.get(session);
        return known == null ? Verdict.EXPIRED : judge(known, sequence);
    }

    /** The same for this body. */
    public Verdict look(long session, long sequence, long bodyHash) {
        Session known = sessions.get(session);
        return known == null ? Verdict.EXPIRED : judge(known, sequence, bodyHash);
    }

    /** The highest number applied, 0 when none; empty when the session is not open. */
    public OptionalLong lastSequence(long session) {
        Session known = sessions.get(session);
        return known == null ? OptionalLong.empty() : OptionalLong.of(known.lastSequence());
    }

    /** Number of sessions open. */
    public int size() {
        return sessions.size();
    }

    /** Index of the last entry told. */
    public long lastIndex() {
        return lastIndex;
    }

    /** Time of the log, in milliseconds since 1970. */
    public long agreedMillis() {
        return agreedMillis;
    }

    public SessionLimits limits() {
        return limits;
    }

    /** The whole table, for a snapshot. Equal tables give equal bytes. Takes time linear in its size. */
    public byte[] encode() {
        return SessionCodec.encode(this);
    }

    /** Equal for tables with equal content; unequal for others, but for an accident of one in 2^64. */
    public long digest() {
        long all = Digests.mix(Digests.mix(lastIndex, agreedMillis), sessionsDigest);
        all = Digests.mix(Digests.mix(all, sessions.size()), limits.sessionsMax());
        return Digests.mix(all, limits.rememberedMax());
    }

    /** By id. */
    Collection<Session> sessions() {
        return sessions.values();
    }

    /** Adds one that is complete: its digest and its place in the orders of use and end are taken now. */
    void add(Session session) {
        sessions.put(session.id(), session);
        byUse.add(session);
        byEnd.add(session);
        sessionsDigest += session.digest();
    }

    /** Takes one out of digest and orders, so that it can be changed. */
    private void remove(Session session) {
        byUse.remove(session);
        byEnd.remove(session);
        sessionsDigest -= session.digest();
    }

    private void end(Session session) {
        remove(session);
        sessions.remove(session.id());
    }

    private static Verdict judge(Session session, long sequence, long bodyHash) {
        Verdict verdict = judge(session, sequence);
        return verdict.appliedIndex() > 0 && session.bodyHashOf(sequence) != bodyHash
                ? new Verdict(Verdict.Kind.CONFLICT, verdict.appliedIndex())
                : verdict;
    }

    private static Verdict judge(Session session, long sequence) {
        if (sequence < session.firstKnown()) {
            return Verdict.FORGOTTEN;
        }
        if (!session.isApplied(sequence)) {
            return Verdict.APPLY;
        }
        Verdict.Kind kind = session.isSkipped(sequence) ? Verdict.Kind.SKIPPED : Verdict.Kind.DUPLICATE;
        return new Verdict(kind, session.indexOf(sequence));
    }
}
