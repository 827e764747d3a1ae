package dev.outrigger.agent.config;

/**
 * The text of one setting and where it came from.
 *
 * @param origin for people: {@code flag --data}, {@code environment OUTRIGGER_DATA}, {@code data in FILE}, {@code default}
 */
record Given(Setting setting, String text, String origin) {
    static Given flag(Setting setting, String text) {
        return new Given(setting, text, "flag " + setting.flag());
    }

    static Given environment(Setting setting, String text) {
        return new Given(setting, text, "environment " + setting.environmentName());
    }

    static Given file(Setting setting, String text, String file) {
        return new Given(setting, text, setting.key() + " in " + file);
    }

    static Given byDefault(Setting setting, String text) {
        return new Given(setting, text, "default");
    }

    /** Without the white space around it, which never means anything. */
    Given stripped() {
        return new Given(setting, text.strip(), origin);
    }

    /** A refusal of this value: {@code environment OUTRIGGER_HEARTBEAT: '5x' is not a duration; write ...}. */
    SettingsException refused(String reason) {
        return new SettingsException(place() + ": " + quoted() + " " + reason);
    }

    /** How an error names this setting, wherever the value came from. */
    String place() {
        return origin.equals("default") ? "default of " + setting.environmentName() : origin;
    }

    private String quoted() {
        return setting.secret() ? "the value" : "'" + text + "'";
    }
}
