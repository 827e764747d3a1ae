package dev.outrigger.sdk.durable;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outrigger.sdk.Context;
import dev.outrigger.sdk.Result;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Accounts in a table, for tests. Commands {@code NAME AMOUNT} add to an account, and write a line into a journal that a
 * doubled command would double; an account below zero is refused; {@code fail} throws after it has written.
 */
final class Accounts implements SqlCommands {
    boolean repaired;

    @Override
    public void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("CREATE TABLE IF NOT EXISTS account (name VARCHAR(50) PRIMARY KEY, amount INT)");
            statement.executeUpdate("CREATE TABLE IF NOT EXISTS journal (line BIGINT, text VARCHAR(50))");
        }
    }

    @Override
    public Result apply(Connection connection, Context context, byte[] command) throws SQLException {
        String[] words = new String(command, UTF_8).split(" ");
        update(connection, "INSERT INTO journal VALUES (?, ?)", context.index(), words[0]);
        if (words[0].equals("fail") && !repaired) {
            throw new IllegalStateException("cannot do it");
        }
        if (words[0].equals("broken") && !repaired) {
            update(connection, "INSERT INTO nowhere VALUES (?, ?)", 1, "");
        }
        int amount = amount(connection, words[0]) + Integer.parseInt(words[1]);
        update(connection, "MERGE INTO account (amount, name) KEY (name) VALUES (?, ?)", amount, words[0]);
        return amount < 0 ? Result.refused(1, "overdrawn".getBytes(UTF_8)) : Result.ok(("" + amount).getBytes(UTF_8));
    }

    private static void update(Connection connection, String sql, long number, String text) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, number);
            statement.setString(2, text);
            statement.executeUpdate();
        }
    }

    private static int amount(Connection connection, String name) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT amount FROM account WHERE name = ?")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getInt(1) : 0;
            }
        }
    }

    /** The whole state; {@code write} tries to change it first. */
    @Override
    public byte[] query(Connection connection, byte[] query) throws SQLException {
        if (new String(query, UTF_8).equals("write")) {
            update(connection, "INSERT INTO journal VALUES (?, ?)", 0, "by a query");
        }
        return text(connection).getBytes(UTF_8);
    }

    private static String text(Connection connection) throws SQLException {
        StringBuilder text = new StringBuilder();
        append(connection, "SELECT name, amount FROM account ORDER BY name", text);
        text.append('\n');
        append(connection, "SELECT text, line FROM journal ORDER BY line", text);
        return text.append('\n').toString();
    }

    private static void append(Connection connection, String sql, StringBuilder text) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                text.append(row.getString(1)).append('=').append(row.getLong(2)).append(' ');
            }
        }
    }

    @Override
    public boolean hasSnapshots() {
        return true;
    }

    @Override
    public void writeSnapshot(Connection connection, OutputStream out) throws SQLException, IOException {
        out.write(text(connection).getBytes(UTF_8));
    }

    @Override
    public void readSnapshot(Connection connection, InputStream snapshot, String format)
            throws SQLException, IOException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("DELETE FROM account");
            statement.executeUpdate("DELETE FROM journal");
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(snapshot, UTF_8));
        insert(connection, "INSERT INTO account (amount, name) VALUES (?, ?)", in.readLine());
        insert(connection, "INSERT INTO journal (line, text) VALUES (?, ?)", in.readLine());
    }

    private static void insert(Connection connection, String sql, String line) throws SQLException {
        for (String pair : line.split(" ")) {
            if (!pair.isEmpty()) {
                update(connection, sql, Long.parseLong(pair.split("=")[1]), pair.split("=")[0]);
            }
        }
    }
}
