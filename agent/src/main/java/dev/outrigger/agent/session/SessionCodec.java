package dev.outrigger.agent.session;

import java.util.Collection;

/**
 * A session table as bytes, all numbers big-endian: version (1), sessions at most (4), width of a window (4), last index
 * (8), agreed time (8), number of sessions (4); then by rising id for each session: id (8), time to live (8), time of last
 * use (8), highest sequence (8), number of commands remembered (4), and by rising sequence for each of them how far it is
 * below the highest (4), index (8) and body hash (8). Other versions are refused, never guessed at.
 */
final class SessionCodec {
    static final int HEADER_BYTES = 29;
    static final int SESSION_BYTES = 36;
    static final int COMMAND_BYTES = 20;
    private static final byte VERSION = 1;

    private final byte[] bytes;
    private int position;

    private SessionCodec(byte[] bytes) {
        this.bytes = bytes;
    }

    static byte[] encode(SessionTable table) {
        SessionCodec out = new SessionCodec(new byte[size(table.sessions())]);
        out.bytes[out.position++] = VERSION;
        out.putInt(table.limits().sessionsMax());
        out.putInt(table.limits().rememberedMax());
        out.putLong(table.lastIndex());
        out.putLong(table.agreedMillis());
        out.putInt(table.size());
        table.sessions().forEach(out::putSession);
        return out.bytes;
    }

    static SessionTable decode(byte[] bytes) {
        SessionCodec in = new SessionCodec(bytes);
        in.need(HEADER_BYTES);
        check(in.bytes[in.position++] == VERSION, "version " + bytes[0] + ", and this agent reads version " + VERSION);
        SessionLimits limits = new SessionLimits(in.getInt(), in.getInt());
        SessionTable table = new SessionTable(limits, in.getLong(), in.getLong());
        int count = in.getInt();
        check(table.lastIndex() >= 0 && table.agreedMillis() >= 0, "index or time below 0");
        check(count >= 0 && count <= limits.sessionsMax(), count + " sessions");
        long before = 0;
        for (int i = 0; i < count; i++) {
            Session session = in.getSession(table);
            check(session.id() > before, "session " + session.id() + " after session " + before);
            before = session.id();
            table.add(session);
        }
        check(in.position == bytes.length, bytes.length - in.position + " bytes too many");
        return table;
    }

    private static int size(Collection<Session> sessions) {
        int size = HEADER_BYTES;
        for (Session session : sessions) {
            size += SESSION_BYTES + COMMAND_BYTES * session.remembered();
        }
        return size;
    }

    private void putSession(Session session) {
        putLong(session.id());
        putLong(session.timeToLiveMillis());
        putLong(session.lastUsedMillis());
        putLong(session.lastSequence());
        putInt(session.remembered());
        session.forEachApplied(sequence -> {
            putInt((int) (session.lastSequence() - sequence));
            putLong(session.isSkipped(sequence) ? -session.indexOf(sequence) : session.indexOf(sequence));
            putLong(session.bodyHashOf(sequence));
        });
    }

    private Session getSession(SessionTable table) {
        need(SESSION_BYTES);
        long id = getLong();
        long timeToLiveMillis = getLong();
        long usedMillis = getLong();
        long lastSequence = getLong();
        int remembered = getInt();
        check(id <= table.lastIndex(), "session " + id + " opened after entry " + table.lastIndex());
        check(timeToLiveMillis >= 1, "session " + id + " lives for " + timeToLiveMillis + " ms");
        check(usedMillis >= 0 && usedMillis <= table.agreedMillis(), "session " + id + " used in the future");
        int rememberedMax = table.limits().rememberedMax();
        check(
                lastSequence >= 0
                        && remembered >= Math.min(lastSequence, 1)
                        && remembered <= Math.min(lastSequence, rememberedMax),
                "session " + id + " remembers " + remembered + " of " + lastSequence + " commands");
        need((long) COMMAND_BYTES * remembered);
        Session session = new Session(id, rememberedMax, timeToLiveMillis, usedMillis);
        int belowBefore = rememberedMax;
        for (int i = 0; i < remembered; i++) {
            int below = getInt();
            long signed = getLong();
            long index = Math.abs(signed);
            check(
                    below >= 0
                            && below < belowBefore
                            && below < lastSequence
                            && index > id
                            && index <= table.lastIndex(),
                    "session " + id + " with a command at index " + index + ", " + below + " below its last");
            session.apply(lastSequence - below, signed, getLong());
            belowBefore = below;
        }
        check(remembered == 0 || belowBefore == 0, "session " + id + " without its last command");
        return session;
    }

    private void putInt(int value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes[position++] = (byte) (value >> shift);
        }
    }

    private void putLong(long value) {
        putInt((int) (value >> 32));
        putInt((int) value);
    }

    private int getInt() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value = value << 8 | bytes[position++] & 0xff;
        }
        return value;
    }

    private long getLong() {
        return (long) getInt() << 32 | getInt() & 0xffffffffL;
    }

    private void need(long count) {
        check(bytes.length - position >= count, "cut off after " + bytes.length + " bytes");
    }

    private static void check(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException("not a session table: " + otherwise);
        }
    }
}
