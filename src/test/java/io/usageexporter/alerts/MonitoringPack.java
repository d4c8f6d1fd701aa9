package io.usageexporter.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** The files in {@code prometheus/}, as shipped and as adapted for tests. */
final class MonitoringPack {
    static final Path FOLDER = Path.of("prometheus").toAbsolutePath();

    private static final ObjectMapper JSON = new ObjectMapper();

    private MonitoringPack() {}

    static List<Path> in(String folder) throws IOException {
        try (Stream<Path> files = Files.list(FOLDER.resolve(folder))) {
            return files.filter(file -> file.toString().endsWith(".yml"))
                    .sorted()
                    .toList();
        }
    }

    /** All alerting rules. */
    static List<JsonNode> alerts() throws IOException {
        var alerts = new ArrayList<JsonNode>();
        for (Path file : in("rules")) {
            alerts.addAll(alerts(file));
        }
        return alerts;
    }

    /** The alerting rules of a file. */
    static List<JsonNode> alerts(Path file) throws IOException {
        var alerts = new ArrayList<JsonNode>();
        for (JsonNode group : read(file).get("groups")) {
            group.get("rules").forEach(rule -> {
                if (rule.has("alert")) {
                    alerts.add(rule);
                }
            });
        }
        return alerts;
    }

    /** All cases of promtool unit tests that expect or exclude an alert. */
    static List<JsonNode> alertCases() throws IOException {
        var cases = new ArrayList<JsonNode>();
        for (Path file : in("tests")) {
            cases.addAll(alertCases(file));
        }
        return cases;
    }

    /** Those of a file. */
    static List<JsonNode> alertCases(Path file) throws IOException {
        var cases = new ArrayList<JsonNode>();
        for (JsonNode test : read(file).get("tests")) {
            test.path("alert_rule_test").forEach(cases::add);
        }
        return cases;
    }

    /** The files of rules that a file of tests loads. */
    static List<Path> loadedBy(Path tests) throws IOException {
        var files = new ArrayList<Path>();
        read(tests).get("rule_files").forEach(file -> files.add(tests.resolveSibling(file.asText())));
        return files;
    }

    /** Parses a YAML file and resolves its aliases. */
    private static JsonNode read(Path file) throws IOException {
        return JSON.valueToTree(new Yaml().load(Files.readString(file)));
    }

    /**
     * Copies Prometheus's configuration and rules with other addresses and shorter delays: scrapes and evaluations every
     * second instead of every 15, and seconds instead of minutes where {@code for} is one or two minutes or
     * {@code keep_firing_for} is five.
     */
    static Path prometheus(Path to, List<Integer> exporters, int alertmanager) throws IOException {
        Files.createDirectories(to.resolve("rules"));
        for (Path file : in("rules")) {
            String text = Files.readString(file)
                    .replaceAll("(?m)^( +for): ([12])m$", "$1: $2s")
                    .replaceAll("(?m)^( +keep_firing_for): 5m$", "$1: 5s");
            Files.writeString(to.resolve("rules").resolve(file.getFileName()), text);
        }
        String text = Files.readString(FOLDER.resolve("prometheus.yml"));
        String targets = exporters.stream()
                .map(exporter -> "\"127.0.0.1:" + exporter + "\"")
                .collect(Collectors.joining(", "));
        text = replace(text, "\"exporter:5000\"", targets);
        text = replace(text, "\"alertmanager:9093\"", "\"127.0.0.1:" + alertmanager + "\"");
        text = replace(text, "(scrape|evaluation)_interval: 15s", "$1_interval: 1s");
        return Files.writeString(to.resolve("prometheus.yml"), text);
    }

    /** Copies Alertmanager's configuration with another receiver address and group delays of one second. */
    static Path alertmanager(Path to, int receiver) throws IOException {
        String text = Files.readString(FOLDER.resolve("alertmanager.yml"));
        text = replace(text, "http://127\\.0\\.0\\.1:9095/", "http://127.0.0.1:" + receiver + "/");
        text = replace(text, "group_(wait|interval): \\d+[sm]", "group_$1: 1s");
        return Files.writeString(to.resolve("alertmanager.yml"), text);
    }

    private static String replace(String text, String pattern, String replacement) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.replaceAll(replacement);
    }
}
