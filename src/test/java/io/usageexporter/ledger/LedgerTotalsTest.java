package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Source;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.LedgerReader.Verification;
import io.usageexporter.pricing.LongPromptRules;
import io.usageexporter.testing.TestLedger;
import io.usageexporter.totals.CountedWindows;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Hour;
import io.usageexporter.totals.HourTotal;
import io.usageexporter.totals.PricingRules;
import io.usageexporter.totals.Recount;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.SeriesAmounts;
import io.usageexporter.totals.SeriesBound;
import io.usageexporter.totals.Snapshot;
import io.usageexporter.totals.Totals;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("ledger")
class LedgerTotalsTest extends LedgerTestBase {
    @Test
    void readsTotalsAsWritten() throws Exception {
        append(NOW, List.of(event(null, "a", "0.1"), event(null, "a", "0.2"), event(null, "b", "1e12")));
        append(NOW.plusSeconds(60), List.of(event(null, "b", "0.000001")));
        Snapshot read = storedTotals();
        assertThat(read.series().get(new Series("p", "a", "", UNITS))).isEqualByComparingTo("0.3");
        assertThat(read.series().get(new Series("p", "b", "", UNITS))).isEqualByComparingTo("1000000000000.000001");
        assertSame(read, totals.snapshot());
        assertThat(read.recorded()).isEqualTo(Map.of(Source.API, 4L));
        assertThat(read.lastEvent()).isEqualTo(Map.of("p", NOW.plusSeconds(60)));
    }

    @Test
    void readerSeesCommitsWhileTheOwnerWrites() throws Exception {
        try (LedgerReader reader = TestLedger.at(file).read()) {
            append(NOW, List.of(event(null, "a", "1")));
            assertSame(reader.snapshot(DAYS_FROM, NOW), totals.snapshot());
            append(NOW, List.of(event(null, "a", "2")));
            assertSame(reader.snapshot(DAYS_FROM, NOW), totals.snapshot());
            assertThat(reader.sizeBytes()).isPositive();
        }
    }

    @Test
    void readsDaysFromADateToBeforeAnother() throws Exception {
        for (int back = 0; back < 5; back++) {
            append(NOW, List.of(at(NOW.minus(Duration.ofDays(back)))));
        }
        LocalDate today = LocalDate.parse("2026-11-24");
        assertThat(ledger.readDays(today.minusDays(3), today.minusDays(1)))
                .containsOnlyKeys(new Day("p", today.minusDays(3)), new Day("p", today.minusDays(2)));
        assertThat(ledger.readDays(LocalDate.MIN, LocalDate.MAX)).hasSize(5);
        try (LedgerReader reader = TestLedger.at(file).read()) {
            assertThat(reader.days(today, today.plusDays(1))).containsOnlyKeys(new Day("p", today));
        }
    }

    @Test
    void readsHoursFromOneToBeforeAnother() throws Exception {
        long now = Hour.number(NOW);
        append(NOW, List.of(at(NOW.minus(Duration.ofHours(2))), at(NOW.minus(Duration.ofHours(1))), at(NOW)));
        assertThat(ledger.readHours(now - 1, now)).containsOnlyKeys(new Hour("p", now - 1));
        try (LedgerReader reader = TestLedger.at(file).read()) {
            assertThat(reader.hours(now, now + 1))
                    .isEqualTo(Map.of(new Hour("p", now), Map.of(UNITS, new HourTotal(new BigDecimal("1"), NOW, NOW))));
        }
    }

    @Test
    void readsDaysOfCategoriesWithAnyCharacters() throws Exception {
        var category = "a,\"b\" 'c' = \\ 🤖 %";
        var usage = Usage.of(Map.of(
                UNITS, Amount.of(new BigDecimal("0.000001")), Measure.tokens(TokenKind.CACHE_WRITE_5M), Amount.of(7)));
        append(NOW, List.of(new UsageEvent(null, "p", category, "", null, usage), event(null, "=", "1e12")));
        assertThat(ledger.readDays(LocalDate.MIN, LocalDate.MAX))
                .isEqualTo(Map.of(
                        new Day("p", LocalDate.parse("2026-11-24")),
                        SeriesAmounts.copyOf(Map.of(
                                new Series("p", category, "", UNITS), new BigDecimal("0.000001"),
                                new Series("p", category, "", Measure.tokens(TokenKind.CACHE_WRITE_5M)),
                                        new BigDecimal("7"),
                                new Series("p", "=", "", UNITS), new BigDecimal("1000000000000")))));
    }

    @Test
    void readsFirstDayOfEachProviderHoweverOld() throws Exception {
        Instant longAgo = NOW.minus(Duration.ofDays(400));
        append(longAgo, List.of(at(longAgo)));
        append(NOW, List.of(at(NOW), new UsageEvent(null, "q", "c", "", NOW, usage("7"))));
        append(NOW, List.of(new UsageEvent(null, "unused", "c", "", NOW, usage("0"))));
        var first = Map.of("p", LocalDate.parse("2025-10-20"), "q", LocalDate.parse("2026-11-24"));
        assertThat(storedTotals().firstDays()).isEqualTo(first);
        try (LedgerReader reader = TestLedger.at(file).read()) {
            assertThat(reader.snapshot(DAYS_FROM, NOW).firstDays()).isEqualTo(first);
        }
    }

    @Test
    void readsOnlyRequestedDays() throws Exception {
        append(NOW, List.of(at(NOW.minus(Duration.ofDays(20))), at(NOW)));
        Snapshot read = new Totals(ledger.readTotals(LocalDate.parse("2026-11-24"), NOW)).snapshot();
        assertThat(read.days()).containsOnlyKeys(new Day("p", LocalDate.parse("2026-11-24")));
        assertThat(read.series().get(new Series("p", "c", "", UNITS))).isEqualByComparingTo("2");
    }

    @Test
    void changedZoneRecountsDays() throws Exception {
        totals.configure("p", ZoneOffset.UTC, List.of(), List.of(), SeriesBound.DEFAULT, 1);
        append(NOW, List.of(at(Instant.parse("2026-11-23T18:14:59Z")), at(Instant.parse("2026-11-23T18:15:00Z"))));
        append(NOW, List.of(new UsageEvent(null, "q", "c", "", NOW, usage("7"))));
        ZoneId kathmandu = ZoneId.of("Asia/Kathmandu");
        recountDays(kathmandu);
        totals.configure("p", kathmandu, List.of(), List.of(), SeriesBound.DEFAULT, 4);
        Map<Day, Map<Series, BigDecimal>> days = totals.snapshot().days();
        assertThat(days)
                .containsOnlyKeys(
                        new Day("p", LocalDate.parse("2026-11-23")),
                        new Day("p", LocalDate.parse("2026-11-24")),
                        new Day("q", LocalDate.parse("2026-11-24")));
        assertThat(day("2026-11-24"))
                .hasEntrySatisfying(
                        new Series("p", "c", "", UNITS),
                        units -> assertThat(units).isEqualByComparingTo("1"));
        append(NOW, List.of(at(Instant.parse("2026-11-23T18:15:00Z"))));
        assertThat(verify(file)).isEqualTo(new Verification(4, List.of()));
        assertThat(totals.snapshot().firstDays()).containsEntry("p", LocalDate.parse("2026-11-23"));
        reopen();
        assertThat(totals.zone("p")).isEqualTo(kathmandu);
        assertThat(totals.snapshot().firstDays()).containsEntry("p", LocalDate.parse("2026-11-23"));
        assertThat(day("2026-11-24"))
                .hasEntrySatisfying(
                        new Series("p", "c", "", UNITS),
                        units -> assertThat(units).isEqualByComparingTo("2"));
    }

    @Test
    void changedZoneKeepsSeries() throws Exception {
        append(NOW, List.of(event(null, "c", "1")));
        Map<Series, BigDecimal> before = totals.snapshot().series();
        recountDays(ZoneId.of("Pacific/Kiritimati"));
        assertThat(totals.snapshot().series()).isEqualTo(before);
    }

    private void recountDays(ZoneId zone) throws LedgerException {
        Recount recount = totals.recount(new PricingRules(Map.of("p", zone), Map.of()), CountedWindows.NONE);
        inUnit(() -> ledger.recount("p", zone, CountedWindows.NONE, LongPromptRules.NONE, recount));
        totals.replace("p", LongPromptRules.NONE, recount.sums().days(), CountedWindows.NONE, Map.of(), List.of());
    }

    private Map<Series, BigDecimal> day(String date) {
        return totals.snapshot().days().getOrDefault(new Day("p", LocalDate.parse(date)), Map.of());
    }
}
