package dev.outrigger.agent.storage.chronicle;

/** Does everything at once, on the thread that asks, so that a test knows the order; nothing is done again by itself. */
final class DirectBackground implements Background {
    @Override
    public void repeat(Runnable work) {}

    @Override
    public void execute(Runnable work) {
        work.run();
    }

    @Override
    public void close() {}
}
