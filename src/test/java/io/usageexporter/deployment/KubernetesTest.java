package io.usageexporter.deployment;

import static io.usageexporter.deployment.Manifests.kind;
import static io.usageexporter.deployment.Manifests.name;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.Application;
import io.usageexporter.Providers;
import io.usageexporter.testing.Pom;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kustomization renders to what the API of Kubernetes accepts, hardened, and to the rules and dashboards as they are. */
class KubernetesTest {
    private static final Path RULES = Path.of("prometheus/rules");
    private static final Path DASHBOARDS = Path.of("grafana/dashboards");
    /** kubectl apply keeps the whole resource in an annotation, which the API server limits to 256 KiB. */
    private static final int MAX_BYTES = 250_000;

    private static Manifests manifests = new Manifests(List.of());

    @BeforeAll
    static void render() throws Exception {
        manifests = Manifests.render(Manifests.FOLDER);
    }

    @Test
    void everyResourceIsValid() throws Exception {
        assertThat(manifests.resources()).hasSizeGreaterThan(10);
        assertThat(KubernetesTypes.check(manifests.resources()))
                .allSatisfy(complaints -> assertThat(complaints).isEmpty());
    }

    /** A mistake in a resource: a text, by what it is replaced, and what the complaint names. */
    private record Mistake(String kind, String right, String wrong, String named) {
        JsonNode in(Manifests manifests) {
            String text = manifests.all(kind).get(0).toString();
            assertThat(text).contains(right);
            return TestExporter.json(text.replace(right, wrong));
        }
    }

    @Test
    void mistakesAreNoticed() throws Exception {
        List<Mistake> mistakes = List.of(
                new Mistake(
                        "StatefulSet", "readOnlyRootFilesystem", "readonlyRootFilesystem", "readonlyRootFilesystem"),
                new Mistake("StatefulSet", "\"replicas\":1", "\"replicas\":\"1\"", "number"),
                new Mistake("StatefulSet", "\"serviceName\":", "\"service\":", "service"),
                new Mistake("StatefulSet", "\"RuntimeDefault\"", "\"Default\"", "type"),
                new Mistake("StatefulSet", "\"name\":\"exporter\",", "", "name"),
                new Mistake("Service", "\"port\":5000", "\"port\":\"http\"", "number"),
                new Mistake("NetworkPolicy", "\"ipBlock\"", "\"ipRange\"", "ipRange"),
                new Mistake("ServiceMonitor", "\"relabelings\"", "\"relabeling\"", "relabeling"),
                new Mistake("PrometheusRule", "\"expr\"", "\"expression\"", "expression"),
                new Mistake("ConfigMap", "\"data\"", "\"datum\"", "datum"));

        List<List<String>> complaints = KubernetesTypes.check(
                mistakes.stream().map(mistake -> mistake.in(manifests)).toList());

        assertThat(complaints)
                .zipSatisfy(
                        mistakes,
                        (found, mistake) -> assertThat(found)
                                .as(mistake.toString())
                                .isNotEmpty()
                                .allMatch(complaint -> complaint.contains(mistake.named())));
    }

    @Test
    void withoutTheOperatorTheExporterAloneCanBeApplied() throws Exception {
        Manifests alone = Manifests.render(Manifests.FOLDER.resolve("exporter"));

        assertThat(alone.resources())
                .extracting(Manifests::kind)
                .containsExactlyInAnyOrder("ConfigMap", "NetworkPolicy", "Service", "StatefulSet");
        assertThat(manifests.resources()).containsAll(alone.resources());
    }

    /** With -Dgolden.write=true the resources are made from the rules again. */
    @Test
    void prometheusRulesAreTheRuleFiles() throws Exception {
        var expected = new StringBuilder("# Made from prometheus/rules by KubernetesTest with -Dgolden.write=true.\n");
        for (Path file : files(RULES)) {
            String name = file.getFileName().toString().replace(".yml", "");
            expected.append(
                            "---\napiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: usage-")
                    .append(name)
                    .append("\n  labels:\n    app.kubernetes.io/name: usage-exporter\nspec:\n")
                    .append(Files.readString(file).replaceAll("(?m)^(?=.)", "  "));
        }
        Path made = Manifests.FOLDER.resolve("prometheus-rules.yaml");
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(made, expected);
        }

        assertThat(Files.readString(made)).isEqualTo(expected.toString());
        var specs = new ArrayList<JsonNode>();
        for (Path file : files(RULES)) {
            specs.addAll(Manifests.yaml(Files.readString(file)));
        }
        assertThat(manifests.all("PrometheusRule"))
                .extracting(rule -> rule.path("spec"))
                .containsExactlyElementsOf(specs);
    }

    @Test
    void everyDashboardIsAConfigMapThatKubectlCanApply() throws Exception {
        List<JsonNode> maps = manifests.all("ConfigMap").stream()
                .filter(map ->
                        map.at("/metadata/labels/grafana_dashboard").asText().equals("1"))
                .toList();

        var dashboards = new ArrayList<String>();
        for (Path file : files(DASHBOARDS)) {
            dashboards.add(Files.readString(file));
        }
        assertThat(maps)
                .extracting(map -> map.path("data").iterator().next().asText())
                .containsExactlyInAnyOrderElementsOf(dashboards);
        assertThat(maps)
                .allSatisfy(map -> assertThat(map.toString().getBytes(StandardCharsets.UTF_8))
                        .hasSizeLessThan(MAX_BYTES));
    }

    @Test
    void configurationIsValidAndMountedWhereTheExporterLooksForIt() throws Exception {
        Path file = Manifests.FOLDER.resolve("exporter/usage-exporter.yml");
        var warnings = new ArrayList<String>();
        Providers.configReader().load(file, warnings::add);
        assertThat(warnings).isEmpty();

        JsonNode map = manifests.all("ConfigMap").stream()
                .filter(each -> name(each).startsWith("usage-exporter-"))
                .findFirst()
                .orElseThrow();
        JsonNode mounted = named(pod().path("volumes"), "configuration");
        assertThat(mounted.at("/configMap/name").asText()).isEqualTo(name(map));
        assertThat(map.at("/data/usage-exporter.yml").asText()).isEqualTo(Files.readString(file));
        assertThat(container().at("/env/0/value").asText()).isEqualTo(mount("configuration") + "/usage-exporter.yml");
    }

    @Test
    void exporterRunsUnprivilegedWithNothingWritableButItsVolumes() {
        assertThat(pod().path("automountServiceAccountToken")).isEqualTo(json("false"));
        assertThat(pod().path("enableServiceLinks")).isEqualTo(json("false"));
        assertThat(pod().path("securityContext")).isEqualTo(json("""
                        {"runAsNonRoot": true, "runAsUser": 65532, "runAsGroup": 65532, "fsGroup": 65532,
                         "fsGroupChangePolicy": "OnRootMismatch", "seccompProfile": {"type": "RuntimeDefault"}}"""));
        assertThat(container().path("securityContext")).isEqualTo(json("""
                        {"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
                         "capabilities": {"drop": ["ALL"]}}"""));
        assertThat(container().path("volumeMounts").valueStream())
                .filteredOn(mount -> !mount.path("readOnly").asBoolean())
                .extracting(mount -> mount.path("mountPath").asText())
                .containsExactly("/data", "/tmp");
        assertThat(mount("secrets")).isEqualTo("/run/secrets");
        assertThat(container().at("/resources/limits/memory"))
                .isEqualTo(container().at("/resources/requests/memory"));
    }

    @Test
    void oneReplicaRunsThisVersionAndHasTimeToStop() throws Exception {
        assertThat(manifests.only("StatefulSet").at("/spec/replicas").asInt()).isEqualTo(1);
        assertThat(container().path("image").asText()).isEqualTo("usage-exporter:" + Pom.version(Path.of("pom.xml")));
        assertThat(Duration.ofSeconds(
                        pod().path("terminationGracePeriodSeconds").asInt()))
                .isGreaterThan(Application.Settings.DEFAULT_DRAIN_TIMEOUT.multipliedBy(2));
    }

    @Test
    void probesAreAnsweredByTheExporter(@TempDir Path folder) throws Exception {
        var clock = new SettableClock("2026-11-24T09:15:00Z");
        try (var exporter = new TestExporter(folder.resolve("usage.db"), null, clock)) {
            for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                JsonNode get = container().path(probe).path("httpGet");
                assertThat(exporter.http().get(get.path("path").asText()).statusCode())
                        .as(probe)
                        .isEqualTo(200);
                assertThat(get.path("port").asText()).isEqualTo("http");
            }
        }
    }

    @Test
    void selectorsAndPortsFitTogether() {
        JsonNode labels = manifests.only("StatefulSet").at("/spec/template/metadata/labels");
        JsonNode service = manifests.only("Service");

        assertThat(Stream.of(
                        manifests.only("StatefulSet").at("/spec/selector/matchLabels"),
                        service.at("/spec/selector"),
                        manifests.only("NetworkPolicy").at("/spec/podSelector/matchLabels")))
                .allMatch(labels::equals);
        assertThat(manifests.only("ServiceMonitor").at("/spec/selector/matchLabels"))
                .isEqualTo(service.at("/metadata/labels"));
        assertThat(List.of(
                        container().at("/ports/0/name"),
                        service.at("/spec/ports/0/name"),
                        service.at("/spec/ports/0/targetPort"),
                        manifests.only("ServiceMonitor").at("/spec/endpoints/0/port"),
                        manifests.only("NetworkPolicy").at("/spec/ingress/0/ports/0/port")))
                .allMatch(port -> port.asText().equals("http"));
        // The job's name, which alerts match.
        assertThat(name(service)).isEqualTo("usage-exporter");
        assertThat(manifests.only("StatefulSet").at("/spec/serviceName").asText())
                .isEqualTo(name(service));
    }

    private JsonNode pod() {
        return manifests.only("StatefulSet").at("/spec/template/spec");
    }

    private JsonNode container() {
        return pod().at("/containers/0");
    }

    private String mount(String volume) {
        return named(container().path("volumeMounts"), volume).path("mountPath").asText();
    }

    private static JsonNode named(JsonNode list, String name) {
        return list.valueStream()
                .filter(each -> each.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode json(String text) {
        return TestExporter.json(text);
    }

    private static List<Path> files(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
