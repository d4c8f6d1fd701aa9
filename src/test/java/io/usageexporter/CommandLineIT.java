package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.ProcessRunner.Result;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The subcommands of the packaged program and their exit statuses. */
class CommandLineIT {
    @TempDir
    Path folder;

    private Result run(String... arguments) throws Exception {
        return ProcessRunner.run(folder, "", ProcessRunner.jar(arguments));
    }

    @Test
    void demoFillsAnExporterWithSimulatedUsage() throws Exception {
        try (var exporter = new JarExporter(folder)) {
            String url = "http://127.0.0.1:" + exporter.http().port();
            Result played = run("demo", "--url", url, "--days", "2", "--speed", "0");

            assertThat(played.status()).as(played.err()).isZero();
            assertThat(played.out()).matches("sent \\d{4} events of the last 2 days\\R");
            assertThat(exporter.http().get("/metrics").body())
                    .contains("usage_exporter_events_recorded_total{source=\"api\"} "
                            + played.out().replaceAll("(?s)sent (\\d+).*", "$1") + ".0\n");
            assertThat(run("demo", "--url", url, "--days", "40").err()).contains("--days must be from 0 to 39, not 40");
            assertThat(run("demo", "--url", url, "--speed", "-1").status()).isEqualTo(2);
            assertThat(run("demo", "--url", "ftp://x").status()).isEqualTo(2);
        }
        Result unreachable = run("demo", "--url", "http://127.0.0.1:1");
        assertThat(unreachable.status()).isEqualTo(1);
        assertThat(unreachable.err()).contains("http://127.0.0.1:1 does not respond");
    }

    @Test
    void everyFlagHasAnEnvironmentVariableAndFlagsWin() throws Exception {
        Map<String, String> environment = Map.of("USAGE_EXPORTER_STORAGE_PATH", "from-environment.db");
        List<String> record = ProcessRunner.jar("record", "--provider=apify", "compute_units=1");
        assertThat(ProcessRunner.run(folder, "", environment, record).status()).isZero();
        assertThat(folder.resolve("from-environment.db")).exists();

        ProcessRunner.run(
                        folder,
                        "",
                        environment,
                        ProcessRunner.jar("record", "--provider=apify", "--storage.path=flag.db", "compute_units=1"))
                .successful();
        assertThat(folder.resolve("flag.db")).exists();
    }

    @Test
    void recordWritesToTheLedgerOrThroughAnExporter() throws Exception {
        String[] event = {
            "record",
            "--provider=anthropic",
            "--category=recommendations",
            "--model=claude-sonnet-4-5",
            "--id=a",
            "--at=" + Instant.now(),
            "requests=2",
            "tokens.input=1200",
            "tokens.output=800"
        };
        assertThat(run(event).out()).isEqualTo("{\"recorded\":1,\"duplicates\":0}\n");
        assertThat(run(event).out()).isEqualTo("{\"recorded\":0,\"duplicates\":1}\n");
        event[6] = "requests=3";
        assertThat(run(event).status()).isEqualTo(1);
        try (var exporter = new JarExporter(folder)) {
            assertThat(run("record", "--provider=apify", "compute_units=0.5").err())
                    .contains("is in use by process");
            String url = "--url=" + exporter.http().uri("/");
            assertThat(run("record", url, "--provider=apify", "--category=tiktok", "compute_units=0.5")
                            .status())
                    .isZero();
            assertThat(run("summary", url).out())
                    .contains("Requests: 2 / 1000 (0.2%)", "Tokens: 2000 /", "Compute Units: 0.5 / 100 (0.5%)");
            var samples = exporter.metrics();
            assertThat(samples.get("usage_exporter_events_recorded_total{source=\"cli\"}"))
                    .isEqualByComparingTo("1");
            assertThat(samples.get("usage_exporter_events_recorded_total{source=\"api\"}"))
                    .isEqualByComparingTo("1");
            assertThat(run("verify").out()).isEqualTo("data/usage.db: 2 events, all totals match\n");
        }
    }

    @Test
    void summaryOfTheLedgerEqualsThatOfTheExporter() throws Exception {
        Instant monthStart = LocalDate.now(ZoneOffset.UTC)
                .withDayOfMonth(1)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
        Instant hoursAgo = Instant.now().minus(Duration.ofHours(2));
        String at = "--at=" + (hoursAgo.isBefore(monthStart) ? monthStart : hoursAgo);
        run("record", "--provider=apify", at, "compute_units=3000");
        String ofFile = run("summary").out();
        try (var exporter = new JarExporter(folder)) {
            assertThat(ofFile).contains("Compute units ran out ").isEqualTo(exporter.text());
        }
    }

    @Test
    void verifyReportsEachDifference() throws Exception {
        run("record", "--provider=apify", "--category=tiktok", "compute_units=1.5");
        try (Connection ledger = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/usage.db"))) {
            ledger.createStatement().execute("UPDATE series_total SET amount = '2'");
        }
        Result result = run("verify");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err())
                .isEqualTo("ledger " + folder.resolve("data/usage.db") + " (1 event)\n"
                        + "table series_total: row \"apify tiktok    compute_units 2 1\" is not as it was written\n"
                        + "total of apify tiktok compute_units: stored 2, the events give 1.5\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"summary", "verify"})
    void missingLedgerIsReported(String command) throws Exception {
        Result result = run(command);

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("there is no ledger at " + folder.resolve("data/usage.db"));
    }

    @Test
    void checkConfigReportsFileLineAndKeyOfEveryError() throws Exception {
        Files.writeString(folder.resolve("bad.yml"), """
                timezone: Mars/Olympus
                providers:
                  apify:
                    limits:
                      daily: {compute_units: -1}
                    colour: red
                """);
        Result bad = run("check-config", "bad.yml");
        assertThat(bad.status()).isEqualTo(1);
        assertThat(bad.err().lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith("bad.yml:1: timezone: must be a time zone"))
                .anyMatch(line -> line.startsWith("bad.yml:5: providers.apify.limits.daily.compute_units: must be"))
                .anyMatch(line -> line.startsWith("bad.yml:6: providers.apify.colour: unknown key; allowed here:"));
        assertThat(run("--config.file=bad.yml").status()).isEqualTo(2);

        Files.writeString(folder.resolve("good.yml"), "providers: {maps: {resources: [tiles]}}");
        Result good = run("check-config", "good.yml");
        assertThat(good.status()).isZero();
        assertThat(good.out()).isEqualTo("good.yml: valid; providers: maps\n");
    }

    @Test
    void healthcheckReportsWhetherAnExporterRuns() throws Exception {
        try (var exporter = new JarExporter(folder)) {
            Result healthy = run("healthcheck", "--url=" + exporter.http().uri(""));
            assertThat(healthy.status()).isZero();
            assertThat(healthy.out()).isEqualTo("healthy\n");
        }
        int unreachable;
        try (var socket = new ServerSocket(0)) {
            unreachable = socket.getLocalPort();
        }
        assertThat(run("healthcheck", "--url=http://127.0.0.1:" + unreachable).status())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--no.such.flag", "nonsense", "--web.listen-address=5000", "--log.level=loud", "record"})
    void usageErrorExits2AndSaysWhatIsAllowed(String argument) throws Exception {
        Result result = run(argument);

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).isNotEmpty();
    }

    @Test
    void printsHelpAndVersion() throws Exception {
        assertThat(run("--version").out()).matches("usage-exporter, version 0\\.1\\.0 \\(revision \\w+, java .*\\)\n");
        assertThat(run("--help").out())
                .contains("--storage.path", "--web.listen-address", "USAGE_EXPORTER_STORAGE_PATH", "check-config");
    }
}
