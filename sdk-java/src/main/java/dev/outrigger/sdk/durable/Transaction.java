package dev.outrigger.sdk.durable;

import dev.outrigger.sdk.Position;
import dev.outrigger.sdk.Result;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One transaction after another on one connection, each of them moving the position. After an {@link SQLException} it is
 * of no more use and must be closed. For one thread at a time.
 */
final class Transaction {
    private static final long IDLE_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);
    private static final int VALIDATION_SECONDS = 5;

    private final Connection connection;
    private final boolean savepoints;
    private boolean releasesSavepoints = true;
    private Position stored;
    private Position reached;
    private boolean uncommitted;
    private long lastUsedNanos = System.nanoTime();

    interface Commands {
        Result run(Connection connection) throws SQLException;
    }

    interface Restoring {
        void run(Connection connection) throws SQLException, IOException;
    }

    private Transaction(Connection connection, boolean savepoints, Position stored) {
        this.connection = connection;
        this.savepoints = savepoints;
        this.stored = stored;
        this.reached = stored;
    }

    static Transaction begin(Connection connection, PositionTable table) throws SQLException {
        try {
            connection.setAutoCommit(false);
            boolean savepoints = connection.getMetaData().supportsSavepoints();
            Position stored = table.read(connection);
            connection.rollback();
            return new Transaction(connection, savepoints, stored);
        } catch (SQLException | RuntimeException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    Connection connection() {
        return connection;
    }

    /** Position of the last commit. */
    Position stored() {
        return stored;
    }

    boolean hasUncommitted() {
        return uncommitted;
    }

    /** Without savepoints a failure takes back all that is not committed, so that may only be one command. */
    boolean canUndoOneCommand() {
        return savepoints;
    }

    /** Servers close connections that have been idle for long. */
    boolean isUsable() throws SQLException {
        return System.nanoTime() - lastUsedNanos < IDLE_NANOS_MAX || connection.isValid(VALIDATION_SECONDS);
    }

    /**
     * Runs one command. What it did is undone when it is refused or fails.
     *
     * @throws SQLException when the connection is of no more use
     * @throws CommandFailure when the command failed and is undone
     */
    Result run(Position position, Commands command) throws SQLException, CommandFailure {
        lastUsedNanos = System.nanoTime();
        Savepoint before = savepoints ? connection.setSavepoint() : null;
        Result result;
        try {
            result = command.run(connection);
            if (result == null) {
                throw new IllegalStateException("the application answered null");
            }
        } catch (SQLException | RuntimeException | Error e) {
            undo(before, e);
            throw new CommandFailure(e);
        }
        if (result.code() == 0) {
            release(before);
        } else {
            undo(before, null);
        }
        reached = position;
        uncommitted = true;
        return result;
    }

    private void undo(@Nullable Savepoint before, @Nullable Throwable reason) throws SQLException {
        try {
            if (before != null) {
                connection.rollback(before);
            } else {
                connection.rollback();
            }
        } catch (SQLException e) {
            if (reason != null) {
                e.addSuppressed(reason);
            }
            throw e;
        }
    }

    /** Not every database can; there they go with the commit. */
    private void release(@Nullable Savepoint before) {
        if (before != null && releasesSavepoints) {
            try {
                connection.releaseSavepoint(before);
            } catch (SQLException e) {
                releasesSavepoints = false;
            }
        }
    }

    void restore(Position position, Restoring restoring) throws SQLException, IOException {
        lastUsedNanos = System.nanoTime();
        restoring.run(connection);
        reached = new Position(position.cluster().or(stored::cluster), position.index(), position.term());
        uncommitted = true;
    }

    /** @throws DatabaseException when the position is not where this left it */
    void commit(PositionTable table) throws SQLException {
        if (!uncommitted) {
            return;
        }
        if (!table.move(connection, stored, reached)) {
            throw new DatabaseException("the position is no longer index " + stored.index()
                    + ": another process writes to this database; each instance needs one of its own");
        }
        connection.commit();
        stored = reached;
        uncommitted = false;
        lastUsedNanos = System.nanoTime();
    }

    /** Rolls back what is open. */
    void close() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // Closing ends it all the same.
        }
        closeQuietly(connection);
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // It was of no more use; what was open on it is rolled back by the database.
        }
    }
}
