package dev.outrigger.agent.storage.chronicle;

/** What the user can do about a disk that must not be used. */
final class StorageAdvice {
    static final String REJOIN =
            "This member stops here: what is missing may have been acknowledged, so it must not vote "
                    + "with what is left. Move the data directory away and let the member rejoin with an empty one; do not copy "
                    + "another member's files into it.";

    private StorageAdvice() {}
}
