package io.usageexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages to people go to standard error; standard output has only what programs read. */
class CommandLineTest {
    private static final String RECORDED = "{\"recorded\":1,\"duplicates\":0}\n";

    @TempDir
    Path folder;

    private CommandResult inFolder(String... arguments) {
        return CommandResult.of(Map.of("USAGE_EXPORTER_STORAGE_PATH", ledger().toString()), arguments);
    }

    private Path ledger() {
        return folder.resolve("data/usage.db");
    }

    @Test
    void everyCommandNamesItsLedgerAndConfiguration() throws Exception {
        String builtIn = "built-in configuration (no --config.file is given)\n";
        CommandResult first = inFolder("record", "--provider=apify", "compute_units=1");
        assertThat(first.err()).isEqualTo("ledger " + ledger() + " (new), " + builtIn);
        assertThat(first.out()).isEqualTo(RECORDED);
        CommandResult second = inFolder("record", "--provider=apify", "compute_units=1");
        assertThat(second.err()).isEqualTo("ledger " + ledger() + " (1 event), " + builtIn);
        assertThat(second.out()).isEqualTo(RECORDED);
        assertThat(inFolder("summary").err()).isEqualTo("ledger " + ledger() + " (2 events), " + builtIn);
        assertThat(inFolder("verify").err()).isEqualTo("ledger " + ledger() + " (2 events)\n");

        Path config =
                Files.writeString(folder.resolve("usage.yml"), "providers: {apify: {resources: [compute_units]}}");
        assertThat(inFolder("summary", "--config.file=" + config).err())
                .isEqualTo("ledger " + ledger() + " (2 events), configuration " + config + "\n");
    }

    @Test
    void unknownProviderIsRejectedNamingTheConfiguration() {
        CommandResult result = inFolder("record", "--provider=maps", "tiles=1");
        assertThat(result.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(result.err())
                .contains("allowed are anthropic, apify")
                .endsWith("; built-in configuration (no --config.file is given)\n")
                .hasLineCount(1);
    }

    @Test
    void ledgerInUseSuggestsRecordingThroughTheExporter() throws Exception {
        try (var exporter = new TestExporter(
                folder.resolve("usage.db"),
                null,
                new SettableClock(Instant.now().toString()))) {
            Path ledger = folder.resolve("usage.db");
            assertThat(ledger).exists();
            CommandResult result = CommandResult.of(
                    Map.of(), "record", "--storage.path=" + ledger, "--provider=apify", "compute_units=1");
            assertThat(result.status()).isEqualTo(ExitStatus.USAGE);
            assertThat(result.err())
                    .contains(ledger + " is in use", "with --url")
                    .hasLineCount(1);

            String url = "localhost:" + exporter.http().port() + "/";
            assertThat(CommandResult.of(Map.of(), "record", "--url", url, "--provider=apify", "compute_units=1"))
                    .isEqualTo(new CommandResult(0, RECORDED, ""));
            assertThat(CommandResult.of(Map.of(), "summary", "--url", url).out())
                    .contains("Compute Units: 1 / 100");
            assertThat(CommandResult.of(Map.of(), "healthcheck", "--url", url))
                    .isEqualTo(new CommandResult(0, "healthy\n", ""));
            assertThat(CommandResult.of(Map.of(), "healthcheck", "--ready", "--url", url))
                    .isEqualTo(new CommandResult(0, "ready\n", ""));
            assertThat(CommandResult.of(Map.of(), "demo", "--url", url, "--days=0", "--speed=0")
                            .status())
                    .isZero();
            CommandResult wrongPath = CommandResult.of(Map.of(), "summary", "--url", url + "metrics");
            assertThat(wrongPath.status()).isEqualTo(ExitStatus.FAILURE);
            assertThat(wrongPath.err()).contains("status 404", "check that the exporter is at this url");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"summary", "healthcheck", "demo", "record"})
    void unreachableExporterIsNamedWithoutItsPassword(String command) {
        String[] arguments = command.equals("record")
                ? new String[] {command, "--url=user:secret@localhost:1", "--provider=apify", "compute_units=1"}
                : new String[] {command, "--url=user:secret@localhost:1"};
        CommandResult result = CommandResult.of(Map.of(), arguments);
        assertThat(result.status()).isEqualTo(ExitStatus.FAILURE);
        assertThat(result.err())
                .isEqualTo(
                        "http://localhost:1 does not respond: connection refused; start the exporter, or check its url\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --no.such.flag                     | usage-exporter: unknown flag --no.such.flag
            --storage.pth=x                    | usage-exporter: unknown flag --storage.pth; did you mean --storage.path
            sumary                             | usage-exporter: unknown subcommand sumary; did you mean summary
            record --urll=http://u:secret@h    | usage-exporter record: unknown flag --urll; did you mean --url
            record --provider=apify            | usage-exporter record: Missing required parameter: 'RESOURCE=AMOUNT'
            summary extra                      | usage-exporter summary: unexpected argument extra
            summary --url=ftp://secret@x       | usage-exporter summary: Invalid value for option '--url': must be the URL of an exporter
            demo --days=x                      | usage-exporter demo: Invalid value for option '--days'
            demo --days=40                     | usage-exporter demo: --days must be from 0 to 39, not 40
            --web.listen-address=5000          | usage-exporter: Invalid value for option '--web.listen-address': '5000' is not host:port
            prices --explain=today             | usage-exporter prices: Invalid value for option '--explain': must be a date such as 2026-11-24, not 'today'
            export --format=focus --to=1.2.26  | usage-exporter export: Invalid value for option '--to': must be a date such as 2026-11-24, not '1.2.26'
            --log.level=loud                   | usage-exporter: Invalid value for option '--log.level'
            """)
    void usageErrorIsASingleLine(String arguments, String message) {
        CommandResult result = CommandResult.of(Map.of(), arguments.split(" "));
        assertThat(result.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .startsWith(message)
                .endsWith(" --help)\n")
                .hasLineCount(1)
                .doesNotContain("secret");
    }

    @Test
    void misspelledEnvironmentVariableIsWarnedAbout() {
        CommandResult result = CommandResult.of(
                Map.of(
                        "USAGE_EXPORTER_STORAGE_PAHT", "x",
                        "USAGE_EXPORTER_LISTEN_ADDRESS", "x",
                        "USAGE_EXPORTER_LOGLEVEL", "x",
                        "USAGE_EXPORTER_URL", "for the clients",
                        "USAGE_EXPORTER_PORT_5000_TCP", "made by Kubernetes",
                        "USAGE_EXPORTER_SERVICE_HOST", "made by Kubernetes",
                        "USAGE_EXPORTER_STORAGE_PATH", ledger().toString()),
                "verify");
        assertThat(result.err().lines())
                .startsWith(
                        "warning: environment variable USAGE_EXPORTER_LISTEN_ADDRESS has no effect; did you mean"
                                + " USAGE_EXPORTER_WEB_LISTEN_ADDRESS?",
                        "warning: environment variable USAGE_EXPORTER_LOGLEVEL has no effect; did you mean"
                                + " USAGE_EXPORTER_LOG_LEVEL?",
                        "warning: environment variable USAGE_EXPORTER_STORAGE_PAHT has no effect; did you mean"
                                + " USAGE_EXPORTER_STORAGE_PATH?")
                .hasSize(4);
    }

    @Test
    void emptyEnvironmentVariableIsIgnored() {
        Map<String, String> environment =
                Map.of("USAGE_EXPORTER_STORAGE_PATH", ledger().toString(), "USAGE_EXPORTER_CONFIG_FILE", "");
        assertThat(CommandResult.of(environment, "record", "--provider=apify", "compute_units=1")
                        .err())
                .contains("built-in configuration");
    }

    @Test
    void configurationWarningsArePrinted() throws Exception {
        Path config = Files.writeString(folder.resolve("usage.yml"), "providers: {antropic: {resources: [tokens]}}");
        String warning = config + ":1: warning: providers.antropic: did you mean anthropic?";
        CommandResult checked = CommandResult.of(Map.of(), "check-config", config.toString());
        assertThat(checked.status()).isZero();
        assertThat(checked.out()).isEqualTo(config + ": valid; providers: antropic\n");
        assertThat(checked.err()).startsWith(warning);
        assertThat(inFolder("record", "--config.file=" + config, "--provider=antropic", "tokens=1")
                        .err())
                .startsWith(warning)
                .endsWith("(new), configuration " + config + "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "serve",
                "summary",
                "record",
                "demo",
                "check-config",
                "prices",
                "export",
                "verify",
                "healthcheck"
            })
    void helpOfEveryCommandIsPlainAndComplete(String command) {
        CommandResult result = command.isEmpty()
                ? CommandResult.of(Map.of(), "--help")
                : CommandResult.of(Map.of(), command, "--help");
        assertThat(result.status()).isZero();
        assertThat(result.out())
                .startsWith("Usage: usage-exporter " + (command.isEmpty() ? "[" : command))
                .doesNotContainPattern("(?i)\\b(made use|made recommendation|mend|lives|somebody|nobody|anew)\\b")
                .doesNotContain("${");
        assertThat(result.out().lines()).allMatch(line -> line.length() <= 100);
        RootCommand.commandLine()
                .getSubcommands()
                .values()
                .forEach(subcommand -> assertThat(subcommand.getCommandSpec().options())
                        .allMatch(option -> option.description().length > 0));
        assertThat((command.isEmpty()
                                ? CommandResult.of(Map.of(), "--version")
                                : CommandResult.of(Map.of(), command, "--version"))
                        .out())
                .startsWith("usage-exporter, version ");
    }
}
