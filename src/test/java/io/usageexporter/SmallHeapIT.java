package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.Ledger;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.totals.SeriesBound;
import io.usageexporter.totals.Totals;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With -Xmx128m. */
class SmallHeapIT {
    private static final String SMALLEST = "{\"provider\":\"apify\",\"usage\":{\"compute_units\":1}}";

    private static final int DAYS = 400;
    private static final int CATEGORIES = 200;

    @TempDir
    Path folder;

    @Test
    void theLargestBatchOfTheSmallestEventsIsRecordedAndMoreAtOnceAreRefused() throws Exception {
        int events = ((16 << 20) - 2) / (SMALLEST.length() + 1);
        String batch = "[" + (SMALLEST + ",").repeat(events - 1) + SMALLEST + "]";
        try (var exporter = new JarExporter(folder)) {
            assertThat(exporter.http().record(batch).body())
                    .isEqualTo("{\"recorded\":" + events + ",\"duplicates\":0}\n");

            var answers = IntStream.range(0, 4)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> exporter.http().record(batch).statusCode()))
                    .toList();
            assertThat(answers.stream().map(CompletableFuture::join)).isSubsetOf(200, 503);
            assertThat(exporter.http().record(SMALLEST).statusCode()).isEqualTo(200);
            assertThat(exporter.log()).doesNotContain("OutOfMemory");
        }
    }

    @Test
    void historiesOfAsMuchAsThereCanBeAreMadeOneAfterTheOther() throws Exception {
        fill(folder.resolve("data/usage.db"));
        try (var exporter = new JarExporter(folder)) {
            var answers = IntStream.range(0, 6)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> exporter.http().getBytes("/api/usage/history?days=" + DAYS, "Accept", "text/csv")))
                    .toList();
            var statuses =
                    answers.stream().map(answer -> answer.join().statusCode()).toList();
            assertThat(statuses).isSubsetOf(200, 503).contains(200);
            assertThat(exporter.http().record(SMALLEST).statusCode()).isEqualTo(200);
            assertThat(exporter.log()).doesNotContain("OutOfMemory");
        }
    }

    /** On every day every category, as many as have series of their own, and of each every kind of tokens. */
    private static void fill(Path file) throws Exception {
        Instant first = Instant.now().minus(Duration.ofDays(DAYS - 1));
        var units = new HashMap<Measure, Amount>(Map.of(Measure.of(Measure.REQUESTS), Amount.of(1)));
        for (TokenKind kind : TokenKind.values()) {
            units.put(Measure.tokens(kind), Amount.of(new BigDecimal("1234.567891")));
        }
        Usage usage = Usage.of(units);
        try (Ledger ledger = Ledger.open(file)) {
            Totals totals = ledger.readTotals(LocalDate.EPOCH);
            totals.configure("anthropic", ZoneId.of("UTC"), List.of(), SeriesBound.DEFAULT, 1);
            for (int day = 0; day < DAYS; day++) {
                Instant at = first.plus(Duration.ofDays(day)).truncatedTo(ChronoUnit.MILLIS);
                var events = new ArrayList<RecordedEvent>();
                for (int category = 1; category <= CATEGORIES; category++) {
                    var event = new UsageEvent(null, "anthropic", "some category " + category, "", null, usage);
                    events.add(new RecordedEvent(ledger.lastNumber() + category, event, at, Source.API));
                }
                Totals.Change change = totals.plan(events);
                ledger.append(events, change);
                totals.apply(change);
            }
        }
    }
}
