package io.usageexporter.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.Providers;
import io.usageexporter.testing.Daemon;
import io.usageexporter.testing.Documentation;
import io.usageexporter.testing.Documentation.Block;
import io.usageexporter.testing.Documentation.Page;
import io.usageexporter.testing.Http;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.PostgresServer;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RequiredTool;
import io.usageexporter.testing.TestExporter;
import io.usageexporter.testing.TrackedProviders;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the examples of README and pages, and compares their output. */
class DocumentationIT {
    private static final Path JAR = Path.of("target/usage-exporter.jar").toAbsolutePath();

    /** The address of the shared ledger in the pages. */
    private static final String DATABASE =
            "jdbc:postgresql://db.example.com/usage?user=usage&passwordFile=/run/secrets/postgres-password";

    @TempDir
    Path folder;

    /** What stands for {@link #DATABASE}, once it is used. */
    private String database = "";

    @BeforeAll
    static void tools() {
        RequiredTool.require("curl", "curl");
        RequiredTool.require("jq", "jq");
        RequiredTool.require("bash", "bash");
    }

    @Test
    void readmesCommandsPrintWhatIsShownAndARestartChangesNothing() throws Exception {
        List<Block> blocks = Documentation.readme().blocks();
        Block look = new Block("sh", "curl localhost:5000/usage\n");
        assertThat(blocks).contains(look);

        try (var exporter = new JarExporter(folder)) {
            runAll(blocks, exporter);
            assertThat(exporter.terminate()).isZero();
        }
        try (var exporter = new JarExporter(folder)) {
            runAll(blocks.subList(blocks.indexOf(look), blocks.size()), exporter);
        }
    }

    static Stream<Page> pagesWithCommands() {
        return Documentation.pages().stream()
                .filter(page -> !page.file().equals(Documentation.README))
                .filter(page ->
                        !page.blocks("sh").isEmpty() || !page.blocks("java").isEmpty());
    }

    /** Each page on its own, after the README's first steps. */
    @ParameterizedTest
    @MethodSource("pagesWithCommands")
    void pagesCommandsPrintWhatIsShown(Page page) throws Exception {
        try (var exporter = new JarExporter(folder)) {
            runAll(Documentation.readme().blocks("sh"), exporter);
            runAll(page.blocks(), exporter);
        }
    }

    private void runAll(List<Block> blocks, JarExporter exporter) throws Exception {
        for (int i = 0; i < blocks.size(); i++) {
            String language = blocks.get(i).language();
            if (language.equals("sh") || language.equals("java")) {
                String command = blocks.get(i).text();
                ProcessRunner.Result result =
                        language.equals("sh") ? shell(command, exporter) : java(command, exporter);
                assertThat(result.status()).as(command + result.err()).isZero();
                if (i + 1 < blocks.size() && blocks.get(i + 1).language().equals("text")) {
                    assertThat(result.out())
                            .as(command)
                            .isEqualTo(blocks.get(i + 1).text());
                }
            }
        }
    }

    /** Compiles and runs a class with only the jar. */
    private ProcessRunner.Result java(String source, JarExporter exporter) throws Exception {
        Files.writeString(
                folder.resolve("Example.java"),
                source.replace("localhost:5000", "127.0.0.1:" + exporter.http().port()));
        return ProcessRunner.run(
                folder,
                "",
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-classpath",
                        JAR.toString(),
                        "Example.java"));
    }

    private ProcessRunner.Result shell(String command, JarExporter exporter) throws Exception {
        String here = here(command)
                .replace("localhost:5000", "127.0.0.1:" + exporter.http().port());
        if (here.contains(DATABASE)) {
            database = database.isEmpty() ? PostgresServer.shared().newDatabase() : database;
            here = here.replace(DATABASE, database);
        }
        if (here.contains(" migrate --from data/usage.db")) {
            assertThat(exporter.terminate()).isZero();
        }
        return ProcessRunner.run(folder, "", List.of("bash", "-euo", "pipefail", "-c", here));
    }

    /** The script, whose exporters start as quickly as those of other tests. */
    private static String here(String script) {
        return script.replace("target/usage-exporter.jar", JAR.toString())
                .replace("java -jar " + JAR, String.join(" ", ProcessRunner.jar()));
    }

    @Test
    void commandsInsideSentencesGetAResponse() throws Exception {
        List<String> commands = Documentation.pages().stream()
                .flatMap(page -> Pattern.compile("`(curl [^`\\n]*)`")
                        .matcher(page.text())
                        .results())
                .map(command -> command.group(1))
                .toList();
        assertThat(commands).hasSizeGreaterThanOrEqualTo(3);
        try (var exporter = new JarExporter(folder)) {
            for (String command : commands) {
                ProcessRunner.Result result = shell(command, exporter);
                assertThat(result.status()).as(command + result.err()).isZero();
                assertThat(result.out()).as(command).isNotBlank();
            }
        }
    }

    /** The bash block, which starts everything and runs until it is stopped. */
    @Test
    void wholeStackStartsWithoutDocker() throws Exception {
        RequiredTool.require("prometheus", "prometheus");
        RequiredTool.require("prometheus-alertmanager", "prometheus-alertmanager");
        List<Block> starts = Documentation.pages().stream()
                .flatMap(page -> page.blocks("bash").stream())
                .toList();
        assertThat(starts).hasSize(1);
        int exporter = Daemon.freePort();
        var prometheus = new Http(Daemon.freePort());
        String script = here(starts.get(0).text())
                .replace("localhost:5000", "localhost:" + exporter)
                .replace("localhost:9093", "localhost:" + Daemon.freePort())
                .replace("localhost:9090", "localhost:" + prometheus.port());
        ProcessRunner.run(
                        folder,
                        "",
                        List.of(
                                "cp",
                                "-r",
                                Path.of("prometheus").toAbsolutePath().toString(),
                                "."))
                .successful();
        var bash = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        bash.environment().put("USAGE_EXPORTER_WEB_LISTEN_ADDRESS", "127.0.0.1:" + exporter);
        Process all = bash.start();
        try {
            Awaitility.await()
                    .alias("usage, rules and Alertmanager")
                    .atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofMillis(500))
                    .ignoreException(UncheckedIOException.class)
                    .until(() -> prometheus
                                    .get("/api/v1/query?query=api_usage_compute_units_total%3E0")
                                    .body()
                                    .contains("\"category\":\"tiktok\"")
                            && prometheus.get("/api/v1/rules").body().contains("UsageQuotaCritical")
                            && prometheus.get("/api/v1/alertmanagers").body().contains("/api/v2/alerts"));
        } finally {
            all.descendants().forEach(ProcessHandle::destroy);
            all.destroy();
            all.waitFor();
        }
    }

    @Test
    void everyConfigurationIsValid() throws Exception {
        List<Block> configurations = Documentation.pages().stream()
                .flatMap(page -> page.blocks("yaml").stream())
                .toList();
        assertThat(configurations).hasSizeGreaterThanOrEqualTo(4);
        Files.createDirectories(folder.resolve("secrets"));
        for (String secret : List.of("anthropic-admin-key", "apify-token", "apify-webhook")) {
            Files.writeString(folder.resolve("secrets").resolve(secret), "secret");
        }
        for (Block block : configurations) {
            Path file = Files.writeString(folder.resolve("usage.yml"), block.text());
            var warnings = new ArrayList<String>();
            Providers.configReader().load(file, warnings::add);
            assertThat(warnings).as(block.text()).isEmpty();
        }
    }

    /** From the errors of check-config for a file with an unknown key in every section. */
    @Test
    void everyKeyIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("usage.yml"), """
                x: 0
                thresholds: {x: 0}
                providers:
                  anthropic: {x: 0, poll: {x: 0}, token_weights: {x: 0}}
                  apify:
                    x: 0
                    gateway: {x: 0}
                    poll: {x: 0}
                    webhook: {x: 0}
                    windows: {x: 0, weekly: {x: 0}, monthly: {x: 0}, session: {x: 0}}
                    limits: {x: {}}
                  maps: {kind: json, x: 0, gateway: {x: 0}}
                consumers: {growth: {x: 0}}
                prices: [{x: 0, units: {}, fast: {x: 0}, long_prompt: {x: 0}}]
                """);
        String errors = ProcessRunner.run(folder, "", ProcessRunner.jar("check-config", file.toString()))
                .err();
        Set<String> keys =
                found("([a-z_0-9]+)(?=,|\\n)", String.join("\n", found("allowed here: (.*)", errors)) + "\n");
        String pages = Stream.of("configuration.md", "gateway.md", "prices.md")
                .map(page -> Documentation.page(page).text())
                .collect(Collectors.joining());

        assertThat(keys)
                .contains("timezone", "start_day", "length", "secret_file", "display_name", "cache_write_1h", "over");
        assertThat(keys).allSatisfy(key -> assertThat(pages).containsPattern("\\b" + key + "\\b"));
    }

    @Test
    void tableOfFlagsIsComplete() throws Exception {
        String help = ProcessRunner.run(folder, "", ProcessRunner.jar("--help")).out();
        String page = Documentation.page("configuration.md").text();
        var rows = new ArrayList<String>();
        for (String flag : found("(--[a-z]+\\.[a-z.-]+)", help)) {
            rows.add("| `" + flag + "` | `USAGE_EXPORTER_"
                    + flag.substring(2).replaceAll("[.-]", "_").toUpperCase(Locale.ROOT) + "` |");
        }

        assertThat(rows).hasSizeGreaterThan(5);
        assertThat(page).contains(rows);
    }

    @Test
    void everySubcommandIsNamed() throws Exception {
        String help = ProcessRunner.run(folder, "", ProcessRunner.jar("--help")).out();
        String commands = help.substring(help.indexOf("Commands:"));

        assertThat(Documentation.page("configuration.md").text())
                .contains(found("(?m)^  ([a-z-]+)  ", commands).stream()
                        .map(name -> "`" + name + "`")
                        .toList());
    }

    @Test
    void everyRouteIsNamed() throws Exception {
        try (var exporter = new JarExporter(folder)) {
            Set<String> routes = found(
                    "(/[a-z/-]*)(?=, |\")", exporter.http().get("/nowhere").body());
            assertThat(routes).contains("/api/usage/history", "/-/ready");
            assertThat(Documentation.page("reading.md").text()
                            + Documentation.page("gateway.md").text())
                    .contains(routes);
        }
    }

    @Test
    void tableOfMetricsIsComplete() throws Exception {
        Set<String> documented = found(
                "`((?:api|usage_exporter)_[a-z_]+)`",
                Documentation.page("metrics.md").text());
        try (var providers = new TrackedProviders();
                var exporter = new JarExporter(folder, "--config.file=" + providers.config(folder))) {
            providers.use(exporter.http());
            // An exhausted quota has another series.
            exporter.http().record("{\"provider\":\"apify\",\"usage\":{\"compute_units\":100}}");
            // So has usage without a price.
            exporter.http().record("{\"provider\":\"anthropic\",\"usage\":{\"tokens\":1}}");
            String scrape = exporter.http().get("/metrics").body();
            Set<String> values = found(
                    "\\b(?:source|reason|outcome|kind|window|level)=\"([^\"]+)\"",
                    scrape.replaceAll("(?m)^(?!api_|usage_).*$", ""));
            assertThat(Documentation.page("metrics.md").text())
                    .contains(values.stream().map(value -> "`" + value + "`").toList());
            Set<String> exported = new HashSet<>();
            for (String series : TestExporter.samples(scrape).keySet()) {
                String metric =
                        series.replaceFirst("\\{.*", "").replaceFirst("_seconds_(bucket|count|sum|max)$", "_seconds");
                if (metric.startsWith("api_") || metric.startsWith("usage_exporter_")) {
                    exported.add(metric);
                }
            }
            assertThat(documented).isEqualTo(exported);
        }
    }

    private static Set<String> found(String pattern, String text) {
        var found = new TreeSet<String>();
        Pattern.compile(pattern).matcher(text).results().forEach(match -> found.add(match.group(1)));
        return found;
    }
}
