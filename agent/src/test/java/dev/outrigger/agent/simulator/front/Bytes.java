package dev.outrigger.agent.simulator.front;

/** Numbers in byte arrays, highest byte first, and digests of them. */
final class Bytes {
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    private Bytes() {}

    static int getInt(byte[] bytes, int at) {
        return bytes[at] << 24 | (bytes[at + 1] & 0xFF) << 16 | (bytes[at + 2] & 0xFF) << 8 | bytes[at + 3] & 0xFF;
    }

    static void putInt(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >>> 24);
        bytes[at + 1] = (byte) (value >>> 16);
        bytes[at + 2] = (byte) (value >>> 8);
        bytes[at + 3] = (byte) value;
    }

    static long getLong(byte[] bytes, int at) {
        return (long) getInt(bytes, at) << 32 | getInt(bytes, at + 4) & 0xFFFFFFFFL;
    }

    static void putLong(byte[] bytes, int at, long value) {
        putInt(bytes, at, (int) (value >>> 32));
        putInt(bytes, at + 4, (int) value);
    }

    /** A digest that goes on from {@code digest}. */
    static long mix(long digest, long value) {
        long mixed = (digest ^ value) * MULTIPLIER;
        mixed ^= mixed >>> 29;
        return mixed * MULTIPLIER + 1;
    }

    static long mix(long digest, byte[] bytes) {
        long mixed = mix(digest, bytes.length);
        for (byte one : bytes) {
            mixed = (mixed ^ one) * MULTIPLIER;
        }
        return mix(mixed, mixed >>> 32);
    }
}
