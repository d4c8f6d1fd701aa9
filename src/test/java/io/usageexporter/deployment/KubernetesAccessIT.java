package io.usageexporter.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.Certificates;
import io.usageexporter.testing.Documentation;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.ProcessRunner.Result;
import io.usageexporter.testing.RequiredTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kustomization with TLS and tokens, as the documentation makes it. */
class KubernetesAccessIT {
    @TempDir
    Path folder;

    private Path production;

    @BeforeEach
    void makeIt() throws Exception {
        RequiredTool.require("bash", "bash");
        for (String needed : List.of("src/main/kubernetes", "grafana")) {
            Files.createDirectories(folder.resolve(needed).getParent());
            run(Map.of(), List.of("cp", "-r", Path.of(needed).toAbsolutePath().toString(), needed));
        }
        String jar = Path.of("target/usage-exporter.jar").toAbsolutePath().toString();
        String documented = Documentation.page("deployment.md").blocks("sh").stream()
                .map(Documentation.Block::text)
                .filter(text -> text.startsWith("mkdir production"))
                .findFirst()
                .orElseThrow();
        run(Map.of(), List.of("bash", "-euo", "pipefail", "-c", documented.replace("target/usage-exporter.jar", jar)));
        production = folder.resolve("production");
    }

    private String run(Map<String, String> environment, List<String> command) throws Exception {
        Result result = ProcessRunner.run(folder, "", environment, command);
        assertThat(result.status()).as(result.out() + result.err()).isZero();
        return result.out();
    }

    @Test
    void everyResourceIsValidWithAndWithoutTheOperator() throws Exception {
        Manifests all = Manifests.render(production);
        Path file = production.resolve("kustomization.yaml");
        Files.writeString(
                file, Files.readString(file).replace("[../src/main/kubernetes]", "[../src/main/kubernetes/exporter]"));
        Manifests alone = Manifests.render(production);

        assertThat(KubernetesTypes.check(all.resources()))
                .allSatisfy(complaints -> assertThat(complaints).isEmpty());
        assertThat(all.resources()).containsAll(alone.resources());
        assertThat(alone.all("ServiceMonitor")).isEmpty();
        assertThat(alone.only("StatefulSet").at("/spec/template/spec/containers/0/image"))
                .asString()
                .contains("registry.example.com/usage-exporter:");
    }

    @Test
    void exporterServesByTlsAndItsProbesAndScrapeHaveTheToken() throws Exception {
        Manifests manifests = Manifests.render(production);
        JsonNode container = manifests.only("StatefulSet").at("/spec/template/spec/containers/0");
        var environment = environment(container);
        environment.put("USAGE_EXPORTER_WEB_LISTEN_ADDRESS", "127.0.0.1:0");
        layOutSecrets(manifests);

        try (var exporter = new JarExporter(folder, environment, ProcessRunner.jar())) {
            environment.replace(
                    "USAGE_EXPORTER_URL", "https://localhost:" + exporter.http().port());
            String token = environment.remove("USAGE_EXPORTER_TOKEN_FILE");
            assertThat(curl(exporter, "/-/healthy")).isEqualTo("200");
            for (String probe : List.of("startupProbe", "livenessProbe")) {
                assertThat(container.path(probe).path("httpGet"))
                        .isEqualTo(Manifests.yaml("{path: /-/healthy, port: http, scheme: HTTPS}")
                                .get(0));
            }
            List<String> readiness = command(container.at("/readinessProbe/exec/command"));
            assertThat(ProcessRunner.run(folder, "", environment, readiness).err())
                    .contains("status 401; give it a token");
            environment.put("USAGE_EXPORTER_TOKEN_FILE", token);
            assertThat(run(environment, readiness)).isEqualTo("ready\n");

            assertThat(curl(exporter, "/metrics")).isEqualTo("401");
            assertThat(curl(
                            exporter,
                            "/metrics",
                            "-H",
                            "Authorization: Bearer "
                                    + Files.readString(Path.of(token)).strip()))
                    .isEqualTo("200");
        }
    }

    /** As in the cluster, with this folder for the root. */
    private Map<String, String> environment(JsonNode container) {
        var environment = new HashMap<String, String>();
        for (JsonNode variable : container.path("env")) {
            String value = variable.path("value").asText();
            environment.put(variable.path("name").asText(), value.startsWith("/") ? folder + value : value);
        }
        return environment;
    }

    /** What the Secrets of the documentation hold, in the folder where the volume projects it, and the configuration. */
    private void layOutSecrets(Manifests manifests) throws Exception {
        Path access = Files.createDirectories(folder.resolve("run/access"));
        new Certificates(access)
                .authority("ca")
                .issued("tls", "ca", "DNS:usage-exporter,DNS:localhost")
                .path("tls.crt");
        for (String file : List.of("web.yml", "scrape-token")) {
            Files.copy(production.resolve(file), access.resolve(file));
        }
        Path configuration = Files.createDirectories(folder.resolve("etc/usage-exporter"));
        Files.copy(production.resolve("usage-exporter.yml"), configuration.resolve("usage-exporter.yml"));

        String secrets = manifests.only("StatefulSet").toString();
        JsonNode endpoint = manifests.only("ServiceMonitor").at("/spec/endpoints/0");
        assertThat(secrets).contains("\"name\":\"usage-exporter-tls\"", "\"name\":\"usage-exporter-access\"");
        assertThat(endpoint.at("/scheme").asText()).isEqualTo("https");
        assertThat(endpoint.at("/authorization/credentials"))
                .isEqualTo(Manifests.yaml("{name: usage-exporter-access, key: scrape-token}")
                        .get(0));
        assertThat(endpoint.at("/tlsConfig"))
                .isEqualTo(Manifests.yaml(
                                "{serverName: usage-exporter, ca: {secret: {name: usage-exporter-tls, key: ca.crt}}}")
                        .get(0));
    }

    private static List<String> command(JsonNode probe) {
        var words = new ArrayList<String>();
        probe.forEach(word -> words.add(word.asText()));
        assertThat(words.remove(0)).isEqualTo("usage-exporter");
        return ProcessRunner.jar(words.toArray(new String[0]));
    }

    /** The status, as Prometheus gets it, which names an address and verifies the certificate for the service. */
    private String curl(JarExporter exporter, String path, String... options) throws Exception {
        RequiredTool.require("curl", "curl");
        int port = exporter.http().port();
        var command = new ArrayList<>(List.of("curl", "-s", "-o", "out", "-w", "%{http_code}"));
        command.addAll(List.of("--cacert", "run/access/ca.crt", "--resolve", "usage-exporter:" + port + ":127.0.0.1"));
        command.addAll(List.of("-H", "Host: 127.0.0.1"));
        command.addAll(List.of(options));
        command.add("https://usage-exporter:" + port + path);
        return run(Map.of(), command);
    }
}
