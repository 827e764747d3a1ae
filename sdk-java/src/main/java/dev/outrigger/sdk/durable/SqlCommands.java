package dev.outrigger.sdk.durable;

import dev.outrigger.sdk.Context;
import dev.outrigger.sdk.Result;
import dev.outrigger.sdk.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * What an application does to its own tables, to be served as {@link JdbcStateMachine}. No method may commit, roll back,
 * close the connection, change its settings or keep it. The rules of {@link StateMachine} hold: everything depends on
 * the tables, the command and the context alone, so no {@code CURRENT_TIMESTAMP}, {@code RANDOM()}, generated key or
 * query without {@code ORDER BY} where its order matters.
 */
public interface SqlCommands {
    /**
     * Creates the tables where they are missing. Called whenever the state machine is opened, before anything else;
     * what it does is committed.
     */
    default void create(Connection connection) throws SQLException {}

    /**
     * Applies one committed command within the transaction that the position is stored in. Called by one thread at a
     * time. What a command that is refused, or that throws, has done to the tables is rolled back.
     *
     * @see StateMachine#apply
     */
    Result apply(Connection connection, Context context, byte[] command) throws SQLException;

    /**
     * Answers a question. Called beside commands and other queries, each on a connection of its own that is read only
     * and sees only what is committed; anything it writes is rolled back.
     *
     * @see StateMachine#query
     */
    byte[] query(Connection connection, byte[] query) throws SQLException;

    /** Whether {@link #writeSnapshot} and {@link #readSnapshot} are there. */
    default boolean hasSnapshots() {
        return false;
    }

    /** Name of the format that {@link #writeSnapshot} writes: printable ASCII, not empty. */
    default String snapshotFormat() {
        return "1";
    }

    /** Writes all tables down. Commands wait for it. In the same order everywhere, so that snapshots can be compared. */
    default void writeSnapshot(Connection connection, OutputStream out) throws SQLException, IOException {
        throw new UnsupportedOperationException("hasSnapshots without writeSnapshot");
    }

    /**
     * Empties the tables and fills them from a snapshot, within one transaction that ends with the new position.
     *
     * @throws dev.outrigger.sdk.UnsupportedSnapshotException when it does not read this format
     */
    default void readSnapshot(Connection connection, InputStream snapshot, String format)
            throws SQLException, IOException {
        throw new UnsupportedOperationException("hasSnapshots without readSnapshot");
    }

    /** The application's name, shown on the status page. */
    default String appName() {
        return getClass().getSimpleName();
    }

    /** The application's version, shown on the status page. */
    default String version() {
        String version = getClass().getPackage().getImplementationVersion();
        return version == null ? "0" : version;
    }
}
