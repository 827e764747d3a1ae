package dev.outrigger.deploy;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The Kubernetes base as typed objects: rendered by {@code kubectl}, or the files as they are where there is none. */
final class Manifests {
    private static final String MODEL = "io.fabric8.kubernetes.api.model";

    private final List<HasMetadata> objects;

    private Manifests(List<HasMetadata> objects) {
        this.objects = objects;
    }

    static Manifests of(Path base) throws IOException, InterruptedException {
        String yaml = kubectlIsHere() ? render(base) : concatenate(base);
        KubernetesSerialization serialization = new KubernetesSerialization();
        return new Manifests(Stream.of(yaml.split("(?m)^---$"))
                .map(document -> (HasMetadata) serialization.unmarshal(document))
                .toList());
    }

    static boolean kubectlIsHere() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "kubectl")));
    }

    /** The one object of this kind and name. */
    <T extends HasMetadata> T only(Class<T> kind, String name) {
        List<T> found = objects.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(object -> object.getMetadata().getName().equals(name))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " objects " + kind.getSimpleName() + " " + name);
        }
        return found.get(0);
    }

    int size() {
        return objects.size();
    }

    /** Paths of all fields that the Kubernetes API does not have. */
    List<String> unknownFields() {
        List<String> unknown = new ArrayList<>();
        for (HasMetadata object : objects) {
            walk(object, object.getKind() + "/" + object.getMetadata().getName(), unknown);
        }
        return unknown;
    }

    private static void walk(Object value, String path, List<String> unknown) {
        if (value instanceof Collection<?> many) {
            many.forEach(one -> walk(one, path + "[]", unknown));
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, one) -> walk(one, path + "." + key, unknown));
        } else if (value != null && value.getClass().getPackageName().startsWith(MODEL)) {
            Arrays.stream(value.getClass().getMethods())
                    .filter(method -> method.getName().startsWith("get") && method.getParameterCount() == 0)
                    .forEach(getter -> walkInto(value, getter, path, unknown));
        }
    }

    private static void walkInto(Object value, Method getter, String path, List<String> unknown) {
        Object field;
        try {
            field = getter.invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(path + ": " + getter, e);
        }
        if (getter.getName().equals("getAdditionalProperties")) {
            ((Map<?, ?>) field).keySet().forEach(key -> unknown.add(path + "." + key));
        } else {
            walk(field, path + "." + getter.getName().substring(3), unknown);
        }
    }

    private static String render(Path base) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("kubectl", ".err");
        Process kubectl = new ProcessBuilder("kubectl", "kustomize", base.toString())
                .redirectError(errors.toFile())
                .start();
        String yaml = new String(kubectl.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (kubectl.waitFor() != 0) {
            throw new AssertionError("kubectl kustomize failed: " + Files.readString(errors));
        }
        Files.delete(errors);
        return yaml;
    }

    private static String concatenate(Path base) throws IOException {
        System.err.println("kubectl is not on the PATH: the Kubernetes files are tested as they are, not as rendered");
        StringBuilder yaml = new StringBuilder();
        for (String line : Files.readAllLines(base.resolve("kustomization.yaml"))) {
            if (line.matches("  - \\S+\\.yaml")) {
                yaml.append(yaml.isEmpty() ? "" : "---\n").append(Files.readString(base.resolve(line.substring(4))));
            }
        }
        return yaml.toString();
    }
}
