package io.usageexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.ingest.BodyReader;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImportCommandTest {
    private final String yearOld = Instant.now().minus(365, ChronoUnit.DAYS).toString();

    @TempDir
    Path folder;

    private CommandResult run(String... arguments) {
        return CommandResult.of(Map.of("USAGE_EXPORTER_STORAGE_PATH", ledger().toString()), arguments);
    }

    private Path ledger() {
        return folder.resolve("usage.db");
    }

    private static String event(String id, int units, String at) {
        return "{\"id\":\"" + id + "\",\"provider\":\"apify\",\"at\":\"" + at + "\",\"usage\":{\"compute_units\":"
                + units + "}}\n";
    }

    private Path file(String lines) throws Exception {
        return Files.writeString(folder.resolve("events.ndjson"), lines);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void linesThatCannotBeRecordedAreNamedAndAllOthersAre(boolean running) throws Exception {
        run("record", "--provider=apify", "--id=known", "compute_units=1");
        Path file = file(event("old", 2, yearOld)
                + "\n" + event("known", 3, yearOld)
                + "{\"provider\":\"maps\",\"usage\":{\"tiles\":1}}\n"
                + " ".repeat(BodyReader.MAX_EVENT_BYTES + 1) + "\n"
                + "not JSON\n"
                + event("tail", 5, yearOld).strip() + " {}\n"
                + event("old", 2, yearOld)
                + event("last", 4, yearOld).strip());

        CommandResult result = running ? throughAnExporter(file) : run("import", file.toString());

        assertThat(result.out()).isEqualTo("{\"recorded\":2,\"duplicates\":1,\"conflicts\":1,\"refused\":4}\n");
        assertThat(result.status()).isEqualTo(ExitStatus.FAILURE);
        assertThat(result.err().lines().filter(line -> line.startsWith(file.toString())))
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).contains(":3: its id was recorded before with other content"),
                        line -> assertThat(line).contains(":4: provider \"maps\" is not configured"),
                        line -> assertThat(line).contains(":5: an event may have at most 1 MiB"),
                        line -> assertThat(line).contains(":6: not valid JSON"),
                        line -> assertThat(line).contains(":7: unexpected content after the event on its line"));
        assertThat(run("verify").out()).endsWith(": 3 events, all totals match\n");
        assertThat(run("import", file.toString()).out())
                .isEqualTo("{\"recorded\":0,\"duplicates\":3,\"conflicts\":1,\"refused\":4}\n");
    }

    private CommandResult throughAnExporter(Path file) throws Exception {
        try (var exporter =
                new TestExporter(ledger(), null, new SettableClock(Instant.now().toString()))) {
            return run(
                    "import",
                    file.toString(),
                    "--url=127.0.0.1:" + exporter.http().port());
        }
    }

    @Test
    void manyBatchesAreRecordedOnce() throws Exception {
        var lines = new StringBuilder();
        for (int i = 1; i <= 12_000; i++) {
            lines.append(event("e" + i, 1, yearOld));
        }
        Path file = file(lines.toString());
        assertThat(run("import", file.toString()).out())
                .isEqualTo("{\"recorded\":12000,\"duplicates\":0,\"conflicts\":0,\"refused\":0}\n");
        assertThat(run("import", file.toString()).out())
                .isEqualTo("{\"recorded\":0,\"duplicates\":12000,\"conflicts\":0,\"refused\":0}\n");
    }

    @Test
    void missingFileIsNamed() {
        CommandResult result = run("import", folder.resolve("missing").toString());
        assertThat(result.status()).isEqualTo(ExitStatus.FAILURE);
        assertThat(result.err()).contains("missing cannot be read");
        assertThat(ledger()).doesNotExist();
    }

    @Test
    void exportedCsvHasEveryFieldAndNoFormula() throws Exception {
        run("record", "--provider=apify", "--id=\"=1+1", "--category==cmd()", "--consumer=growth", "compute_units=1.5");
        run("record", "--provider=anthropic", "usd=0.25");
        String csv = run("export", "--format=csv").out();
        assertThat(csv.lines().findFirst().orElseThrow())
                .isEqualTo(
                        "\uFEFFid,at,provider,category,consumer,model,pricing,recorded_at,source,compute_units,requests,usd");
        assertThat(csv).contains("apify,'=cmd(),growth,,,").contains(",cli,1.5,,\r\n");
    }

    @Test
    void exportOfSomeDaysHasTheirEventsOnly() throws Exception {
        run(
                "import",
                file(event("a", 1, "2026-03-01T23:59:59Z")
                                + event("b", 1, "2026-03-02T00:00:00Z")
                                + event("c", 1, "2026-03-03T00:00:00Z"))
                        .toString());
        assertThat(run("export", "--from=2026-03-02", "--to=2026-03-02").out())
                .isEqualTo("{\"id\":\"b\",\"provider\":\"apify\",\"category\":\"uncategorized\","
                        + "\"at\":\"2026-03-02T00:00:00Z\",\"usage\":{\"compute_units\":1}}\n");
        assertThat(run("export", "--to=2026-03-02").out()).hasLineCount(2);
    }
}
