package io.usageexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UndoCommandTest {
    @TempDir
    Path folder;

    private CommandResult run(String... arguments) {
        return CommandResult.of(Map.of("USAGE_EXPORTER_STORAGE_PATH", ledger().toString()), arguments);
    }

    private Path ledger() {
        return folder.resolve("usage.db");
    }

    @Test
    void undoesInTheLedgerOfAStoppedExporter() {
        run("record", "--provider=apify", "--id=wrong", "compute_units=9");

        assertThat(run("undo", "wrong").out()).isEqualTo("{\"undone\":1}\n");
        assertThat(run("undo", "wrong").out()).isEqualTo("{\"undone\":0}\n");

        assertThat(run("summary").out()).contains("Compute Units: 0 / 100");
        assertThat(run("export").out()).isEmpty();
        assertThat(run("verify").out()).endsWith(": 1 events, all totals match\n");
    }

    @Test
    void undoesAnEventWithoutAnIdByTheOneItIsExportedUnder() {
        run("record", "--provider=apify", "compute_units=9");
        String exported = run("export").out().replaceFirst("(?s).*\"id\":\"([^\"]*)\".*", "$1");

        assertThat(run("undo", exported).out()).isEqualTo("{\"undone\":1}\n");
        assertThat(run("export").out()).isEmpty();
    }

    @Test
    void unknownIdIsANegativeResult() {
        run("record", "--provider=apify", "compute_units=9");

        CommandResult result = run("undo", "unknown");

        assertThat(result.status()).isEqualTo(ExitStatus.FAILURE);
        assertThat(result.err()).endsWith("no event with this id is in the ledger\n");
    }

    @Test
    void missingLedgerIsNotCreated() {
        assertThat(run("undo", "wrong").status()).isEqualTo(ExitStatus.USAGE);
        assertThat(ledger()).doesNotExist();
    }

    @Test
    void undoesThroughARunningExporterWhateverTheIdContains() throws Exception {
        String id = "a/b +ü?#%25";
        run("record", "--provider=apify", "--id=" + id, "compute_units=9");
        try (var exporter =
                new TestExporter(ledger(), null, new SettableClock(Instant.now().toString()))) {
            String url = "--url=127.0.0.1:" + exporter.http().port();

            assertThat(run("undo", id).err()).contains("is in use by process").contains("--url");
            assertThat(run("undo", id, url).out()).isEqualTo("{\"undone\":1}\n");
            assertThat(run("undo", "unknown", url).status()).isEqualTo(ExitStatus.FAILURE);
        }
    }
}
