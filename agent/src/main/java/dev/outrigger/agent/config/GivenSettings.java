package dev.outrigger.agent.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The texts that file, environment and flags give, each where it counts: flags beat environment beats file. */
final class GivenSettings {
    private static final Map<String, Setting> BY_ENVIRONMENT_NAME = index(Setting::environmentName);
    private static final Map<String, Setting> BY_KEY = index(Setting::key);
    private static final Pattern SERVICE_LINK_NAME =
            Pattern.compile(".*(_SERVICE_HOST|_SERVICE_PORT(_.*)?|_PORT(_.*)?)");

    private final Map<Setting, Given> given = new EnumMap<>(Setting.class);

    private GivenSettings() {}

    static GivenSettings gather(Map<String, String> environment, Map<Setting, String> flags) {
        GivenSettings gathered = new GivenSettings();
        gathered.addEnvironment(environment);
        flags.forEach((setting, text) -> gathered.add(Given.flag(setting, text)));
        gathered.given(Setting.CONFIG).ifPresent(gathered::addFile);
        return gathered;
    }

    /** What was given, or the default. */
    Optional<Given> find(Setting setting) {
        return given(setting).or(() -> setting.defaultText().map(text -> Given.byDefault(setting, text)));
    }

    private Optional<Given> given(Setting setting) {
        return Optional.ofNullable(given.get(setting));
    }

    private void add(Given value) {
        // An absent label of a Kubernetes node reaches the zone as an empty text, so there it means none. Elsewhere an
        // empty value is a template that went wrong, and for the token file it would leave the door open.
        if (value.text().isBlank()) {
            if (value.setting() != Setting.ZONE) {
                throw new SettingsException(value.place() + ": the value is empty; give one, or remove the setting");
            }
            given.remove(Setting.ZONE);
            return;
        }
        given.put(value.setting(), value.stripped());
    }

    private void addEnvironment(Map<String, String> environment) {
        new TreeMap<>(environment).forEach((name, text) -> {
            if (name.startsWith(Setting.ENVIRONMENT_PREFIX)) {
                Setting setting = BY_ENVIRONMENT_NAME.get(name);
                if (setting == null) {
                    throw unknownVariable(name, text);
                }
                add(Given.environment(setting, text));
            }
        });
    }

    private static SettingsException unknownVariable(String name, String text) {
        boolean serviceLink = text.startsWith("tcp://")
                || text.startsWith("udp://")
                || SERVICE_LINK_NAME.matcher(name).matches();
        String hint = serviceLink
                ? "Kubernetes sets such variables for a Service of that name; set 'enableServiceLinks: false' in the pod"
                : "'outrigger help agent' lists the settings";
        return new SettingsException("environment " + name + ": there is no such setting; " + hint);
    }

    private void addFile(Given config) {
        Properties properties = read(config);
        for (String key : new TreeSet<>(properties.stringPropertyNames())) {
            Setting setting = BY_KEY.get(key);
            if (setting == null || setting == Setting.CONFIG) {
                throw new SettingsException(
                        "'" + key + "' in " + config.text()
                                + ": there is no such setting; 'outrigger help agent' lists them (as flags, keys go without --)");
            }
            if (!given.containsKey(setting)) {
                add(Given.file(setting, properties.getProperty(key), config.text()));
            }
        }
    }

    private static Properties read(Given config) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(config.text()), StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw config.refused("cannot be read as a file of 'key = value' lines in UTF-8 (" + reason(e) + ")");
        }
        return properties;
    }

    private static String reason(Exception e) {
        return e instanceof InvalidPathException ? "not a path" : e.getClass().getSimpleName();
    }

    private static Map<String, Setting> index(Function<Setting, String> name) {
        return Stream.of(Setting.values()).collect(Collectors.toUnmodifiableMap(name, setting -> setting));
    }
}
