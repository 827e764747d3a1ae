package dev.outrigger.deploy.endurance;

/**
 * Stands between an agent and its application and spoils what goes through it, once for each fault that is armed. Safe for
 * many threads.
 */
interface AppProxy extends AutoCloseable {
    /** Has this fault happen at the next occasion. Several of one kind may wait. */
    void arm(Fault fault);

    /** How many that were armed wait for their occasion. */
    int waiting();

    /** Lets everything pass unharmed from now on; those that wait never happen. */
    void heal();

    /** Ends all connections, and listens no more. */
    @Override
    void close();
}
