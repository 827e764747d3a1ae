package dev.outrigger.agent.storage.chronicle;

import static java.util.Objects.requireNonNull;

import dev.outrigger.agent.storage.DamagedStorageException;
import dev.outrigger.agent.storage.Quarantine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The mark of a member whose application went another way; there is no file while there is none. */
record QuarantineFile(Path file) {
    private static final String DIFFERS_FROM = "differsFrom";
    private static final String TRUSTED_SNAPSHOT = "trustedSnapshot";
    private static final String REASON = "reason";

    Optional<Quarantine> read() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Map<String, String> values = new SealedText(file).read();
        try {
            return Optional.of(new Quarantine(
                    Long.parseLong(values.getOrDefault(DIFFERS_FROM, "")),
                    Long.parseLong(values.getOrDefault(TRUSTED_SNAPSHOT, "")),
                    values.getOrDefault(REASON, "")));
        } catch (IllegalArgumentException e) {
            throw new DamagedStorageException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    void write(Optional<Quarantine> quarantine, DiskSync sync) throws IOException {
        if (quarantine.isEmpty()) {
            Files.deleteIfExists(file);
            sync.forceDirectory(requireNonNull(file.getParent()));
            return;
        }
        Map<String, String> values = new LinkedHashMap<>();
        values.put(DIFFERS_FROM, Long.toString(quarantine.get().differsFrom()));
        values.put(TRUSTED_SNAPSHOT, Long.toString(quarantine.get().trustedSnapshot()));
        values.put(REASON, quarantine.get().reason());
        new SealedText(file).write(values, sync);
    }
}
