package io.usageexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exit status 0 means that all figures are known, and 1 that some may be incomplete. */
class SummaryCommandTest {
    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.now().toString());

    private static CommandResult summary(String argument) {
        return CommandResult.of(Map.of(), "summary", argument);
    }

    private static String url(TestExporter exporter) {
        return "--url=" + exporter.http().uri("/");
    }

    private TestExporter start() throws Exception {
        return new TestExporter(folder.resolve("usage.db"), null, clock);
    }

    private static void useOne(TestExporter exporter) {
        exporter.record("{\"provider\":\"anthropic\",\"usage\":{\"requests\":1}}");
    }

    private static void useBoth(TestExporter exporter) {
        exporter.record("[{\"provider\":\"anthropic\",\"usage\":{\"requests\":1}},"
                + "{\"provider\":\"apify\",\"usage\":{\"compute_units\":1}}]");
    }

    @Test
    void summaryOfARunningExporterFailsWhileAProviderIsUnknown() throws Exception {
        try (TestExporter exporter = start()) {
            assertThat(summary(url(exporter)).status()).isEqualTo(ExitStatus.FAILURE);
            useOne(exporter);
            assertThat(summary(url(exporter))).satisfies(result -> {
                assertThat(result.status()).isEqualTo(ExitStatus.FAILURE);
                assertThat(result.out()).isEqualTo(exporter.text()).contains("Unknown: no event yet.");
            });

            useBoth(exporter);
            assertThat(summary(url(exporter))).satisfies(result -> {
                assertThat(result.status()).isEqualTo(ExitStatus.OK);
                assertThat(result.out()).isEqualTo(exporter.text());
            });

            Files.move(folder.resolve("usage.db"), folder.resolve("elsewhere.db"));
            assertThat(summary(url(exporter))).satisfies(result -> {
                assertThat(result.status()).isEqualTo(ExitStatus.FAILURE);
                assertThat(result.out()).contains("⚪", "Unknown: ledger not writable.");
            });
            Files.move(folder.resolve("elsewhere.db"), folder.resolve("usage.db"));
        }
    }

    @Test
    void summaryOfALedgerFailsWhileAProviderIsUnknown() throws Exception {
        String storage = "--storage.path=" + folder.resolve("usage.db");
        try (TestExporter exporter = start()) {
            useOne(exporter);
            assertThat(summary(storage).status()).isEqualTo(ExitStatus.FAILURE);
            useBoth(exporter);
            assertThat(summary(storage).status()).isEqualTo(ExitStatus.OK);
        }
    }

    @Test
    void summaryOfALedgerFailsWithoutAnEventForADay() throws Exception {
        clock.advance(Duration.ofHours(-25));
        try (TestExporter exporter = start()) {
            useBoth(exporter);
        }

        assertThat(summary("--storage.path=" + folder.resolve("usage.db"))).satisfies(result -> {
            assertThat(result.status()).isEqualTo(ExitStatus.FAILURE);
            assertThat(result.out()).contains("Unknown: no event for a day.");
        });
    }
}
