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
 *   <li>The commands of a session are numbered from 1 without a gap. Only the next number is applied; a number is decided
 *       on at its place in the log, and nothing is decided again.
 *   <li>Time is agreed: entries carry the clock of the leader that proposed them, and the table's time is the highest so
 *       far, so a leader whose clock is behind makes it stand still and none makes it go back.
 *   <li>A session that no entry named for the time to live ends; this is done at each entry, before anything else.
 *   <li>If all places are taken, opening a session ends the one used longest ago, and of these the one with the lowest id.
 *   <li>A command of an ended session is refused, for the table can no longer tell whether it was applied.
 * </ul>
 *
 * <p>A clock that jumps ahead ends sessions early, on all members at the same index: their clients are told so, and no
 * command is applied twice. Not thread-safe; all methods but {@link #encode()} take logarithmic time.
 */
public final class SessionTable {
    private static final Comparator<Session> LONGEST_UNUSED =
            Comparator.comparingLong(Session::lastUsedMillis).thenComparingLong(Session::id);

    private final SessionLimits limits;
    private final TreeMap<Long, Session> sessions = new TreeMap<>();
    private final TreeSet<Session> byUse = new TreeSet<>(LONGEST_UNUSED);
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
        while (!byUse.isEmpty() && agreedMillis - byUse.first().lastUsedMillis() >= limits.timeToLiveMillis()) {
            end(byUse.first());
        }
    }

    /** An entry that opens a session. Answers its id, which is {@code index}. */
    public long open(long index, long timeMillis) {
        advance(index, timeMillis);
        if (sessions.size() == limits.sessionsMax()) {
            end(byUse.first());
        }
        add(new Session(index, limits.rememberedMax(), agreedMillis, 0));
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
        Verdict verdict = judge(known, sequence);
        if (verdict.kind() == Verdict.Kind.APPLY) {
            known.apply(index, bodyHash);
        } else if (verdict.kind() == Verdict.Kind.DUPLICATE && known.bodyHashOf(sequence) != bodyHash) {
            verdict = new Verdict(Verdict.Kind.CONFLICT, verdict.appliedIndex());
        }
        add(known);
        return verdict;
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
        all = Digests.mix(Digests.mix(all, sessions.size()), limits.timeToLiveMillis());
        return Digests.mix(Digests.mix(all, limits.sessionsMax()), limits.rememberedMax());
    }

    /** By id. */
    Collection<Session> sessions() {
        return sessions.values();
    }

    /** Adds one that is complete: its digest and its place in the order of use are taken now. */
    void add(Session session) {
        sessions.put(session.id(), session);
        byUse.add(session);
        sessionsDigest += session.digest();
    }

    /** Takes one out of digest and order, so that it can be changed. */
    private void remove(Session session) {
        byUse.remove(session);
        sessionsDigest -= session.digest();
    }

    private void end(Session session) {
        remove(session);
        sessions.remove(session.id());
    }

    private static Verdict judge(Session session, long sequence) {
        if (sequence < 1 || sequence > session.lastSequence() + 1) {
            return Verdict.GAP;
        }
        if (sequence == session.lastSequence() + 1) {
            return Verdict.APPLY;
        }
        return sequence < session.firstRemembered()
                ? Verdict.FORGOTTEN
                : new Verdict(Verdict.Kind.DUPLICATE, session.indexOf(sequence));
    }
}
