package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Daemon;
import io.usageexporter.testing.Http;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.Program;
import io.usageexporter.testing.TestExporter;
import io.usageexporter.testing.Tool;
import io.usageexporter.testing.TrackedProviders;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does what the README says, from top to bottom, and sees what it shows. */
class ReadmeIT {
    private static final Path README = Path.of("README.md").toAbsolutePath();
    private static final Pattern BLOCK = Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    /** @param language sh and java are run, text is what the block before it prints, yaml is a configuration */
    private record Block(String language, String text) {}

    @TempDir
    Path folder;

    @BeforeAll
    static void tools() {
        Tool.require("curl", "curl");
        Tool.require("jq", "jq");
        Tool.require("bash", "bash");
    }

    @Test
    void everyCommandDoesWhatIsShown() throws Exception {
        String restart = "Stop it with Ctrl-C and start it again";
        String readme = Files.readString(README);
        assertThat(readme).contains(restart);
        List<Block> before = blocks(readme.substring(0, readme.indexOf(restart)));
        List<Block> after = blocks(readme.substring(readme.indexOf(restart)));

        try (var exporter = new JarExporter(folder)) {
            runAll(before, exporter);
            assertThat(exporter.terminate()).isZero();
        }
        try (var exporter = new JarExporter(folder)) {
            List<Block> looks = before.subList(before.size() - 4, before.size());
            assertThat(looks.get(0).text()).isEqualTo("curl localhost:5000/usage\n");
            runAll(looks, exporter);
            runAll(after, exporter);
        }
    }

    private void runAll(List<Block> blocks, JarExporter exporter) throws Exception {
        for (int i = 0; i < blocks.size(); i++) {
            String language = blocks.get(i).language();
            if (language.equals("sh") || language.equals("java")) {
                String command = blocks.get(i).text();
                Program.Result result = language.equals("sh") ? shell(command, exporter) : java(command, exporter);
                assertThat(result.status()).as(command + result.err()).isZero();
                if (i + 1 < blocks.size() && blocks.get(i + 1).language().equals("text")) {
                    assertThat(result.out())
                            .as(command)
                            .isEqualTo(blocks.get(i + 1).text());
                }
            }
        }
    }

    /** Compiles and runs a class with nothing but the jar. */
    private Program.Result java(String source, JarExporter exporter) throws Exception {
        Files.writeString(
                folder.resolve("Example.java"),
                source.replace("localhost:5000", "127.0.0.1:" + exporter.http().port()));
        return Program.run(
                folder,
                "",
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-classpath",
                        Path.of("target/usage-exporter.jar").toAbsolutePath().toString(),
                        "Example.java"));
    }

    private Program.Result shell(String command, JarExporter exporter) throws Exception {
        String here = command.replace(
                        "localhost:5000", "127.0.0.1:" + exporter.http().port())
                .replace(
                        "target/usage-exporter.jar",
                        Path.of("target/usage-exporter.jar").toAbsolutePath().toString());
        return Program.run(folder, "", List.of("bash", "-euo", "pipefail", "-c", here));
    }

    @Test
    void whatTroubleshootingSaysToAskIsAnswered() throws Exception {
        List<String> commands = Pattern.compile("`(curl [^`\\n]*)`")
                .matcher(Files.readString(README))
                .results()
                .map(command -> command.group(1))
                .toList();
        assertThat(commands).hasSizeGreaterThanOrEqualTo(3);
        try (var exporter = new JarExporter(folder)) {
            for (String command : commands) {
                Program.Result result = shell(command, exporter);
                assertThat(result.status()).as(command + result.err()).isZero();
                assertThat(result.out()).as(command).isNotBlank();
            }
        }
    }

    /** The block for bash, which starts everything and goes on until it is ended. */
    @Test
    void theWholeStackStartsWithoutDocker() throws Exception {
        Tool.require("prometheus", "prometheus");
        Tool.require("prometheus-alertmanager", "prometheus-alertmanager");
        List<Block> starts = blocks(Files.readString(README)).stream()
                .filter(block -> block.language().equals("bash"))
                .toList();
        assertThat(starts).hasSize(1);
        int exporter = Daemon.freePort();
        var prometheus = new Http(Daemon.freePort());
        String script = starts.get(0)
                .text()
                .replace("localhost:5000", "localhost:" + exporter)
                .replace("localhost:9093", "localhost:" + Daemon.freePort())
                .replace("localhost:9090", "localhost:" + prometheus.port());
        Program.run(
                folder,
                "",
                List.of("cp", "-r", Path.of("prometheus").toAbsolutePath().toString(), "."));
        Files.createSymbolicLink(folder.resolve("target"), Path.of("target").toAbsolutePath());
        var bash = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        bash.environment().put("USAGE_EXPORTER_WEB_LISTEN_ADDRESS", "127.0.0.1:" + exporter);
        Process all = bash.start();
        try {
            Awaitility.await()
                    .alias("use, rules and Alertmanager")
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
    void theTwoCommandsAreThere() throws Exception {
        assertThat(blocks(Files.readString(README)).stream()
                        .filter(block -> block.language().isEmpty())
                        .map(Block::text))
                .startsWith("mvn -q -DskipTests package && java -jar target/usage-exporter.jar\n", "mvn verify\n");
    }

    @Test
    void everyConfigurationIsValid() throws Exception {
        List<Block> configurations = blocks(Files.readString(README)).stream()
                .filter(block -> block.language().equals("yaml"))
                .toList();
        assertThat(configurations).hasSize(3);
        Files.createDirectories(folder.resolve("secrets"));
        for (String secret : List.of("anthropic-admin-key", "apify-token", "apify-webhook")) {
            Files.writeString(folder.resolve("secrets").resolve(secret), "secret");
        }
        for (Block block : configurations) {
            Path file = Files.writeString(folder.resolve("usage.yml"), block.text());
            Program.Result result = Program.run(folder, "", Program.jar("check-config", file.toString()));
            assertThat(result.err()).isEmpty();
            assertThat(result.status()).isZero();
        }
    }

    @Test
    void theTableOfMetricsIsComplete() throws Exception {
        Set<String> documented = new HashSet<>();
        String readme = Files.readString(README);
        String section = readme.substring(readme.indexOf("## Metrics"), readme.indexOf("## Troubleshooting"));
        Matcher name = Pattern.compile("`((?:api|usage_exporter)_[a-z_]+)`").matcher(section);
        while (name.find()) {
            documented.add(name.group(1));
        }
        try (var providers = new TrackedProviders();
                var exporter = new JarExporter(folder, "--config.file=" + providers.config(folder))) {
            providers.use(exporter.http());
            // A quota that is used up has a series too.
            exporter.http().record("{\"provider\":\"apify\",\"usage\":{\"compute_units\":100}}");
            Set<String> exported = new HashSet<>();
            for (String series :
                    TestExporter.samples(exporter.http().get("/metrics").body()).keySet()) {
                String metric =
                        series.replaceFirst("\\{.*", "").replaceFirst("_seconds_(bucket|count|sum|max)$", "_seconds");
                if (metric.startsWith("api_") || metric.startsWith("usage_exporter_")) {
                    exported.add(metric);
                }
            }
            assertThat(documented).isEqualTo(exported);
        }
    }

    private static List<Block> blocks(String readme) {
        var blocks = new ArrayList<Block>();
        Matcher matcher = BLOCK.matcher(readme);
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2)));
        }
        return blocks;
    }
}
