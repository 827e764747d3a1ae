package dev.outrigger.sdk.testkit;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Some bytes that a replica has shown; of too many only the digest is kept. */
final class Observed {
    private final byte[] digest;
    private final byte @Nullable [] content;

    private Observed(byte[] digest, byte @Nullable [] content) {
        this.digest = digest;
        this.content = content;
    }

    static Observed of(byte[] content) {
        return new Observed(sha256(content), content);
    }

    Observed withoutContent() {
        return new Observed(digest, null);
    }

    /** Empty when there were too many to keep. */
    Optional<byte[]> content() {
        return Optional.ofNullable(content);
    }

    int sizeBytes() {
        return digest.length + (content == null ? 0 : content.length);
    }

    boolean sameAs(Observed other) {
        return Arrays.equals(digest, other.digest);
    }

    void writeTo(DataOutputStream out) throws IOException {
        out.write(digest);
        out.writeInt(content == null ? -1 : content.length);
        if (content != null) {
            out.write(content);
        }
    }

    static Observed readFrom(DataInputStream in) throws IOException {
        byte[] digest = in.readNBytes(32);
        int length = in.readInt();
        return new Observed(digest, length < 0 ? null : in.readNBytes(length));
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
