package io.usageexporter.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.Configs;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The paths and addresses in the services' configuration exist. */
class ComposePathsTest {
    /** The ports on which the images listen. */
    private static final Map<String, Integer> PORTS =
            Map.of("exporter", 5000, "exporter-2", 5000, "prometheus", 9090, "alertmanager", 9093, "grafana", 3000);

    private final ComposeFile compose;

    ComposePathsTest() throws IOException {
        compose = ComposeFile.read();
    }

    @Test
    void everyBindMountExists() {
        assertThat(compose.services().values())
                .flatExtracting(service -> ComposeFile.mounts(service).values())
                .isNotEmpty()
                .allSatisfy(path -> assertThat(path).exists());
        JsonNode build = compose.service("exporter").path("build");
        assertThat(Path.of(
                        build.path("context").asText(), build.path("dockerfile").asText()))
                .isRegularFile();
    }

    @Test
    void everyConfiguredPathIsMountedAndExists() {
        assertThat(compose.services()).allSatisfy((name, service) -> {
            Map<String, Path> mounts = ComposeFile.mounts(service);
            assertThat(configuredPaths(service))
                    .allSatisfy(path -> assertThat(mounts.entrySet())
                            .anySatisfy(mount -> assertThat(path).startsWith(mount.getKey()))
                            .filteredOn(mount -> path.startsWith(mount.getKey()))
                            .allSatisfy(mount -> assertThat(Path.of(mount.getValue()
                                            + path.substring(mount.getKey().length())))
                                    .isRegularFile()));
        });
        assertThat(configuredPaths(compose.service("grafana")))
                .containsExactly("/var/lib/grafana/dashboards/usage-overview.json");
    }

    /** The paths under /etc and /var in a service's arguments and environment. */
    private static List<String> configuredPaths(JsonNode service) {
        return Stream.concat(
                        service.path("command")
                                .valueStream()
                                .map(argument -> argument.asText().replaceFirst("^--[^=]+=", "")),
                        ComposeFile.keys(service.path("environment")).stream()
                                .map(variable -> service.path("environment")
                                        .path(variable)
                                        .asText()))
                .filter(path -> path.startsWith("/etc/") || path.startsWith("/var/"))
                .toList();
    }

    @Test
    void alertmanagerHasTheSecretsOfItsReceivers() throws IOException {
        String config = Files.readString(Path.of("prometheus/alertmanager.yml"));
        assertThat(Pattern.compile("_file: (/\\S+)")
                        .matcher(config)
                        .results()
                        .map(match -> match.group(1))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(
                        ComposeFile.secrets(compose.service("alertmanager")).keySet());
    }

    @Test
    void everyVolumeBelongsToOneService() {
        assertThat(compose.services().values())
                .flatExtracting(service -> service.path("volumes")
                        .valueStream()
                        .filter(volume -> volume.path("type").asText().equals("volume"))
                        .map(volume -> volume.path("source").asText())
                        .toList())
                .containsExactlyInAnyOrderElementsOf(
                        ComposeFile.keys(compose.root().path("volumes")));
    }

    @Test
    void defaultConfigurationIsTheBuiltInOne() throws Exception {
        JsonNode exporter = compose.service("exporter");
        Path file = ComposeFile.mounts(exporter)
                .get(exporter.at("/environment/USAGE_EXPORTER_CONFIG_FILE").asText());

        assertThat(file).isNotNull();
        assertThat(Configs.load(file)).isEqualTo(Configs.defaults());
    }

    @Test
    void prometheusCanReachItsTargets() throws IOException {
        JsonNode config = ComposeFile.yaml(Files.readString(Path.of("prometheus/prometheus.yml")));
        var targets = new ArrayList<String>();
        config.findValues("targets").forEach(list -> targets.addAll(ComposeFile.strings(list)));

        assertThat(targets).contains("exporter:5000", "alertmanager:9093").allSatisfy(target -> {
            if (!target.startsWith("localhost:")) {
                reaches("prometheus", URI.create("http://" + target));
            }
        });
    }

    @Test
    void settingsOfTheProfileHaAreOnesOfTheFileAndNameFilesThatExist() throws IOException {
        var settings = new Properties();
        try (Reader file = Files.newBufferedReader(Dockerfile.FOLDER.resolve("ha.env"))) {
            settings.load(file);
        }
        assertThat(settings.remove("COMPOSE_PROFILES")).isEqualTo("ha");
        assertThat(ComposeFile.VARIABLE.matcher(compose.text()).results().map(match -> match.group(1)))
                .containsAll(settings.stringPropertyNames());
        assertThat(settings.remove("POSTGRES_PASSWORD_FILE")).isEqualTo("./postgres-password");
        assertThat(settings.getProperty("USAGE_EXPORTER_STORAGE_URL"))
                .isEqualTo(compose.service("exporter-2")
                        .at("/environment/USAGE_EXPORTER_STORAGE_URL")
                        .asText());
        JsonNode targets = ComposeFile.yaml(Files.readString(Path.of(settings.getProperty("PROMETHEUS_TARGETS_FILE"))));
        assertThat(ComposeFile.strings(targets.at("/0/targets"))).containsExactly("exporter-2:5000");
        reaches("prometheus", URI.create("http://exporter-2:5000"));
    }

    @Test
    void prometheusReadsFurtherTargetsFromWhereTheyAreMounted() throws IOException {
        JsonNode config = ComposeFile.yaml(Files.readString(Path.of("prometheus/prometheus.yml")));
        assertThat(ComposeFile.mounts(compose.service("prometheus")))
                .containsKey(
                        config.at("/scrape_configs/0/file_sd_configs/0/files/0").asText());
    }

    @Test
    void nginxCanReachTheExporters() throws IOException {
        Path file = Objects.requireNonNull(
                ComposeFile.mounts(compose.service("nginx")).get("/etc/nginx/nginx.conf"));
        List<String> servers = Pattern.compile("\\bserver (\\S+:\\d+)")
                .matcher(Files.readString(file))
                .results()
                .map(match -> match.group(1))
                .toList();

        assertThat(servers).containsExactly("exporter:5000", "exporter-2:5000");
        servers.forEach(server -> reaches("nginx", URI.create("http://" + server)));
    }

    @Test
    void grafanaCanReachItsDataSourcesAndReadItsDashboards() throws IOException {
        Map<String, Path> mounts = ComposeFile.mounts(compose.service("grafana"));
        Path provisioning = Objects.requireNonNull(mounts.get("/etc/grafana/provisioning"));

        List<JsonNode> sources = provisioned(provisioning.resolve("datasources"), "datasources");
        assertThat(sources)
                .isNotEmpty()
                .allSatisfy(source ->
                        reaches("grafana", URI.create(source.path("url").asText())));
        List<JsonNode> providers = provisioned(provisioning.resolve("dashboards"), "providers");
        assertThat(providers)
                .isNotEmpty()
                .allSatisfy(provider -> assertThat(mounts)
                        .containsKey(provider.at("/options/path").asText()));
    }

    private static List<JsonNode> provisioned(Path folder, String list) throws IOException {
        var found = new ArrayList<JsonNode>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                JsonNode root = ComposeFile.yaml(Files.readString(file));
                assertThat(root.path("apiVersion").asInt()).as(file.toString()).isEqualTo(1);
                root.path(list).valueStream().forEach(found::add);
            }
        }
        return found;
    }

    private void reaches(String from, URI to) {
        assertThat(to.getPort()).as(to.toString()).isEqualTo(PORTS.get(to.getHost()));
        assertThat(ComposeFile.strings(compose.service(to.getHost()).path("networks")))
                .containsAnyElementsOf(ComposeFile.strings(compose.service(from).path("networks")));
    }
}
