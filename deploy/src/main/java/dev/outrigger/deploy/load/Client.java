package dev.outrigger.deploy.load;

/** Submits commands to one agent. */
interface Client extends AutoCloseable {
    String name();

    /** Keeps as many commands in flight as the window says, until it closes and the last is answered. Blocks. */
    void drive(byte[] command, Window window) throws InterruptedException;

    @Override
    void close();
}
