package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.LedgerReader.Verification;
import io.usageexporter.totals.CategoryMeasure;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Hour;
import io.usageexporter.totals.HourTotal;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.SeriesBound;
import io.usageexporter.totals.Snapshot;
import io.usageexporter.totals.Totals;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerTest {
    /** More ids than a segment holds. */
    private static final int MORE_THAN_A_SEGMENT = 66_000;

    private static final Instant NOW = Instant.parse("2026-11-24T09:15:00Z");
    private static final LocalDate DAYS_FROM = LocalDate.parse("2026-09-01");
    private static final Measure UNITS = Measure.of("compute_units");

    @TempDir
    Path folder = Path.of("");

    private Path file = Path.of("");
    private Writer writer = Writer.none();

    /** A ledger and its totals, as the recorder keeps them. */
    private record Writer(@Nullable Ledger opened, Totals totals) {
        static Writer none() {
            return new Writer(null, new Totals(DAYS_FROM));
        }

        static Writer open(Path file) throws LedgerException {
            Ledger ledger = Ledger.open(file);
            return new Writer(ledger, ledger.readTotals(DAYS_FROM));
        }

        Ledger ledger() {
            return Objects.requireNonNull(opened);
        }

        void append(Instant received, List<UsageEvent> events) throws LedgerException {
            var recorded = new ArrayList<RecordedEvent>();
            for (UsageEvent event : events) {
                recorded.add(
                        new RecordedEvent(ledger().lastNumber() + recorded.size() + 1, event, received, Source.API));
            }
            Totals.Change change = totals.plan(recorded);
            ledger().append(recorded, change);
            totals.apply(change);
        }
    }

    @BeforeEach
    void open() throws LedgerException {
        file = folder.resolve("data").resolve("usage.db");
        writer = Writer.open(file);
    }

    @AfterEach
    void close() throws LedgerException {
        writer.ledger().close();
    }

    private void bound(int series) {
        writer.totals().configure("p", ZoneOffset.UTC, List.of(), new SeriesBound(series, List.of(UNITS)), 1);
    }

    private static List<UsageEvent> models(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> new UsageEvent(null, "p", "c" + i % 15, "m" + i, null, usage("1")))
                .toList();
    }

    /** Reverts the migrations from the sixth on. */
    private void removeIntegrity() throws SQLException {
        execute("DROP TABLE integration_state");
        execute("CREATE TABLE pending_run (id TEXT PRIMARY KEY, category TEXT) STRICT, WITHOUT ROWID");
        execute("INSERT INTO pending_run VALUES ('r1', 'tiktok'), ('r2', NULL)");
        execute("ALTER TABLE series_total DROP COLUMN since");
        execute("ALTER TABLE event DROP COLUMN check_value");
        execute("DROP TABLE log");
        execute("PRAGMA application_id = 0");
    }

    private void reopen() throws LedgerException {
        writer.ledger().close();
        writer = Writer.open(file);
    }

    private Verification verify() throws LedgerException {
        try (LedgerReader reader = LedgerReader.open(file)) {
            return reader.verify();
        }
    }

    private Map<CategoryMeasure, BigDecimal> day(String date) {
        return writer.totals().snapshot().days().getOrDefault(new Day("p", LocalDate.parse(date)), Map.of());
    }

    private void appendMoreThanASegment(int from, Instant received) throws LedgerException {
        for (int i = 0; i < MORE_THAN_A_SEGMENT; i += 6_000) {
            writer.append(received, ids(from + i, 6_000));
        }
    }

    /** Looks up some of the sealed and recent ids that {@link #appendMoreThanASegment} appended. */
    private void checkFound(int from) throws LedgerException {
        for (int i = from; i < from + MORE_THAN_A_SEGMENT; i += 997) {
            assertThat(number("id " + i)).isEqualTo(i + 1);
        }
        assertThat(number("id " + (from + MORE_THAN_A_SEGMENT - 1))).isEqualTo(from + MORE_THAN_A_SEGMENT);
    }

    private long number(String id) throws LedgerException {
        List<RecordedEvent> found = writer.ledger().find(id);
        assertThat(found).as(id).hasSize(1);
        return found.get(0).number();
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private int rows(String table) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT count(*) FROM " + table)) {
            return row.getInt(1);
        }
    }

    private static void assertSame(Snapshot read, Snapshot expected) {
        assertThat(read)
                .usingRecursiveComparison()
                .withComparatorForType(BigDecimal::compareTo, BigDecimal.class)
                .isEqualTo(expected);
    }

    private static List<UsageEvent> ids(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> event("id " + i, "c", "0.000001"))
                .toList();
    }

    private static UsageEvent event(@Nullable String id, String category, String units) {
        return new UsageEvent(id, "p", category, "", null, usage(units));
    }

    private static UsageEvent at(Instant at) {
        return new UsageEvent(null, "p", "c", "", at, usage("1"));
    }

    private static Usage usage(String units) {
        return Usage.of(Map.of(UNITS, Amount.of(new BigDecimal(units))));
    }

    @Nested
    class Events {
        @Test
        void newLedgerIsEmpty() throws Exception {
            assertThat(writer.ledger().lastNumber()).isZero();
            assertThat(writer.ledger().find("x")).isEmpty();
            assertThat(writer.totals().snapshot().series()).isEmpty();
            assertThat(verify()).isEqualTo(new Verification(0, List.of()));
        }

        @Test
        void findsEventAsRecorded() throws Exception {
            var usage = Usage.of(Map.of(
                    Measure.of("requests"),
                    Amount.of(1),
                    Measure.tokens(TokenKind.CACHE_WRITE_1H),
                    Amount.of(new BigDecimal("0.000001"))));
            var event = new UsageEvent("id 🤖", "p", "c'\";--", "m é", NOW.minusMillis(1), usage);
            writer.append(NOW, List.of(event));
            assertThat(writer.ledger().find("id 🤖")).containsExactly(new RecordedEvent(1, event, NOW, Source.API));
        }

        @Test
        void findsEventWithoutInstant() throws Exception {
            var event = new UsageEvent("x", "p", "c", "", null, usage("1"));
            writer.append(NOW, List.of(event));
            RecordedEvent found = writer.ledger().find("x").get(0);
            assertThat(found.event()).isEqualTo(event);
            assertThat(found.at()).isEqualTo(NOW);
        }

        @Test
        void findsEventWithoutUsage() throws Exception {
            var event = new UsageEvent("x", "p", "c", "", null, Usage.of(Map.of()));
            writer.append(NOW, List.of(event));
            assertThat(writer.ledger().find("x").get(0).event()).isEqualTo(event);
            assertThat(verify().differences()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "X", "x ", " x", "x\u0301", "y"})
        void doesNotFindOtherIds(String id) throws Exception {
            writer.append(NOW, List.of(event("x", "c", "1")));
            assertThat(writer.ledger().find(id)).isEmpty();
        }

        @Test
        void recordsAllEventsWithoutId() throws Exception {
            writer.append(NOW, List.of(event(null, "c", "1"), event(null, "c", "1")));
            writer.append(NOW, List.of(event(null, "c", "1")));
            assertThat(writer.ledger().lastNumber()).isEqualTo(3);
            assertThat(verify().events()).isEqualTo(3);
        }

        @Test
        void failedCommitLeavesNoEventsOrTotals() throws Exception {
            writer.append(NOW, List.of(event("x", "a", "1")));
            Snapshot before = writer.totals().snapshot();
            var twice = new RecordedEvent(1, event("y", "a", "1"), NOW, Source.API);
            Totals.Change change = writer.totals().plan(List.of(twice));
            assertThatThrownBy(() -> writer.ledger().append(List.of(twice), change))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("cannot be written");
            assertThat(writer.ledger().find("y")).isEmpty();
            assertThat(writer.ledger().lastNumber()).isEqualTo(1);
            assertSame(writer.ledger().readTotals(DAYS_FROM).snapshot(), before);
            writer.append(NOW, List.of(event("y", "a", "1")));
            assertThat(verify()).isEqualTo(new Verification(2, List.of()));
        }

        @Test
        void failedCommitLeavesNoLabels() throws Exception {
            var lost = new RecordedEvent(1, event(null, "lost", "1"), NOW, Source.API);
            Totals.Change change = writer.totals().plan(List.of(lost, lost)); // a number cannot be stored twice
            assertThatThrownBy(() -> writer.ledger().append(List.of(lost, lost), change))
                    .isInstanceOf(LedgerException.class);
            writer.append(
                    NOW,
                    IntStream.range(0, 200)
                            .mapToObj(i -> event(null, "c" + i, "1"))
                            .toList());
            writer.append(NOW, List.of(event(null, "lost", "1")));
            assertThat(writer.totals().snapshot().series())
                    .containsKey(new Series("p", "c199", "", UNITS))
                    .doesNotContainKey(new Series("p", "lost", "", UNITS));
            assertThat(verify()).isEqualTo(new Verification(201, List.of()));
        }

        @Test
        void replacedLedgerIsNotWritten() throws Exception {
            Files.move(file, folder.resolve("moved.db"));
            Files.createFile(file);
            assertThatThrownBy(() -> writer.append(NOW, List.of(event("x", "a", "1"))))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("was moved, replaced or deleted");
            assertThatThrownBy(() -> writer.ledger().probe(NOW)).isInstanceOf(LedgerException.class);
            assertThat(writer.ledger().lastNumber()).isZero();
            Files.move(folder.resolve("moved.db"), file, StandardCopyOption.REPLACE_EXISTING);
            writer.append(NOW, List.of(event("x", "a", "1")));
        }

        @Test
        void probeChangesNoTotals() throws Exception {
            writer.append(NOW, List.of(event("x", "a", "1")));
            writer.ledger().probe(NOW);
            writer.ledger().probe(NOW.plusSeconds(1));
            assertThat(rows("probe")).isEqualTo(1);
            assertThat(verify()).isEqualTo(new Verification(1, List.of()));
        }
    }

    @Nested
    class StoredTotals {
        @Test
        void readsTotalsAsWritten() throws Exception {
            writer.append(NOW, List.of(event(null, "a", "0.1"), event(null, "a", "0.2"), event(null, "b", "1e12")));
            writer.append(NOW.plusSeconds(60), List.of(event(null, "b", "0.000001")));
            Snapshot read = writer.ledger().readTotals(DAYS_FROM).snapshot();
            assertThat(read.series().get(new Series("p", "a", "", UNITS))).isEqualByComparingTo("0.3");
            assertThat(read.series().get(new Series("p", "b", "", UNITS))).isEqualByComparingTo("1000000000000.000001");
            assertSame(read, writer.totals().snapshot());
            assertThat(read.recorded()).isEqualTo(Map.of(Source.API, 4L));
            assertThat(read.lastEvent()).isEqualTo(Map.of("p", NOW.plusSeconds(60)));
        }

        @Test
        void readerSeesCommitsWhileTheOwnerWrites() throws Exception {
            try (LedgerReader reader = LedgerReader.open(file)) {
                writer.append(NOW, List.of(event(null, "a", "1")));
                assertSame(reader.snapshot(DAYS_FROM), writer.totals().snapshot());
                writer.append(NOW, List.of(event(null, "a", "2")));
                assertSame(reader.snapshot(DAYS_FROM), writer.totals().snapshot());
                assertThat(reader.sizeBytes()).isPositive();
            }
        }

        @Test
        void readsDaysFromADateToBeforeAnother() throws Exception {
            for (int back = 0; back < 5; back++) {
                writer.append(NOW, List.of(at(NOW.minus(Duration.ofDays(back)))));
            }
            LocalDate today = LocalDate.parse("2026-11-24");
            assertThat(writer.ledger().readDays(today.minusDays(3), today.minusDays(1)))
                    .containsOnlyKeys(new Day("p", today.minusDays(3)), new Day("p", today.minusDays(2)));
            assertThat(writer.ledger().readDays(LocalDate.MIN, LocalDate.MAX)).hasSize(5);
            try (LedgerReader reader = LedgerReader.open(file)) {
                assertThat(reader.days(today, today.plusDays(1))).containsOnlyKeys(new Day("p", today));
            }
        }

        @Test
        void readsHoursFromOneToBeforeAnother() throws Exception {
            long now = Hour.number(NOW);
            writer.append(
                    NOW, List.of(at(NOW.minus(Duration.ofHours(2))), at(NOW.minus(Duration.ofHours(1))), at(NOW)));
            assertThat(writer.ledger().readHours(now - 1, now)).containsOnlyKeys(new Hour("p", now - 1));
            try (LedgerReader reader = LedgerReader.open(file)) {
                assertThat(reader.hours(now, now + 1))
                        .isEqualTo(Map.of(
                                new Hour("p", now), Map.of(UNITS, new HourTotal(new BigDecimal("1"), NOW, NOW))));
            }
        }

        @Test
        void readsDaysOfCategoriesWithAnyCharacters() throws Exception {
            var category = "a,\"b\" 'c' = \\ 🤖 %";
            var usage = Usage.of(Map.of(
                    UNITS,
                    Amount.of(new BigDecimal("0.000001")),
                    Measure.tokens(TokenKind.CACHE_WRITE_5M),
                    Amount.of(7)));
            writer.append(NOW, List.of(new UsageEvent(null, "p", category, "", null, usage), event(null, "=", "1e12")));
            assertThat(writer.ledger().readDays(LocalDate.MIN, LocalDate.MAX))
                    .isEqualTo(Map.of(
                            new Day("p", LocalDate.parse("2026-11-24")),
                            Map.of(
                                    new CategoryMeasure(category, UNITS), new BigDecimal("0.000001"),
                                    new CategoryMeasure(category, Measure.tokens(TokenKind.CACHE_WRITE_5M)),
                                            new BigDecimal("7"),
                                    new CategoryMeasure("=", UNITS), new BigDecimal("1000000000000"))));
        }

        @Test
        void readsFirstDayOfEachProviderHoweverOld() throws Exception {
            Instant longAgo = NOW.minus(Duration.ofDays(400));
            writer.append(longAgo, List.of(at(longAgo)));
            writer.append(NOW, List.of(at(NOW), new UsageEvent(null, "q", "c", "", NOW, usage("7"))));
            writer.append(NOW, List.of(new UsageEvent(null, "unused", "c", "", NOW, usage("0"))));
            var first = Map.of("p", LocalDate.parse("2025-10-20"), "q", LocalDate.parse("2026-11-24"));
            assertThat(writer.ledger().readTotals(DAYS_FROM).snapshot().firstDays())
                    .isEqualTo(first);
            try (LedgerReader reader = LedgerReader.open(file)) {
                assertThat(reader.snapshot(DAYS_FROM).firstDays()).isEqualTo(first);
            }
        }

        @Test
        void readsOnlyRequestedDays() throws Exception {
            writer.append(NOW, List.of(at(NOW.minus(Duration.ofDays(20))), at(NOW)));
            Snapshot read =
                    writer.ledger().readTotals(LocalDate.parse("2026-11-24")).snapshot();
            assertThat(read.days()).containsOnlyKeys(new Day("p", LocalDate.parse("2026-11-24")));
            assertThat(read.series().get(new Series("p", "c", "", UNITS))).isEqualByComparingTo("2");
        }

        @Test
        void changedZoneRecountsDays() throws Exception {
            writer.totals().configure("p", ZoneOffset.UTC, List.of(), SeriesBound.DEFAULT, 1);
            writer.append(
                    NOW, List.of(at(Instant.parse("2026-11-23T18:14:59Z")), at(Instant.parse("2026-11-23T18:15:00Z"))));
            writer.append(NOW, List.of(new UsageEvent(null, "q", "c", "", NOW, usage("7"))));
            ZoneId kathmandu = ZoneId.of("Asia/Kathmandu");
            writer.ledger().moveToZone("p", kathmandu, writer.totals());
            writer.totals().configure("p", kathmandu, List.of(), SeriesBound.DEFAULT, 4);
            Map<Day, Map<CategoryMeasure, BigDecimal>> days =
                    writer.totals().snapshot().days();
            assertThat(days)
                    .containsOnlyKeys(
                            new Day("p", LocalDate.parse("2026-11-23")),
                            new Day("p", LocalDate.parse("2026-11-24")),
                            new Day("q", LocalDate.parse("2026-11-24")));
            assertThat(day("2026-11-24"))
                    .hasEntrySatisfying(
                            new CategoryMeasure("c", UNITS),
                            units -> assertThat(units).isEqualByComparingTo("1"));
            writer.append(NOW, List.of(at(Instant.parse("2026-11-23T18:15:00Z"))));
            assertThat(verify()).isEqualTo(new Verification(4, List.of()));
            assertThat(writer.totals().snapshot().firstDays()).containsEntry("p", LocalDate.parse("2026-11-23"));
            reopen();
            assertThat(writer.totals().zone("p")).isEqualTo(kathmandu);
            assertThat(writer.totals().snapshot().firstDays()).containsEntry("p", LocalDate.parse("2026-11-23"));
            assertThat(day("2026-11-24"))
                    .hasEntrySatisfying(
                            new CategoryMeasure("c", UNITS),
                            units -> assertThat(units).isEqualByComparingTo("2"));
        }

        @Test
        void changedZoneKeepsSeries() throws Exception {
            writer.append(NOW, List.of(event(null, "c", "1")));
            Map<Series, BigDecimal> before = writer.totals().snapshot().series();
            writer.ledger().moveToZone("p", ZoneId.of("Pacific/Kiritimati"), writer.totals());
            assertThat(writer.totals().snapshot().series()).isEqualTo(before);
        }
    }

    @Nested
    class Ids {
        @Test
        void continuesAfterReopening() throws Exception {
            writer.append(NOW, List.of(event("x", "a", "1"), event(null, "b", "2")));
            Snapshot before = writer.totals().snapshot();
            reopen();
            assertThat(writer.ledger().lastNumber()).isEqualTo(2);
            assertSame(writer.totals().snapshot(), before);
            assertThat(writer.ledger().find("x").get(0).number()).isEqualTo(1);
            writer.append(NOW, List.of(event("y", "a", "1")));
            assertThat(writer.ledger().find("y").get(0).number()).isEqualTo(3);
            assertThat(verify()).isEqualTo(new Verification(3, List.of()));
        }

        @Test
        void findsIdsOfManyCommitsAfterReopening() throws Exception {
            for (int commit = 0; commit < 50; commit++) {
                writer.append(NOW, ids(commit * 10, 10));
            }
            reopen();
            for (int i = 0; i < 500; i++) {
                assertThat(number("id " + i)).isEqualTo(i + 1);
            }
            assertThat(writer.ledger().find("id 500")).isEmpty();
        }

        @Test
        void findsDuplicatesAcrossASealedSegment() throws Exception {
            appendMoreThanASegment(0, NOW);
            assertThat(rows("id_segment")).isEqualTo(1);
            assertThat(rows("id_recent")).isLessThan(10);
            checkFound(0);
            assertThat(writer.ledger().find("id " + MORE_THAN_A_SEGMENT)).isEmpty();
            reopen();
            checkFound(0);
            assertThat(writer.ledger().find("id " + MORE_THAN_A_SEGMENT)).isEmpty();
            assertThat(verify()).isEqualTo(new Verification(MORE_THAN_A_SEGMENT, List.of()));
        }

        @Test
        void dropsASegmentOnceItsIdsCannotBeRepeated() throws Exception {
            int fiveDays = 0;
            for (; fiveDays <= 10; fiveDays++) {
                appendMoreThanASegment(fiveDays * MORE_THAN_A_SEGMENT, NOW.plus(Duration.ofDays(5L * fiveDays)));
            }
            assertThat(rows("id_segment")).isEqualTo(11);
            checkFound(0);
            appendMoreThanASegment(fiveDays * MORE_THAN_A_SEGMENT, NOW.plus(Duration.ofDays(55)));
            assertThat(rows("id_segment")).isEqualTo(11);
            assertThat(rows("id_bucket")).isEqualTo(11 * 256);
            checkFound(MORE_THAN_A_SEGMENT);
            checkFound(11 * MORE_THAN_A_SEGMENT);
            assertThat(writer.ledger().find("id 0")).isEmpty();
            reopen();
            checkFound(MORE_THAN_A_SEGMENT);
            checkFound(11 * MORE_THAN_A_SEGMENT);
            assertThat(writer.ledger().find("id 0")).isEmpty();
            assertThat(verify().differences()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(longs = {60, -60, 20_000, -20_000})
        void temporarilyWrongClockForgetsNoIds(long days) throws Exception {
            appendMoreThanASegment(0, NOW);
            appendMoreThanASegment(MORE_THAN_A_SEGMENT, NOW.plus(Duration.ofDays(days)));
            appendMoreThanASegment(2 * MORE_THAN_A_SEGMENT, NOW.plus(Duration.ofDays(1)));
            appendMoreThanASegment(3 * MORE_THAN_A_SEGMENT, NOW.plus(Duration.ofDays(2)));
            for (int from = 0; from < 4; from++) {
                checkFound(from * MORE_THAN_A_SEGMENT);
            }
        }
    }

    @Nested
    class Verify {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "UPDATE series_total SET amount = '3.000001' WHERE category = 'a'   | total of | stored 3.000001, the events give 3",
                    "DELETE FROM series_total WHERE category = 'a'                      | total of | stored nothing, the events give 3",
                    "INSERT INTO series_total VALUES ('p', 'z', '', 'compute_units', '1', 1) | total of | stored 1, the events give nothing",
                    "UPDATE day_total SET amount = '4' WHERE category = 'a'             | 2026-11-24 | stored 4, the events give 3",
                    "UPDATE day_total SET date = '2026-11-23' WHERE category = 'b'      | 2026-11-23 | stored 5, the events give nothing",
                    "UPDATE hour_total SET amount = '7'                                 | 2026-11-24T | the events give 8 from 2026-11-24T09:15:00Z to 2026-11-24T09:15:00Z",
                    "DELETE FROM hour_total                                             | 2026-11-24T | stored nothing, the events give 8",
                    "UPDATE source_total SET events = 9                                 | events from API | stored 9, the events give 3",
                    "UPDATE provider SET last_event = 0                                 | last event of p | stored 1970-01-01T00:00:00Z",
                    "UPDATE event SET usage = 'compute_units=2' WHERE number = 1        | total of | stored 3, the events give 4",
                    "DELETE FROM event WHERE number = 3                                 | total of | stored 5, the events give nothing",
                })
        void reportsEveryDifference(String sql, String total, String difference) throws Exception {
            writer.append(NOW, List.of(event(null, "a", "1"), event(null, "a", "2"), event(null, "b", "5")));
            assertThat(verify()).isEqualTo(new Verification(3, List.of()));
            execute(sql);
            assertThat(verify().differences())
                    .anySatisfy(line -> assertThat(line).contains(total).contains(difference));
        }

        @Test
        void ignoresTheScaleOfNumbers() throws Exception {
            writer.append(NOW, List.of(event(null, "a", "3")));
            execute("UPDATE series_total SET amount = '3.000'");
            assertThat(verify().differences()).isEmpty();
        }

        @Test
        void findsNoDifferencePastTheCategoryCap() throws Exception {
            writer.append(
                    NOW,
                    IntStream.range(0, 300)
                            .mapToObj(i -> event(null, "c" + i, "1"))
                            .toList());
            writer.totals().configure("p", ZoneOffset.UTC, List.of("c299"), SeriesBound.DEFAULT, 301);
            writer.append(NOW, List.of(event(null, "c299", "1"), event(null, "c298", "1")));
            assertThat(verify()).isEqualTo(new Verification(302, List.of()));
            reopen();
            writer.append(NOW, List.of(event(null, "c299", "1"), event(null, "c0", "1"), event(null, "new", "1")));
            assertThat(verify()).isEqualTo(new Verification(305, List.of()));
            assertThat(writer.totals().snapshot().series().get(new Series("p", "c299", "", UNITS)))
                    .isEqualByComparingTo("2");
            assertThat(writer.totals().snapshot().series()).doesNotContainKey(new Series("p", "new", "", UNITS));
        }

        @Test
        void findsNoDifferencePastAChangingSeriesBound() throws Exception {
            bound(100);
            writer.append(NOW, models(0, 150));
            writer.append(NOW, models(0, 150));
            assertThat(writer.totals().snapshot().series()).hasSizeLessThanOrEqualTo(100);
            reopen();
            bound(120);
            writer.append(NOW, models(0, 160));
            reopen();
            bound(100);
            writer.append(NOW, models(100, 120));
            assertThat(verify()).isEqualTo(new Verification(580, List.of()));
            assertThat(writer.totals().snapshot().series().values().stream().reduce(BigDecimal.ZERO, BigDecimal::add))
                    .isEqualByComparingTo("580");
        }

        @Test
        void reportsAlteredInstantsOfAnHour() throws Exception {
            writer.append(NOW, List.of(at(NOW.minusSeconds(120)), at(NOW)));
            execute("UPDATE hour_total SET first = first - 60000");

            assertThat(verify().differences())
                    .singleElement()
                    .asString()
                    .contains("from")
                    .contains("the events give");
        }
    }

    @Nested
    class Ownership {
        @Test
        void secondOwnerFailsWithInUse() {
            assertThatThrownBy(() -> Ledger.open(file))
                    .isInstanceOf(LedgerException.InUse.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining(
                            "in use by process " + ProcessHandle.current().pid());
        }

        @Test
        void secondOwnerThroughALinkFailsWithInUse() throws Exception {
            Path link = Files.createSymbolicLink(folder.resolve("link.db"), file);
            assertThatThrownBy(() -> Ledger.open(link)).isInstanceOf(LedgerException.InUse.class);
        }

        @Test
        void rejectedOwnerDoesNotReleaseTheLedger() throws Exception {
            assertThatThrownBy(() -> Ledger.open(file)).isInstanceOf(LedgerException.InUse.class);
            assertThatThrownBy(() -> Ledger.open(file)).isInstanceOf(LedgerException.InUse.class);
            writer.append(NOW, List.of(event("x", "a", "1")));
            assertThat(number("x")).isEqualTo(1);
        }

        @Test
        void rejectsOtherFilesWithoutChangingThem() throws Exception {
            Path text = folder.resolve("notes.txt");
            String notes = "These are notes, not a database. ".repeat(200);
            Files.writeString(text, notes);
            assertThatThrownBy(() -> Ledger.open(text))
                    .isInstanceOf(LedgerException.Foreign.class)
                    .hasMessageContaining(text.toString())
                    .hasMessageContaining("not an SQLite database");
            assertThat(Files.readString(text, StandardCharsets.UTF_8)).isEqualTo(notes);
        }

        @Test
        void readerOfAMissingLedgerFails() {
            Path missing = folder.resolve("none.db");
            assertThatThrownBy(() -> LedgerReader.open(missing))
                    .isInstanceOf(LedgerException.Missing.class)
                    .hasMessageContaining(missing.toString());
            assertThat(missing).doesNotExist();
        }
    }

    @Nested
    class Versions {
        @Test
        void rejectsAndReleasesANewerVersion() throws Exception {
            writer.ledger().close();
            execute("PRAGMA user_version = 99");
            assertThatThrownBy(() -> Ledger.open(file))
                    .isInstanceOf(LedgerException.class)
                    .isNotInstanceOf(LedgerException.InUse.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("newer version")
                    .hasMessageContaining("99");
            assertThatThrownBy(() -> LedgerReader.open(file))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("newer version");
            execute("PRAGMA user_version = 7");
            writer = Writer.open(file);
            assertThat(writer.ledger().lastNumber()).isZero();
        }

        @Test
        void keepsItsUniqueId(@TempDir Path elsewhere) throws Exception {
            String id = writer.ledger().id();
            writer.ledger().close();
            writer = Writer.open(file);
            assertThat(id).matches("[0-9a-f]{8}").isEqualTo(writer.ledger().id());
            try (Ledger other = Ledger.open(elsewhere.resolve("usage.db"))) {
                assertThat(other.id()).isNotEqualTo(id);
            }
        }

        @Test
        void fillsHoursOfAVersionWithoutThem() throws Exception {
            writer.append(NOW, List.of(at(NOW.minus(Duration.ofHours(30))), event(null, "a", "0.5"), at(NOW)));
            Snapshot before = writer.ledger().readTotals(DAYS_FROM).snapshot();
            writer.ledger().close();
            removeIntegrity();
            execute("DROP TABLE pending_run");
            execute("ALTER TABLE event DROP COLUMN raises");
            execute("DROP TABLE identity");
            execute("DROP TABLE hour_total");
            execute("PRAGMA user_version = 1");
            assertThatThrownBy(() -> LedgerReader.open(file))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("older version");

            writer = Writer.open(file);

            assertThat(before.hours()).hasSize(2);
            assertSame(writer.ledger().readTotals(DAYS_FROM).snapshot(), before);
            assertThat(verify()).isEqualTo(new Verification(3, List.of()));
        }

        @Test
        void fillsInstantsOfHoursOfAVersionWithoutThem() throws Exception {
            writer.append(NOW, List.of(at(NOW.minusSeconds(120)), event(null, "a", "0.5"), at(NOW)));
            Snapshot before = writer.ledger().readTotals(DAYS_FROM).snapshot();
            writer.ledger().close();
            removeIntegrity();
            execute("ALTER TABLE hour_total DROP COLUMN first");
            execute("ALTER TABLE hour_total DROP COLUMN last");
            execute("PRAGMA user_version = 4");

            writer = Writer.open(file);

            assertSame(writer.ledger().readTotals(DAYS_FROM).snapshot(), before);
            assertThat(writer.ledger().readState("apify")).isEqualTo(Map.of("r1", "tiktok", "r2", ""));
            assertThat(verify()).isEqualTo(new Verification(3, List.of()));
        }
    }
}
