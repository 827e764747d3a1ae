package dev.outrigger.sdk.testkit;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a replica has shown after one command, by what showed it: {@code result}, {@code snapshot}, {@code query …}, in this
 * order. A command that threw has {@code exception}.
 */
record Observation(Map<String, Observed> shown) {
    static final String RESULT = "its result";
    static final String EXCEPTION = "its exception";
    static final String SNAPSHOT = "the snapshot after it";

    /** One thing that differs. */
    record Mismatch(String what, Observed expected, Observed actual) {}

    boolean failed() {
        return shown.containsKey(EXCEPTION);
    }

    /** The first thing that both show and that is not the same. */
    Optional<Mismatch> mismatch(Observation actual) {
        for (Map.Entry<String, Observed> one : shown.entrySet()) {
            Observed other = actual.shown.get(one.getKey());
            if (other != null && !one.getValue().sameAs(other)) {
                return Optional.of(new Mismatch(one.getKey(), one.getValue(), other));
            }
        }
        boolean oneFailed =
                shown.containsKey(RESULT) && actual.failed() || failed() && actual.shown.containsKey(RESULT);
        return oneFailed ? Optional.of(throwing(actual)) : Optional.empty();
    }

    private Mismatch throwing(Observation actual) {
        Observed nothing = Observed.of("none".getBytes(StandardCharsets.UTF_8));
        return new Mismatch(
                EXCEPTION, shown.getOrDefault(EXCEPTION, nothing), actual.shown.getOrDefault(EXCEPTION, nothing));
    }

    boolean sameStateAs(Observation other) {
        return shown.entrySet().stream()
                .filter(one -> !one.getKey().equals(RESULT) && other.shown.containsKey(one.getKey()))
                .allMatch(one -> one.getValue().sameAs(Objects.requireNonNull(other.shown.get(one.getKey()))));
    }

    Observation withoutContent() {
        Map<String, Observed> less = new LinkedHashMap<>();
        shown.forEach((what, bytes) -> less.put(what, bytes.withoutContent()));
        return new Observation(less);
    }

    int sizeBytes() {
        return shown.values().stream().mapToInt(Observed::sizeBytes).sum();
    }

    void writeTo(DataOutputStream out) throws IOException {
        out.writeInt(shown.size());
        for (Map.Entry<String, Observed> one : shown.entrySet()) {
            out.writeUTF(one.getKey());
            one.getValue().writeTo(out);
        }
    }

    static Observation readFrom(DataInputStream in) throws IOException {
        Map<String, Observed> shown = new LinkedHashMap<>();
        int size = in.readInt();
        for (int i = 0; i < size; i++) {
            String what = in.readUTF();
            shown.put(what, Observed.readFrom(in));
        }
        return new Observation(shown);
    }
}
