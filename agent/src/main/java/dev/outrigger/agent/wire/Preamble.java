package dev.outrigger.agent.wire;

import java.nio.charset.StandardCharsets;

/**
 * The first bytes on a connection, the same in every protocol version: they tell an agent from anything else that may
 * have found the port, and which versions it speaks.
 *
 * @param lowestVersion lowest protocol version spoken, 0 to 255
 * @param highestVersion highest protocol version spoken, from {@code lowestVersion} to 255
 */
public record Preamble(int lowestVersion, int highestVersion) {
    /** What this agent speaks. */
    public static final Preamble OURS = new Preamble(1, 1);

    public static final int BYTES = 6;

    private static final byte[] MAGIC = "OUTR".getBytes(StandardCharsets.US_ASCII);

    public Preamble {
        if (lowestVersion < 0 || highestVersion < lowestVersion || highestVersion > 255) {
            throw new IllegalArgumentException("no range of versions: " + lowestVersion + " to " + highestVersion);
        }
    }

    /** Whether there is a version that both speak. The highest such version is used. */
    public boolean agreesWith(Preamble other) {
        return lowestVersion <= other.highestVersion && other.lowestVersion <= highestVersion;
    }

    /** The bytes to send. */
    public byte[] toBytes() {
        return new byte[] {MAGIC[0], MAGIC[1], MAGIC[2], MAGIC[3], (byte) lowestVersion, (byte) highestVersion};
    }

    /**
     * Refuses a beginning that cannot become a preamble any more, however few bytes have come.
     *
     * @throws WireException when the first {@code length} of {@code bytes} are not the beginning of a preamble
     */
    static void check(byte[] bytes, int length) {
        for (int i = 0; i < Math.min(length, MAGIC.length); i++) {
            if (bytes[i] != MAGIC[i]) {
                throw new WireException(
                        WireException.Reason.NOT_OUTRIGGER, "the first bytes are not those of an Outrigger agent");
            }
        }
    }

    /** Reads a preamble from the first {@link #BYTES} of {@code bytes}, which {@link #check} has let pass. */
    static Preamble of(byte[] bytes) {
        int lowest = bytes[4] & 0xff;
        int highest = bytes[5] & 0xff;
        if (highest < lowest) {
            throw new WireException(
                    WireException.Reason.BAD_VALUE, "no range of versions: " + lowest + " to " + highest);
        }
        return new Preamble(lowest, highest);
    }
}
