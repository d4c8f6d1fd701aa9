package io.usageexporter.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageexporter.testing.Pom;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.ProcessRunner.Result;
import io.usageexporter.testing.RequiredTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** docker-compose.yml conforms to the specification, and its services are hardened. */
class ComposeTest {
    private static final Pattern PINNED = Pattern.compile("[a-z-]+(/[a-z-]+)?:v?\\d+\\.\\d+(\\.\\d+)?(-alpine)?");

    private final ComposeFile compose;

    @TempDir
    Path folder;

    ComposeTest() throws IOException {
        compose = ComposeFile.read();
    }

    @Test
    void composeAcceptsTheFile() throws Exception {
        Result result = check(compose.text());

        assertThat(result.out() + result.err()).isEmpty();
        assertThat(result.status()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mem_limit: 128m | mem_limits: 128m | mem_limits",
                "cap_drop: [ALL] | cap_drop: ALL | cap_drop",
                "condition: service_healthy | condition: service_fine | condition",
                "internal: true | internal: 17 | internal",
                "source: grafana-data | source: grafana-date | grafana-date",
            })
    void composeRejectsMistakes(String right, String wrong, String named) throws Exception {
        assertThat(compose.text()).contains(right);

        Result result = check(compose.text().replace(right, wrong));

        assertThat(result.status()).isNotZero();
        assertThat(result.err()).contains(named);
    }

    private Result check(String text) throws IOException, InterruptedException {
        String checker = RequiredTool.require("docker-compose", "docker-compose");
        Path file = Files.writeString(folder.resolve("docker-compose.yml"), text);
        return ProcessRunner.run(folder, "", List.of(checker, "--file", file.toString(), "config", "--quiet"));
    }

    @Test
    void everyImageHasAPinnedVersion() throws IOException {
        assertThat(compose.services())
                .allSatisfy((name, service) ->
                        assertThat(service.path("image").asText()).matches(PINNED));
        assertThat(compose.service("exporter").path("image").asText())
                .isEqualTo("usage-exporter:" + Pom.version(Path.of("pom.xml")));
        for (String other : List.of("demo", "exporter-2")) {
            assertThat(compose.service(other).path("image"))
                    .isEqualTo(compose.service("exporter").path("image"));
        }
    }

    @Test
    void onlyExporterNginxAndGrafanaArePublishedAndOnlyOnLocalhost() {
        assertThat(compose.services())
                .allSatisfy((name, service) -> assertThat(ComposeFile.strings(service.path("ports")))
                        .isEqualTo(
                                switch (name) {
                                    case "exporter" -> List.of("127.0.0.1:5000:5000");
                                    case "nginx" -> List.of("127.0.0.1:5080:8080");
                                    case "grafana" -> List.of("127.0.0.1:3000:3000");
                                    default -> List.of();
                                }));
        assertThat(compose.text()).doesNotContainPattern("\\b(network_mode|privileged|docker\\.sock|cap_add)\\b");
    }

    @Test
    void onlyServicesThatNeedItHaveOutsideAccess() {
        assertThat(compose.root().at("/networks/inside/internal").asBoolean()).isTrue();
        assertThat(ComposeFile.keys(compose.root().path("networks"))).containsExactly("inside", "outside");
        assertThat(compose.services())
                .allSatisfy((name, service) -> assertThat(ComposeFile.strings(service.path("networks")))
                        .isEqualTo(
                                Set.of("exporter", "exporter-2", "nginx", "grafana", "alertmanager")
                                                .contains(name)
                                        ? List.of("inside", "outside")
                                        : List.of("inside")));
    }

    @Test
    void everyServiceIsHardened() {
        assertThat(compose.services()).allSatisfy((name, service) -> {
            assertThat(service.path("read_only").asBoolean()).isTrue();
            assertThat(ComposeFile.strings(service.path("cap_drop"))).containsExactly("ALL");
            assertThat(ComposeFile.strings(service.path("security_opt"))).containsExactly("no-new-privileges:true");
            assertThat(service.path("mem_limit").asText()).matches("\\d+m");
            assertThat(service.path("pids_limit").asInt()).isPositive();
            assertThat(ComposeFile.keys(service.at("/logging/options"))).containsExactly("max-size", "max-file");
            assertThat(service.path("restart").asText()).isEqualTo(name.equals("demo") ? "no" : "unless-stopped");
            assertThat(service.path("volumes").valueStream())
                    .filteredOn(volume -> volume.path("type").asText().equals("bind"))
                    .allSatisfy(volume ->
                            assertThat(volume.path("read_only").asBoolean()).isTrue());
        });
    }

    @Test
    void servicesWithDependentsHaveHealthChecks() {
        // The exporter has the health check of its image.
        var checked = new HashSet<>(Set.of("exporter"));
        compose.services().forEach((name, service) -> {
            if (!service.at("/healthcheck/test").isMissingNode()) {
                checked.add(name);
            }
        });
        assertThat(checked)
                .containsExactlyInAnyOrder("exporter", "prometheus", "alertmanager", "grafana", "postgres", "nginx");
        assertThat(compose.services().values())
                .flatExtracting(service -> ComposeFile.keys(service.path("depends_on")))
                .isSubsetOf(checked);
    }

    /** So that it does not matter which of them a client reaches. */
    @Test
    void exportersOfALedgerAreAlike() {
        ObjectNode first = compose.service("exporter").deepCopy();
        ObjectNode second = compose.service("exporter-2").deepCopy();
        String url = second.withObject("environment")
                .remove("USAGE_EXPORTER_STORAGE_URL")
                .asText();
        assertThat(url)
                .startsWith("jdbc:postgresql://postgres/")
                .endsWith("passwordFile=/run/secrets/postgres-password");
        assertThat(ComposeFile.secrets(compose.service("exporter"))).containsKey("/run/secrets/postgres-password");
        assertThat(first.withObject("environment").remove("USAGE_EXPORTER_STORAGE_URL"))
                .isNotNull();
        assertThat(ComposeFile.mounts(second)).isEqualTo(ComposeFile.mounts(first));
        List<String> own = List.of("profiles", "pull_policy", "ports", "volumes", "depends_on");
        assertThat(second.remove(own)).isEqualTo(first.remove(own));
    }

    @Test
    void onlyWhatAnotherExporterNeedsIsInTheProfileHa() {
        assertThat(compose.services().entrySet().stream()
                        .filter(service -> !service.getValue().path("profiles").isMissingNode())
                        .map(service -> service.getKey() + " "
                                + service.getValue().at("/profiles/0").asText()))
                .containsExactlyInAnyOrder("exporter-2 ha", "postgres ha", "nginx ha", "demo demo");
    }

    @Test
    void secretsAreFilesAndNotInTheEnvironment() {
        JsonNode secrets = compose.root().path("secrets");
        assertThat(compose.services().values())
                .flatExtracting(service -> ComposeFile.secrets(service).values())
                .hasSameElementsAs(ComposeFile.keys(secrets));
        assertThat(secrets).allSatisfy(secret -> {
            assertThat(ComposeFile.keys(secret)).containsExactly("file");
            assertThat(Path.of(secret.path("file").asText())).isEmptyFile();
        });
        assertThat(compose.services())
                .allSatisfy((name, service) -> service.path("environment").forEachEntry((variable, value) -> {
                    if (variable.matches(".*(PASSWORD|SECRET|TOKEN|API_KEY)(__?FILE)?")) {
                        assertThat(variable).endsWith("_FILE");
                        assertThat(ComposeFile.secrets(service)).containsKey(value.asText());
                    }
                }));
    }

    @Test
    void everyVariableIsDocumentedAtTheTop() {
        String top =
                compose.text().lines().takeWhile(line -> line.startsWith("#")).collect(Collectors.joining("\n"));
        Set<String> documented = Pattern.compile("\\b[A-Z]+(_[A-Z]+)+\\b")
                .matcher(top)
                .results()
                .map(match -> match.group())
                .collect(Collectors.toSet());
        Set<String> read = ComposeFile.VARIABLE
                .matcher(compose.text())
                .results()
                .map(match -> match.group(1))
                .filter(name -> !name.toLowerCase(Locale.ROOT).equals("revision"))
                .collect(Collectors.toSet());

        assertThat(documented).isEqualTo(read);
        assertThat(compose.text().replaceAll(ComposeFile.VARIABLE.pattern(), ""))
                .doesNotContain("$");
    }
}
