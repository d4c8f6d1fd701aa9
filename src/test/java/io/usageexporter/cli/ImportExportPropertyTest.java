package io.usageexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.config.Config;
import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.RecorderMetrics;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.Folders;
import io.usageexporter.testing.RandomEvents;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.Snapshot;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** What is exported and imported into another ledger gives the same totals, and only once. */
class ImportExportPropertyTest {
    private static final Duration MAX_AGE = Duration.ofDays(39);

    @Property(tries = 5, shrinking = ShrinkingMode.OFF)
    void importedLedgerHasTheSameTotals(@ForAll long seed) throws Exception {
        Path folder = Files.createTempDirectory("import");
        try {
            Path config = Files.writeString(folder.resolve("usage.yml"), RandomEvents.CONFIG);
            Path original = folder.resolve("original.db");
            int events = record(original, Configs.load(config), new Random(seed));
            String exported = run(0, "export", "--storage.path=" + original, "--config.file=" + config);
            assertThat(exported.lines()).hasSize(events);
            Path file = Files.writeString(folder.resolve("events.ndjson"), exported);

            Path copy = folder.resolve("copy.db");
            importing(file, copy, config, events, 0);
            assertThat(totals(copy))
                    .usingRecursiveComparison()
                    .ignoringFields("recorded", "series")
                    .withComparatorForType(BigDecimal::compareTo, BigDecimal.class)
                    .isEqualTo(totals(original));
            assertThat(counters(copy)).isEqualTo(counters(original));
            assertThat(costs(copy, config)).isEqualTo(costs(original, config)).contains("Unknown");
            run(0, "verify", "--storage.path=" + copy);
            assertThat(run(0, "export", "--storage.path=" + copy, "--config.file=" + config))
                    .isEqualTo(exported);

            importing(file, copy, config, 0, events);
            importing(file, original, config, 0, events); // which knows its own events
            run(0, "verify", "--storage.path=" + original);
        } finally {
            Folders.delete(folder);
        }
    }

    private static void importing(Path file, Path ledger, Path config, int recorded, int duplicates) {
        assertThat(run(0, "import", file.toString(), "--storage.path=" + ledger, "--config.file=" + config))
                .isEqualTo("{\"recorded\":" + recorded + ",\"duplicates\":" + duplicates
                        + ",\"conflicts\":0,\"refused\":0}\n");
    }

    private static int record(Path ledger, Config config, Random random) throws Exception {
        var clock = new SettableClock(Instant.now().minus(Duration.ofHours(30)).toString());
        var source = new RandomEvents(random);
        int events = 0;
        try (Recorder recorder = Recorder.start(
                LedgerAddress.of(ledger).open(),
                config.providers().values(),
                config.prices(),
                clock,
                RecorderMetrics.NONE)) {
            for (int step = 0; step < 40; step++) {
                var batch = new ArrayList<UsageEvent>();
                for (int i = random.nextInt(4); i >= 0; i--) {
                    batch.add(source.next(clock.instant(), random.nextBoolean() ? MAX_AGE : Duration.ofHours(9)));
                }
                events += batch.size();
                record(recorder, batch);
                UsageEvent last = batch.get(0);
                if (last.id() != null && last.at() != null && random.nextBoolean()) {
                    var done = new CompletableFuture<Object>();
                    recorder.recordObserved(List.of(source.raised(last)), Source.GATEWAY, done::complete);
                    done.join();
                }
                clock.advance(Duration.ofMinutes(random.nextInt(30)));
            }
        }
        return events;
    }

    private static void record(Recorder recorder, List<UsageEvent> batch) {
        var done = new CompletableFuture<Object>();
        recorder.submit(batch, Source.API, done::complete);
        assertThat(done.join().toString()).startsWith("Recorded");
    }

    private static Snapshot totals(Path ledger) throws Exception {
        try (LedgerReader reader = LedgerAddress.of(ledger).read()) {
            return reader.snapshot(LocalDate.EPOCH, Instant.EPOCH);
        }
    }

    /** Without the pricing, since what is added to an event later may be counted at another than the first part. */
    private static Map<Series, BigDecimal> counters(Path ledger) throws Exception {
        var sums = new HashMap<Series, BigDecimal>();
        totals(ledger)
                .series()
                .forEach((each, amount) -> sums.merge(
                        new Series(each.provider(), each.category(), each.consumer(), each.model(), "", each.measure()),
                        amount,
                        BigDecimal::add));
        sums.replaceAll((series, amount) -> amount.stripTrailingZeros());
        return sums;
    }

    private static String costs(Path ledger, Path config) {
        return run(
                0,
                "export",
                "--format=focus",
                "--from=2000-01-01",
                "--storage.path=" + ledger,
                "--config.file=" + config);
    }

    private static String run(int status, String... arguments) {
        CommandResult result = CommandResult.of(Map.of(), arguments);
        assertThat(result.status()).as(result.err()).isEqualTo(status);
        return result.out();
    }
}
