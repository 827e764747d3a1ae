package dev.outrigger.deploy.endurance;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What came out, as one line of JSON. */
final class Report {
    private final Map<String, String> values = new LinkedHashMap<>();
    private boolean failed;

    Report(String scenario) {
        values.put("scenario", "\"" + scenario + "\"");
    }

    Report with(String name, long value) {
        values.put(name, Long.toString(value));
        return this;
    }

    /** @param value plain text without quotes or line breaks */
    Report with(String name, String value) {
        values.put(
                name, "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ") + "\"");
        return this;
    }

    Report failedIf(boolean failure) {
        failed |= failure;
        return this;
    }

    boolean failed() {
        return failed;
    }

    String json() {
        return values.entrySet().stream()
                .map(value -> "\"" + value.getKey() + "\":" + value.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }
}
