package dev.outrigger.sdk.durable;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outrigger.sdk.LocalDelivery;
import dev.outrigger.sdk.LoggedCommand;
import java.util.ArrayList;
import java.util.List;
import org.h2.jdbcx.JdbcDataSource;

/** A process that applies commands to a database in a file until it is killed: database, first seed of its batches. */
final class KilledApplication {
    private KilledApplication() {}

    static JdbcDataSource database(String url) {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL(url);
        return database;
    }

    static LoggedCommand command(long index) {
        return new LoggedCommand(index, 1, index, ("a" + index % 7 + " " + index % 11).getBytes(UTF_8));
    }

    public static void main(String[] args) {
        LocalDelivery delivery = LocalDelivery.to(JdbcStateMachine.open(database(args[0]), new Accounts()));
        System.out.println("at " + delivery.applied().index());
        while (true) {
            long applied = delivery.applied().index();
            List<LoggedCommand> batch = new ArrayList<>();
            for (long index = applied + 1; index <= applied + 1 + applied % 5; index++) {
                batch.add(command(index));
            }
            delivery.deliver("orders", applied, false, batch).failure().ifPresent(Throwable::printStackTrace);
            System.out.println("applied " + delivery.applied().index());
        }
    }
}
