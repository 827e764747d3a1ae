package dev.outrigger.deploy.endurance;

/** Threads that do not keep the process alive when what they serve has failed. */
final class Background {
    private Background() {}

    static Thread start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
