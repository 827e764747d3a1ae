package dev.outrigger.sdk.durable;

import dev.outrigger.sdk.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * The table with the position, one row. Its SQL is what all databases have in common: NUMERIC because not all have BIGINT,
 * and an update before an insert because each has another word for doing both.
 */
final class PositionTable {
    static final String DEFAULT_NAME = "outrigger_position";

    private static final String NAME = "[A-Za-z][A-Za-z0-9_]*(\\.[A-Za-z][A-Za-z0-9_]*)?";

    private final String name;

    PositionTable(String name) {
        if (!name.matches(NAME)) {
            throw new IllegalArgumentException(
                    "a table's name is letters, digits and _, with a schema and a dot before it if need be, not '"
                            + name + "'");
        }
        this.name = name;
    }

    /** Creates the table where it is missing; leaves no transaction open. */
    void create(Connection connection) throws SQLException {
        try {
            read(connection);
            connection.rollback();
        } catch (SQLException missing) {
            // Some databases take nothing more in a transaction that has failed.
            connection.rollback();
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate(
                        "CREATE TABLE " + name + " (id NUMERIC(1) NOT NULL PRIMARY KEY,"
                                + " cluster_name VARCHAR(255), last_index NUMERIC(19) NOT NULL, last_term NUMERIC(19) NOT NULL)");
                connection.commit();
            } catch (SQLException e) {
                e.addSuppressed(missing);
                throw e;
            }
        }
    }

    Position read(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                        "SELECT cluster_name, last_index, last_term FROM " + name + " WHERE id = 1");
                ResultSet row = select.executeQuery()) {
            return row.next()
                    ? new Position(Optional.ofNullable(row.getString(1)), row.getLong(2), row.getLong(3))
                    : Position.NONE;
        }
    }

    /**
     * Moves the position on.
     *
     * @return false when it no longer was {@code from}
     */
    boolean move(Connection connection, Position from, Position to) throws SQLException {
        String sql = from.index() == 0
                ? "INSERT INTO " + name + " (id, cluster_name, last_index, last_term) VALUES (1, ?, ?, ?)"
                : "UPDATE " + name + " SET cluster_name = ?, last_index = ?, last_term = ?"
                        + " WHERE id = 1 AND last_index = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, to.cluster().orElse(null));
            statement.setLong(2, to.index());
            statement.setLong(3, to.term());
            if (from.index() > 0) {
                statement.setLong(4, from.index());
            }
            return statement.executeUpdate() == 1;
        }
    }
}
