package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.config.Config;
import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.RecorderMetrics;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.Events;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RandomEvents;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.totals.Snapshot;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionIT {
    private static final int EVENTS = 20_000;

    @TempDir
    Path folder;

    @Test
    void exporterKilledWhilePruningGoesOnAndTotalsDoNotChange() throws Exception {
        Path config =
                Files.writeString(folder.resolve("usage.yml"), "retention: {events: 60d}\n" + RandomEvents.CONFIG);
        Path ledger = Files.createDirectories(folder.resolve("data")).resolve("usage.db");
        recordLongAgo(ledger, Configs.load(config));
        Snapshot before = totals(ledger);

        try (var exporter = new JarExporter(folder, "--config.file=" + config)) {
            await(ledger, EVENTS - 1);
            exporter.kill();
        }
        assertThat(events(ledger)).isPositive();
        verify();
        try (var exporter = new JarExporter(folder, "--config.file=" + config)) {
            await(ledger, 1);
            assertThat(exporter.record(Events.withId("new")).statusCode()).isEqualTo(200);
            assertThat(exporter.terminate()).isZero();
        }

        verify();
        assertThat(events(ledger)).isEqualTo(2);
        Snapshot after = totals(ledger);
        assertThat(after.events()).isEqualTo(EVENTS + 1);
        before.days()
                .forEach((day, cells) -> assertThat(after.days().get(day))
                        .usingRecursiveComparison()
                        .withComparatorForType(BigDecimal::compareTo, BigDecimal.class)
                        .isEqualTo(cells));
        assertThat(after.windows().parts())
                .containsAllEntriesOf(before.windows().parts());
    }

    private static void recordLongAgo(Path ledger, Config config) throws Exception {
        var clock = new SettableClock(Instant.now().minus(Duration.ofDays(100)).toString());
        var source = new RandomEvents(new Random(1));
        try (Recorder recorder = Recorder.start(
                LedgerAddress.of(ledger).open(),
                config.providers().values(),
                config.prices(),
                clock,
                RecorderMetrics.NONE)) {
            for (int recorded = 0; recorded < EVENTS; recorded += 1000) {
                var batch = new ArrayList<UsageEvent>();
                for (int i = 0; i < 1000; i++) {
                    batch.add(source.next(clock.instant(), Duration.ofDays(3)));
                }
                var done = new CompletableFuture<Object>();
                recorder.submit(batch, Source.API, done::complete);
                assertThat(done.join().toString()).startsWith("Recorded[recorded=1000");
                clock.advance(Duration.ofMinutes(10));
            }
        }
    }

    private static void await(Path ledger, int atMost) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> events(ledger) <= atMost);
    }

    private static int events(Path ledger) throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + ledger);
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT count(*) FROM event")) {
            return row.getInt(1);
        }
    }

    private static Snapshot totals(Path ledger) throws Exception {
        try (LedgerReader reader = LedgerAddress.of(ledger).read()) {
            return reader.snapshot(LocalDate.EPOCH, Instant.EPOCH);
        }
    }

    private void verify() throws Exception {
        ProcessRunner.Result verified = ProcessRunner.run(folder, "", ProcessRunner.jar("verify"));
        assertThat(verified.status()).as(verified.err()).isZero();
    }
}
