package dev.outrigger.sdk.durable;

import dev.outrigger.sdk.Context;
import dev.outrigger.sdk.Position;
import dev.outrigger.sdk.Result;
import dev.outrigger.sdk.StateMachine;
import dev.outrigger.sdk.StateWriter;
import dev.outrigger.sdk.UnsupportedSnapshotException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A state machine whose state is in the application's own database. What the commands of one delivery do and the position
 * (cluster, index, term) are committed together, before the results leave; so after a crash at any moment the database
 * tells where it stands, and the agent goes on from there.
 *
 * <p>Each instance needs a database, or a schema, of its own. When two use the same by mistake, the one that finds the
 * position moved by the other commits nothing and says so.
 *
 * <p>Deliveries keep one connection; each query takes one and gives it back, so the source must have at least two. Plain
 * JDBC: any database with transactions will do in which readers do not wait for writers; of SQL Server that asks for
 * {@code READ_COMMITTED_SNAPSHOT}. Safe for many threads.
 */
public final class JdbcStateMachine implements StateMachine, AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;

    private final DataSource database;
    private final SqlCommands commands;
    private final PositionTable table;

    private @Nullable Transaction transaction;
    /** Commands were applied and rolled back; nothing goes on before somebody has asked where the state stands. */
    private boolean lost;

    private JdbcStateMachine(DataSource database, SqlCommands commands, PositionTable table) {
        this.database = database;
        this.commands = commands;
        this.table = table;
    }

    /** {@link #open(DataSource, SqlCommands, String)} with the table {@code outrigger_position}. */
    public static JdbcStateMachine open(DataSource database, SqlCommands commands) {
        return open(database, commands, PositionTable.DEFAULT_NAME);
    }

    /**
     * Creates what is missing of the tables. May block as long as the database takes.
     *
     * @param positionTable name of the table with the position, which is created if need be; a schema may stand before it
     * @throws DatabaseException when the database fails, or does not let it create the tables
     */
    public static JdbcStateMachine open(DataSource database, SqlCommands commands, String positionTable) {
        PositionTable table = new PositionTable(positionTable);
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            table.create(connection);
            commands.create(connection);
            connection.commit();
        } catch (SQLException e) {
            throw new DatabaseException("the tables could not be created", e);
        }
        return new JdbcStateMachine(database, commands, table);
    }

    @Override
    public synchronized Result apply(Context context, byte[] command) {
        checkNothingLost();
        try {
            Transaction current = transaction();
            Result result = current.run(context.position(), connection -> commands.apply(connection, context, command));
            if (!current.canUndoOneCommand()) {
                current.commit(table);
            }
            return result;
        } catch (SQLException e) {
            discard();
            throw new DatabaseException("index " + context.index() + " could not be applied", e);
        } catch (DatabaseException e) {
            discard();
            throw e;
        } catch (CommandFailure e) {
            throw e.unwrapped(context.index());
        }
    }

    @Override
    public synchronized void flush() {
        checkNothingLost();
        if (transaction != null) {
            try {
                transaction.commit(table);
            } catch (SQLException | DatabaseException e) {
                discard();
                throw e instanceof DatabaseException known
                        ? known
                        : new DatabaseException("the transaction could not be committed", e);
            }
        }
    }

    /** What the database says. */
    @Override
    public synchronized Optional<Position> applied() {
        if (transaction != null) {
            return Optional.of(transaction.stored());
        }
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            Position stored = table.read(connection);
            connection.rollback();
            lost = false;
            return Optional.of(stored);
        } catch (SQLException e) {
            throw new DatabaseException("the position could not be read", e);
        }
    }

    @Override
    public byte[] query(byte[] query) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            try {
                return commands.query(connection, query);
            } finally {
                connection.rollback();
                connection.setReadOnly(false);
            }
        } catch (SQLException e) {
            throw new DatabaseException("the query could not be answered", e);
        }
    }

    /** Written to a file at once, since no two databases agree on how to read the past; commands wait for it. */
    @Override
    public synchronized Optional<StateWriter> snapshot() {
        if (!commands.hasSnapshots()) {
            return Optional.empty();
        }
        flush();
        try {
            FileChannel file = temporaryFile();
            try {
                writeSnapshot(transaction().connection(), file);
            } catch (Throwable e) {
                file.close();
                throw e;
            }
            return Optional.of(out -> copy(file, out));
        } catch (SQLException e) {
            discard();
            throw new DatabaseException("the snapshot could not be written", e);
        } catch (IOException e) {
            throw new UncheckedIOException("the snapshot could not be written", e);
        }
    }

    private void writeSnapshot(Connection connection, FileChannel file) throws SQLException, IOException {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(file), BUFFER_BYTES);
        try {
            commands.writeSnapshot(connection, out);
        } finally {
            connection.rollback();
        }
        out.flush();
    }

    /** Nameless from the start, so that nothing is left behind whatever happens. */
    private static FileChannel temporaryFile() throws IOException {
        Path path = Files.createTempFile("outrigger-snapshot", null);
        return FileChannel.open(
                path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    }

    private static void copy(FileChannel file, OutputStream out) throws IOException {
        try (file) {
            Channels.newInputStream(file.position(0)).transferTo(out);
        }
    }

    @Override
    public synchronized void restore(InputStream state, String format, Position position) throws IOException {
        if (!commands.hasSnapshots()) {
            throw new UnsupportedSnapshotException("this application restores no snapshots");
        }
        try {
            Transaction current = transaction();
            current.restore(position, connection -> {
                commands.readSnapshot(connection, new BufferedInputStream(state, BUFFER_BYTES), format);
                // Throws when bytes are missing: then nothing of it is to be committed.
                state.transferTo(OutputStream.nullOutputStream());
            });
            current.commit(table);
        } catch (SQLException e) {
            discard();
            throw new DatabaseException("the snapshot could not be restored", e);
        } catch (Throwable e) {
            discard();
            throw e;
        } finally {
            // A restore begins with nothing open, so nothing can be lost by it.
            lost = false;
        }
    }

    @Override
    public String snapshotFormat() {
        return commands.snapshotFormat();
    }

    @Override
    public String appName() {
        return commands.appName();
    }

    @Override
    public String version() {
        return commands.version();
    }

    /** Rolls back what is not flushed, and gives the connection back. */
    @Override
    public synchronized void close() {
        discard();
    }

    private Transaction transaction() throws SQLException {
        Transaction current = transaction;
        if (current != null && !current.isUsable()) {
            discard();
            current = null;
            checkNothingLost();
        }
        if (current == null) {
            current = Transaction.begin(database.getConnection(), table);
            transaction = current;
        }
        return current;
    }

    private void discard() {
        if (transaction != null) {
            lost |= transaction.hasUncommitted();
            transaction.close();
            transaction = null;
        }
    }

    private void checkNothingLost() {
        if (lost) {
            throw new DatabaseException("commands before this one are rolled back");
        }
    }
}
