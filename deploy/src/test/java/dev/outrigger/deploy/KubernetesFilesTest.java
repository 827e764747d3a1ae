package dev.outrigger.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.config.Settings;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetSpec;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The Kubernetes files hold together, and with what the agent offers. */
class KubernetesFilesTest {
    private static Manifests manifests;
    private static StatefulSetSpec set;
    private static PodSpec pod;
    private static Container agent;

    @BeforeAll
    static void readFiles() throws Exception {
        manifests = Manifests.of(Path.of("kubernetes"));
        set = manifests.only(StatefulSet.class, "kv").getSpec();
        pod = set.getTemplate().getSpec();
        agent = pod.getInitContainers().get(0);
    }

    @Test
    void everyFieldIsOneThatKubernetesKnows() {
        assertEquals(List.of(), manifests.unknownFields());
        assertEquals(4, manifests.size(), "objects");
    }

    @Test
    void theAgentIsANativeSidecar() {
        assertEquals(List.of("agent"), names(pod.getInitContainers(), Container::getName));
        assertEquals("Always", agent.getRestartPolicy());
    }

    @Test
    void everySelectorFindsThePods() {
        Map<String, String> labels = set.getTemplate().getMetadata().getLabels();
        Stream.of(
                        set.getSelector().getMatchLabels(),
                        manifests.only(Service.class, "kv").getSpec().getSelector(),
                        peers().getSpec().getSelector(),
                        manifests
                                .only(PodDisruptionBudget.class, "kv")
                                .getSpec()
                                .getSelector()
                                .getMatchLabels())
                .forEach(selector -> assertMatches(selector, labels));
        assertEquals(2, pod.getTopologySpreadConstraints().size());
        pod.getTopologySpreadConstraints()
                .forEach(spread -> assertMatches(spread.getLabelSelector().getMatchLabels(), labels));
    }

    @Test
    void membersFindEachOtherBeforeTheyAreReady() {
        assertEquals(peers().getMetadata().getName(), set.getServiceName());
        assertEquals("None", peers().getSpec().getClusterIP());
        assertEquals(true, peers().getSpec().getPublishNotReadyAddresses());
        assertEquals("Parallel", set.getPodManagementPolicy());
    }

    /** The agent's own reading of its settings: unknown names and values that it would refuse fail here too. */
    @Test
    void theAgentAcceptsItsSettingsOnEveryReplica() {
        List<String> members = IntStream.range(0, set.getReplicas())
                .mapToObj(i -> "kv-" + i + "=kv-" + i + "." + set.getServiceName() + ":7412")
                .toList();
        for (int i = 0; i < set.getReplicas(); i++) {
            Settings settings = Settings.load(environment("kv-" + i), Map.of());
            assertEquals(members, names(settings.members(), Settings.Member::toString));
            assertEquals("kv-" + i, settings.node());
            assertEquals(
                    agent.getVolumeMounts().get(0).getMountPath(),
                    settings.data().toString());
            assertEquals(port("peer"), settings.peer().port());
            assertEquals(port("ops"), settings.ops().port());
        }
    }

    @Test
    void everyServicePortLeadsToAPortOfThePod() {
        Map<String, Integer> ports = containers()
                .flatMap(container -> container.getPorts().stream())
                .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort));
        assertEquals(Map.of("peer", 7412, "ops", 7413, "web", 8080), ports);
        Stream.of(manifests.only(Service.class, "kv"), peers())
                .flatMap(service -> service.getSpec().getPorts().stream())
                .forEach(port ->
                        assertTrue(ports.containsKey(port.getTargetPort().getStrVal()), port.getName()));
        assertEquals(port("peer"), peers().getSpec().getPorts().get(0).getPort(), "members are listed with this port");
    }

    @Test
    void theApplicationServesTheNamedPort() {
        Container kv = pod.getContainers().get(0);
        assertEquals("kv", kv.getArgs().get(0));
        assertTrue(kv.getArgs()
                .containsAll(List.of("--web-port", "" + kv.getPorts().get(0).getContainerPort())));
    }

    @Test
    void probesAskTheOpsListener() {
        assertProbe("/startupz", agent.getStartupProbe());
        assertProbe("/livez", agent.getLivenessProbe());
        assertProbe("/readyz", agent.getReadinessProbe());
    }

    @Test
    void everyMountHasItsVolume() {
        Set<String> volumes = Stream.concat(
                        pod.getVolumes().stream().map(Volume::getName),
                        set.getVolumeClaimTemplates().stream()
                                .map(PersistentVolumeClaim::getMetadata)
                                .map(io.fabric8.kubernetes.api.model.ObjectMeta::getName))
                .collect(Collectors.toSet());
        Set<String> mounts = containers()
                .flatMap(container -> container.getVolumeMounts().stream())
                .map(VolumeMount::getName)
                .collect(Collectors.toSet());
        assertEquals(volumes, mounts);
    }

    @Test
    void onlyTheAgentHasADiskAndItOutlivesThePod() {
        assertEquals(
                List.of("data"),
                names(
                        set.getVolumeClaimTemplates(),
                        claim -> claim.getMetadata().getName()));
        VolumeMount data = agent.getVolumeMounts().get(0);
        assertEquals("data", data.getName());
        assertEquals("/var/lib/outrigger", data.getMountPath());
        assertEquals("Retain", set.getPersistentVolumeClaimRetentionPolicy().getWhenDeleted());
        assertEquals("Retain", set.getPersistentVolumeClaimRetentionPolicy().getWhenScaled());
    }

    /** What the restricted Pod Security level asks for, and a read-only root on top. */
    @Test
    void everyContainerIsRestricted() {
        assertEquals(true, pod.getSecurityContext().getRunAsNonRoot());
        assertEquals(
                "RuntimeDefault", pod.getSecurityContext().getSeccompProfile().getType());
        assertEquals(false, pod.getAutomountServiceAccountToken());
        assertEquals(false, pod.getEnableServiceLinks());
        containers().map(Container::getSecurityContext).forEach(security -> {
            assertFalse(security.getAllowPrivilegeEscalation());
            assertTrue(security.getReadOnlyRootFilesystem());
            assertEquals(List.of("ALL"), security.getCapabilities().getDrop());
        });
    }

    private static Service peers() {
        return manifests.only(Service.class, "kv-peers");
    }

    private static Stream<Container> containers() {
        return Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream());
    }

    private static Map<String, String> environment(String podName) {
        return agent.getEnv().stream().collect(Collectors.toMap(EnvVar::getName, variable -> value(variable, podName)));
    }

    private static String value(EnvVar variable, String podName) {
        if (variable.getValueFrom() == null) {
            return variable.getValue();
        }
        assertEquals("metadata.name", variable.getValueFrom().getFieldRef().getFieldPath());
        return podName;
    }

    private static int port(String name) {
        return agent.getPorts().stream()
                .filter(port -> port.getName().equals(name))
                .mapToInt(ContainerPort::getContainerPort)
                .findFirst()
                .orElseThrow();
    }

    private static void assertMatches(Map<String, String> selector, Map<String, String> labels) {
        assertFalse(selector.isEmpty());
        assertTrue(labels.entrySet().containsAll(selector.entrySet()), selector + " does not select " + labels);
    }

    private static void assertProbe(String path, Probe probe) {
        assertEquals(path, probe.getHttpGet().getPath());
        assertEquals("ops", probe.getHttpGet().getPort().getStrVal());
    }

    private static <T> List<String> names(List<T> values, Function<T, String> name) {
        return values.stream().map(name).toList();
    }
}
