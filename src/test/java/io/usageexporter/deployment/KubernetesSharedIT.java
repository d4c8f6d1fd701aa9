package io.usageexporter.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.Certificates;
import io.usageexporter.testing.Documentation;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.PostgresServer;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RequiredTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kustomization of exporters that share a ledger, as the documentation makes it. */
class KubernetesSharedIT {
    private static final String POD = "/spec/template/spec";
    private static final String ACCESS = "../src/main/kubernetes/access";
    private static final String SHARED = "../src/main/kubernetes/shared";

    @TempDir
    Path folder;

    private Path shared;

    @BeforeEach
    void makeIt() throws Exception {
        RequiredTool.require("bash", "bash");
        for (String needed : List.of("src/main/kubernetes", "grafana")) {
            Files.createDirectories(folder.resolve(needed).getParent());
            run("cp", "-r", Path.of(needed).toAbsolutePath().toString(), needed);
        }
        String documented = Documentation.page("shared-ledger.md").blocks("sh").stream()
                .map(Documentation.Block::text)
                .filter(text -> text.startsWith("mkdir shared"))
                .findFirst()
                .orElseThrow();
        run("bash", "-euo", "pipefail", "-c", documented);
        shared = folder.resolve("shared");
    }

    private void run(String... command) throws Exception {
        ProcessRunner.Result result = ProcessRunner.run(folder, "", List.of(command));
        assertThat(result.status()).as(result.out() + result.err()).isZero();
    }

    private Manifests renderedWith(String resources, String components) throws Exception {
        Path file = shared.resolve("kustomization.yaml");
        Files.writeString(
                file,
                Files.readString(file)
                        .replaceFirst("(?m)^resources: .*", "resources: [" + resources + "]")
                        .replaceFirst("(?m)^components: .*", "components: [" + components + "]"));
        return Manifests.render(shared);
    }

    @Test
    void everyResourceIsValidAlsoWithoutTheOperator() throws Exception {
        Manifests all = Manifests.render(shared);
        Manifests alone = renderedWith("../src/main/kubernetes/exporter", SHARED);

        assertThat(KubernetesTypes.check(all.resources()))
                .allSatisfy(complaints -> assertThat(complaints).isEmpty());
        assertThat(all.resources()).containsAll(alone.resources());
        assertThat(alone.resources())
                .extracting(Manifests::kind)
                .containsExactlyInAnyOrder(
                        "ConfigMap", "NetworkPolicy", "Service", "Deployment", "PodDisruptionBudget");
    }

    @Test
    void twoPodsWithoutVolumesAreReplacedOneAfterTheOtherAndKeptApart() throws Exception {
        Manifests manifests = Manifests.render(shared);
        JsonNode deployment = manifests.only("Deployment");
        JsonNode labels = deployment.at("/spec/template/metadata/labels");

        assertThat(deployment.at("/spec/replicas").asInt()).isEqualTo(2);
        assertThat(deployment.at("/spec/strategy/rollingUpdate"))
                .isEqualTo(Manifests.yaml("{maxSurge: 1, maxUnavailable: 0}").get(0));
        assertThat(deployment.toString()).doesNotContain("persistentVolumeClaim", "volumeClaimTemplates", "/data");
        JsonNode budget = manifests.only("PodDisruptionBudget");
        assertThat(budget.at("/spec/maxUnavailable").asInt()).isEqualTo(1);
        assertThat(budget.at("/spec/selector/matchLabels")).isEqualTo(labels);
        JsonNode apart =
                deployment.at(POD + "/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution");
        assertThat(apart)
                .hasSize(2)
                .allSatisfy(term -> assertThat(term.at("/podAffinityTerm/labelSelector/matchLabels"))
                        .isEqualTo(labels));
        assertThat(apart.findValuesAsText("topologyKey"))
                .containsExactly("kubernetes.io/hostname", "topology.kubernetes.io/zone");
    }

    /** A pod that starts gets no calls; one whose ledger cannot be written keeps them. */
    @Test
    void callsGoToPodsThatServe() throws Exception {
        Manifests manifests = Manifests.render(shared);
        JsonNode container = manifests.only("Deployment").at(POD + "/containers/0");

        assertThat(manifests
                        .only("Service")
                        .at("/spec/publishNotReadyAddresses")
                        .asBoolean())
                .isFalse();
        assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/-/ready");
        assertThat(container.at("/readinessProbe/failureThreshold").asInt()).isGreaterThan(100_000);
        assertThat(container.at("/lifecycle/preStop/exec/command/0").asText()).isEqualTo("sleep");
        assertThat(manifests.only("NetworkPolicy").at("/spec/egress").findValuesAsText("port"))
                .contains("5432");
    }

    @Test
    void accessCanBeAddedBeforeOrAfter() throws Exception {
        for (String components : List.of(ACCESS + ", " + SHARED, SHARED + ", " + ACCESS)) {
            JsonNode container = renderedWith("../src/main/kubernetes", components)
                    .only("Deployment")
                    .at(POD + "/containers/0");

            assertThat(container.at("/readinessProbe/httpGet").isMissingNode()).isTrue();
            assertThat(container.at("/readinessProbe/exec/command/2").asText()).isEqualTo("--ready");
            assertThat(container.at("/readinessProbe/failureThreshold").asInt()).isGreaterThan(100_000);
            assertThat(container.path("env").findValuesAsText("name"))
                    .contains("USAGE_EXPORTER_STORAGE_URL", "USAGE_EXPORTER_WEB_CONFIG_FILE");
            assertThat(container.path("volumeMounts").findValuesAsText("mountPath"))
                    .contains("/run/postgres", "/run/access")
                    .doesNotContain("/data");
        }
    }

    /** With the environment of the pod and what the Secret holds, in this folder for the root. */
    @Test
    void exporterFindsItsLedgerByTheSecret() throws Exception {
        JsonNode pod = Manifests.render(shared).only("Deployment").at(POD);
        JsonNode address = pod.at("/containers/0/env")
                .valueStream()
                .filter(variable -> variable.path("name").asText().equals("USAGE_EXPORTER_STORAGE_URL"))
                .findFirst()
                .orElseThrow();
        assertThat(address.at("/valueFrom/secretKeyRef"))
                .isEqualTo(Manifests.yaml("{name: usage-exporter-postgres, key: url}")
                        .get(0));
        assertThat(pod.path("volumes").toString()).contains("\"secretName\":\"usage-exporter-postgres\"");
        Path mounted = Files.createDirectories(folder.resolve("run/postgres"));
        Files.writeString(mounted.resolve("password"), PostgresServer.PASSWORD + "\n");
        var certificates = new Certificates(mounted).authority("ca").issued("server", "ca", "DNS:localhost");

        try (var server = new PostgresServer().useTls(certificates, "server").start()) {
            String database = PostgresServer.database(server.newDatabase());
            String url = Files.readString(folder.resolve("url"))
                    .replace(
                            "db.example.com/usage?user=usage",
                            "localhost:" + server.port() + "/" + database + "?user=" + PostgresServer.USER)
                    .replace("/run/postgres", mounted.toString());
            try (var exporter = new JarExporter(
                    folder,
                    Map.of(
                            "USAGE_EXPORTER_STORAGE_URL",
                            url,
                            "USAGE_EXPORTER_STORAGE_PATH",
                            "/data/usage.db",
                            "USAGE_EXPORTER_WEB_LISTEN_ADDRESS",
                            "127.0.0.1:0"),
                    ProcessRunner.jar())) {
                assertThat(exporter.record("{\"provider\":\"apify\",\"usage\":{\"compute_units\":1}}")
                                .statusCode())
                        .isEqualTo(200);
                assertThat(exporter.log()).doesNotContain(PostgresServer.PASSWORD);
            }
        }
    }
}
