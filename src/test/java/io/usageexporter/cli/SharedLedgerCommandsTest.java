package io.usageexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.config.Config;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.RecorderMetrics;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on a ledger in PostgreSQL. */
class SharedLedgerCommandsTest {
    @TempDir
    Path folder;

    private String url = "";
    private String name = "";

    @BeforeEach
    void createDatabase() throws Exception {
        url = PostgresServer.shared().newDatabase();
        name = LedgerAddress.of(url).toString();
    }

    private CommandResult run(String... arguments) {
        return CommandResult.of(Map.of("USAGE_EXPORTER_STORAGE_URL", url), arguments);
    }

    private void record(String id, String units) {
        CommandResult recorded = run("record", "--provider=apify", "--id=" + id, "compute_units=" + units);
        assertThat(recorded.out()).as(recorded.err()).isEqualTo("{\"recorded\":1,\"duplicates\":0}\n");
    }

    @Test
    void recordsUndoesAndReads() throws Exception {
        CommandResult missing = run("verify");
        assertThat(missing.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(missing.err()).contains("there is no ledger at " + name);
        record("a", "2");
        record("wrong", "9");
        assertThat(run("record", "--provider=apify", "--id=a", "compute_units=2")
                        .out())
                .isEqualTo("{\"recorded\":0,\"duplicates\":1}\n");
        assertThat(run("undo", "wrong").out()).isEqualTo("{\"undone\":1}\n");
        assertThat(run("undo", "wrong").out()).isEqualTo("{\"undone\":0}\n");
        assertThat(run("undo", "unknown").status()).isEqualTo(ExitStatus.FAILURE);

        assertThat(run("summary").out()).contains("Compute Units: 2 / 100");
        assertThat(run("export").out()).hasLineCount(1).contains("\"id\":\"a\"");
        assertThat(run("export", "--format=csv").out()).hasLineCount(2);
        assertThat(run("prices").out()).contains("# used without a price:\n#   apify compute_units: 2\n");
        assertThat(run("prices", "--explain=" + Instant.now().toString().substring(0, 10))
                        .out())
                .contains("apify");
        CommandResult verified = run("verify");
        assertThat(verified.out()).isEqualTo(name + ": 2 events, all totals match\n");
        assertThat(verified.err()).isEqualTo("ledger " + name + " (2 events)\n");
        assertThat(name).doesNotContain(PostgresServer.PASSWORD);
    }

    @Test
    void importsWhileAnExporterRecords() throws Exception {
        Path events = folder.resolve("events.ndjson");
        try (var lines = Files.newBufferedWriter(events)) {
            for (int i = 0; i < 6000; i++) {
                lines.write("{\"id\":\"i" + i + "\",\"provider\":\"apify\",\"at\":\"" + Instant.now()
                        + "\",\"usage\":{\"compute_units\":1}}\n");
            }
        }
        Config config = Configs.defaults();
        try (Recorder running = Recorder.start(
                LedgerAddress.of(url).open(),
                config.providers().values(),
                config.prices(),
                InstantSource.system(),
                RecorderMetrics.NONE)) {
            CommandResult imported = run("import", events.toString());
            assertThat(imported.out())
                    .as(imported.err())
                    .isEqualTo("{\"recorded\":6000,\"duplicates\":0,\"conflicts\":0,\"refused\":0}\n");
            assertThat(run("import", events.toString()).out()).startsWith("{\"recorded\":0,\"duplicates\":6000,");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> running.totals().snapshot().events() == 6000);
        }
        assertThat(run("verify").out()).endsWith(": 6000 events, all totals match\n");
    }

    @Test
    void otherConfigurationDoesNotRecountTheLedger() throws Exception {
        Path config = Files.writeString(
                folder.resolve("usage.yml"),
                "timezone: Asia/Kolkata\nproviders: {apify: {limits: {daily: {compute_units: 5}}}}\n");
        String[] event = {"record", "--provider=apify", "--id=a", "--config.file=" + config, "compute_units=1"};
        assertThat(run(event).status()).isZero();

        CommandResult refused = run("undo", "a");
        assertThat(refused.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(refused.err()).contains("count apify in another time zone").contains("give their --config.file");
        assertThat(run("undo", "a", "--config.file=" + config).out()).isEqualTo("{\"undone\":1}\n");
    }

    @Test
    void backsUpAndRestores() throws Exception {
        record("a", "2");
        record("b", "3");
        Path backup = folder.resolve("monday.db");
        CommandResult saved = run("backup", backup.toString());
        assertThat(saved.out()).as(saved.err()).isEqualTo(backup + ": backup of 2 events\n");
        assertThat(saved.err()).isEqualTo("ledger " + name + " (2 events)\n");
        assertThat(run("backup", backup.toString()).err()).contains("exists already");
        CommandResult refused = run("restore", backup.toString());
        assertThat(refused.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(refused.err())
                .isEqualTo("there is a ledger at " + name + " already; choose a new file, or an empty database\n");
        String exported = run("export").out();

        createDatabase();
        CommandResult restored = run("restore", backup.toString());
        assertThat(restored.out()).as(restored.err()).isEqualTo(name + ": restored 2 events\n");
        assertThat(run("export").out()).isEqualTo(exported);
        assertThat(run("verify").out()).endsWith(": 2 events, all totals match\n");
        record("c", "1");
    }

    @Test
    void migratesToAFileAndBack() throws Exception {
        record("a", "2");
        record("b", "3");
        String exported = run("export").out();
        Path file = folder.resolve("usage.db");

        CommandResult moved = run("migrate", "--from=" + url, "--to=" + file);
        assertThat(moved.out()).as(moved.err()).isEqualTo(file + ": moved 2 events from " + name + "\n");
        assertThat(moved.err()).isEqualTo(name + " can only be read from now on; start exporters on " + file + "\n");
        assertThat(run("verify").out()).endsWith(": 2 events, all totals match\n");
        assertThat(run("record", "--provider=apify", "compute_units=1").err())
                .isEqualTo(
                        "ledger " + name + " has moved, and can only be read; use the one that migrate made of it, or"
                                + " restore a copy of this one\n");
        assertThat(run("migrate", "--from=" + url, "--to=" + file).err())
                .isEqualTo("there is a ledger at " + file + " already; choose a new file, or an empty database\n");

        createDatabase();
        moved = run("migrate", "--from=" + file, "--to=" + url);
        assertThat(moved.out()).as(moved.err()).isEqualTo(name + ": moved 2 events from " + file + "\n");
        assertThat(run("export").out()).isEqualTo(exported);
        record("c", "1");
    }

    @Test
    void migrateNamesWhatIsMissing() {
        Path none = folder.resolve("none.db");
        assertThat(run("migrate", "--from=" + none, "--to=" + url).err()).contains("there is no ledger at " + none);
        assertThat(run("migrate", "--from=" + none).err())
                .contains("Missing required option")
                .contains("--to");
        assertThat(none).doesNotExist();
    }
}
