package io.usageexporter.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Documentation;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.TrackedProviders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metric names: those in rules, dashboards and documentation are exported, and those exported are documented. */
class MetricNamesIT {
    /** A complete metric name, not a prefix such as {@code jvm_*} or {@code api_usage_<resource>_total}. */
    private static final Pattern NAME = Pattern.compile(
            "\\b(?:api_(?:usage|quota|ratelimit|provider|price|consumer)|usage_exporter|jvm|process|system|http_server)_[a-z0-9_]+\\b(?<!_)(?![*<(.$])");

    /** A family of metrics referred to by a prefix. */
    private static final Pattern PREFIX = Pattern.compile("\\b((?:jvm|process|system|http_server)_[a-z_]*)\\*");

    @TempDir
    static Path folder;

    private static Set<String> exported;

    @BeforeAll
    static void scrape() throws Exception {
        try (var providers = new TrackedProviders();
                var exporter = new JarExporter(folder, "--config.file=" + providers.config(folder))) {
            providers.use(exporter.http());
            String url = "http://127.0.0.1:" + exporter.http().port();
            ProcessRunner.Result played =
                    ProcessRunner.run(folder, "", ProcessRunner.jar("demo", "--speed", "0", "--url", url));
            assertThat(played.status()).as(played.err()).isZero();
            // Exhausted, which has its own series.
            exporter.record("{\"provider\": \"apify\", \"usage\": {\"compute_units\": 100}}");
            exporter.record("{\"provider\": \"anthropic\", \"model\": \"unpriced\", \"usage\": {\"tokens\": 1}}");
            exporter.http().get("/usage");
            collectGarbage(exporter);
            exported = exporter.metrics().keySet().stream()
                    .map(series -> series.replaceFirst("\\{.*", ""))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** The series of garbage collection pauses exist only after the first pause. */
    private static void collectGarbage(JarExporter exporter) throws Exception {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        ProcessRunner.run(
                        folder,
                        "",
                        List.of(jcmd, Long.toString(exporter.handle().pid()), "GC.run"))
                .successful();
        Awaitility.await().until(() -> exporter.http().get("/metrics").body().contains("jvm_gc_pause_seconds"));
    }

    @Test
    void everyNamedMetricIsExported() throws Exception {
        for (Path file : files()) {
            Set<String> missing = names(file);
            missing.removeAll(exported);
            missing.removeIf(name -> exported.contains(name + "_count"));
            String text = Files.readString(file);
            // A recording rule's name contains the metric, without a counter's suffix.
            missing.removeIf(name -> text.contains(":" + name + ":") && exported.contains(name + "_total"));
            missing.remove("usage_exporter_url"); // an external label of Prometheus, for links
            missing.remove("http_server_config"); // a key of --web.config.file
            assertThat(missing).as(file.toString()).isEmpty();
        }
    }

    @Test
    void everyExportedMetricIsDocumented() throws Exception {
        var unnamed = new TreeSet<>(exported);
        for (Path file : files()) {
            unnamed.removeAll(names(file));
            Pattern prefix = Pattern.compile(PREFIX.matcher(Files.readString(file))
                    .results()
                    .map(match -> match.group(1) + ".*")
                    .collect(Collectors.joining("|")));
            unnamed.removeIf(name -> prefix.matcher(name).matches());
        }
        // The parts of a histogram are covered by its base name.
        unnamed.removeIf(name -> {
            String base = name.replaceFirst("_(bucket|sum|count|max)$", "");
            return !base.equals(name) && !unnamed.contains(base) && exported.contains(base + "_count");
        });
        assertThat(unnamed).isEmpty();
    }

    private static List<Path> files() throws IOException {
        var files = new ArrayList<>(
                Documentation.pages().stream().map(Documentation.Page::file).toList());
        for (String each : List.of("grafana/dashboards", "prometheus")) {
            try (Stream<Path> found = Files.walk(Path.of(each))) {
                found.filter(Files::isRegularFile).sorted().forEach(files::add);
            }
        }
        return files;
    }

    private static Set<String> names(Path file) throws IOException {
        return NAME.matcher(Files.readString(file))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
