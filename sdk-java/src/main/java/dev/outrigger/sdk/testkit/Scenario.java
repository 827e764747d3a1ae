package dev.outrigger.sdk.testkit;

/** What is other with the second replica. By this order the reason is looked for when several differ at one command. */
enum Scenario {
    ALONE("the first replica"),
    SAME_MOMENT("a second replica, at the same moment"),
    LATER("a replica that runs later"),
    REPLAYING("a replica that replays"),
    BATCHES("a replica with other deliveries, some of them twice"),
    OTHER_JVM("a replica in another JVM, with another time zone and locale"),
    RESTORED("a replica that was restored from snapshots"),
    RESTARTED("a replica that was restarted");

    private final String description;

    Scenario(String description) {
        this.description = description;
    }

    String description() {
        return description;
    }
}
