package dev.outrigger.agent.config;

import java.util.regex.Pattern;

/** Names of clusters, members and zones. */
final class Names {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    static final String RULE = "1 to 63 of A-Z a-z 0-9 . _ - starting with a letter or digit";

    private Names() {}

    static boolean valid(String name) {
        return FORM.matcher(name).matches();
    }

    static String require(Given value) {
        if (!valid(value.text())) {
            throw value.refused("is not a name; use " + RULE);
        }
        return value.text();
    }
}
