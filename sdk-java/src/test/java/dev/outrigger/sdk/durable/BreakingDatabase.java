package dev.outrigger.sdk.durable;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Loses one connection at the call that it is told; a commit is lost before it is done, or done and its answer lost. */
final class BreakingDatabase implements DataSource {
    private final DataSource database;
    private long callsLeft = Long.MAX_VALUE;
    private boolean commitFirst;

    BreakingDatabase(DataSource database) {
        this.database = database;
    }

    /** @param calls which call of a connection fails, from 1 */
    void breakAt(long calls, boolean commitFirst) {
        this.callsLeft = calls;
        this.commitFirst = commitFirst;
    }

    boolean hasBroken() {
        return callsLeft <= 0;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection real = database.getConnection();
        boolean[] dead = {false};
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> call(real, dead, method, arguments));
    }

    private Object call(Connection real, boolean[] dead, Method method, Object[] arguments) throws Throwable {
        if (dead[0] && !method.getName().equals("close")) {
            throw new SQLException("the connection is lost");
        }
        if (!method.getName().equals("close") && --callsLeft == 0) {
            if (commitFirst && method.getName().equals("commit")) {
                real.commit();
            }
            dead[0] = true;
            real.rollback();
            real.close();
            throw new SQLException("the connection broke at " + method.getName());
        }
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return database.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        database.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        database.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return database.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return database.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return database.isWrapperFor(type);
    }
}
