package dev.outrigger.sdk.testkit;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a state machine and of what they hold, by path, as texts. Only ever used to explain a difference that was
 * seen from outside: not every field is state. Sets and maps come in the order of their texts.
 */
final class Fields {
    private static final int DEPTH_MAX = 8;
    private static final int VALUES_MAX = 20_000;
    private static final Set<Class<?>> PLAIN = Set.of(
            String.class,
            Boolean.class,
            Character.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            StringBuilder.class,
            StringBuffer.class,
            Class.class);

    private final Map<String, String> values = new TreeMap<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private Fields() {}

    static Map<String, String> of(Object machine) {
        Fields fields = new Fields();
        fields.add("", machine, 0);
        return fields.values;
    }

    /** Paths at which the two differ. */
    static List<String> differing(Map<String, String> one, Map<String, String> other) {
        List<String> paths = new ArrayList<>();
        one.forEach((path, value) -> {
            if (!value.equals(other.get(path))) {
                paths.add(path);
            }
        });
        other.keySet().stream().filter(path -> !one.containsKey(path)).forEach(paths::add);
        return paths;
    }

    private void add(String path, @Nullable Object value, int depth) {
        if (value == null || PLAIN.contains(value.getClass()) || value instanceof Enum || isPlain(value)) {
            put(path, String.valueOf(value));
        } else if (depth >= DEPTH_MAX || values.size() >= VALUES_MAX || !seen.add(value)) {
            put(path, "…");
        } else if (value.getClass().isArray()) {
            put(path, "length " + Array.getLength(value));
            for (int i = 0; i < Array.getLength(value) && values.size() < VALUES_MAX; i++) {
                add(path + "[" + i + "]", Array.get(value, i), depth + 1);
            }
        } else if (value instanceof Map<?, ?> map) {
            List<String> entries = new ArrayList<>();
            map.forEach((key, held) -> entries.add(text(key, depth) + "=" + text(held, depth)));
            put(path, sorted(entries));
        } else if (value instanceof Set<?> set) {
            put(path, sorted(texts(set, depth)));
        } else if (value instanceof Collection<?> collection) {
            put(path, texts(collection, depth).toString());
        } else if (value instanceof Optional<?> optional) {
            add(path, optional.orElse(null), depth);
        } else if (isOfJdk(value.getClass()) || value.getClass().isHidden()) {
            put(path, value.getClass().getName());
        } else {
            addFields(path, value, depth);
        }
    }

    private void put(String path, String value) {
        values.put(path, value);
    }

    private static boolean isPlain(Object value) {
        String name = value.getClass().getPackageName();
        return name.equals("java.time")
                || name.equals("java.math")
                || name.equals("java.util.concurrent.atomic")
                || value instanceof UUID
                || value instanceof Date;
    }

    private static boolean isOfJdk(Class<?> type) {
        return type.getClassLoader() == null || type.getClassLoader() == ClassLoader.getPlatformClassLoader();
    }

    private String text(@Nullable Object value, int depth) {
        Fields inner = new Fields();
        inner.seen.addAll(seen);
        inner.add("", value, depth + 1);
        return inner.values.size() == 1 ? inner.values.values().iterator().next() : inner.values.toString();
    }

    private List<String> texts(Collection<?> collection, int depth) {
        List<String> texts = new ArrayList<>();
        collection.forEach(value -> texts.add(text(value, depth)));
        return texts;
    }

    private static String sorted(List<String> texts) {
        Collections.sort(texts);
        return texts.toString();
    }

    private void addFields(String path, Object value, int depth) {
        for (Class<?> type = value.getClass(); type != null && !isOfJdk(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && open(field)) {
                    add(path.isEmpty() ? field.getName() : path + "." + field.getName(), get(field, value), depth + 1);
                }
            }
        }
    }

    private static boolean open(Field field) {
        try {
            field.setAccessible(true);
            return true;
        } catch (RuntimeException e) {
            return false; // A module that keeps it to itself: then it explains nothing.
        }
    }

    private static @Nullable Object get(Field field, Object owner) {
        try {
            return field.get(owner);
        } catch (IllegalAccessException e) {
            return null;
        }
    }
}
