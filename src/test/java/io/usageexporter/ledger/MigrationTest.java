package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.LedgerReader.Verification;
import io.usageexporter.totals.CountedWindows;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.SeriesAmounts;
import io.usageexporter.totals.Snapshot;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MigrationTest extends LedgerTestBase {
    @Test
    void rejectsAndReleasesANewerVersion() throws Exception {
        ledger.close();
        execute(file, "PRAGMA user_version = 99");
        assertThatThrownBy(() -> LedgerAddress.of(file).open())
                .isInstanceOf(LedgerException.class)
                .isNotInstanceOf(LedgerException.InUse.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("newer version")
                .hasMessageContaining("99");
        assertThatThrownBy(() -> LedgerAddress.of(file).read())
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("newer version");
        execute(file, "PRAGMA user_version = " + SqliteDatabase.VERSION);
        reopen();
        assertThat(ledger.lastNumber()).isZero();
    }

    @Test
    void fillsHoursOfAVersionWithoutThem() throws Exception {
        append(NOW, List.of(at(NOW.minus(Duration.ofHours(30))), event(null, "a", "0.5"), at(NOW)));
        Snapshot before = storedTotals();
        ledger.close();
        removeIntegrity();
        execute(file, "DROP TABLE pending_run");
        execute(file, "ALTER TABLE event DROP COLUMN raises");
        execute(file, "DROP TABLE identity");
        execute(file, "DROP TABLE hour_total");
        execute(file, "PRAGMA user_version = 1");
        assertThatThrownBy(() -> LedgerAddress.of(file).read())
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("older version");

        reopen();

        assertThat(before.hours()).hasSize(2);
        assertSame(storedTotals(), before);
        assertThat(verify(file)).isEqualTo(new Verification(3, List.of()));
    }

    @Test
    void fillsInstantsOfHoursOfAVersionWithoutThem() throws Exception {
        append(NOW, List.of(at(NOW.minusSeconds(120)), event(null, "a", "0.5"), at(NOW)));
        Snapshot before = storedTotals();
        ledger.close();
        removeIntegrity();
        execute(file, "ALTER TABLE hour_total DROP COLUMN first");
        execute(file, "ALTER TABLE hour_total DROP COLUMN last");
        execute(file, "PRAGMA user_version = 4");

        reopen();

        assertSame(storedTotals(), before);
        assertThat(ledger.readState("apify")).isEqualTo(Map.of("r1", "tiktok", "r2", ""));
        assertThat(verify(file)).isEqualTo(new Verification(3, List.of()));
    }

    @Test
    void migratesAnEarlierVersionThatIsAllInItsLog() throws Exception {
        append(10);
        ledger.close();
        removeDetails();
        try (Connection connection = connect(file);
                var statement = connection.createStatement()) {
            statement.executeUpdate("DROP TABLE integration_state");
            statement.executeUpdate("CREATE TABLE pending_run (id TEXT PRIMARY KEY, category TEXT) STRICT");
            statement.executeUpdate("ALTER TABLE series_total DROP COLUMN since");
            statement.executeUpdate("ALTER TABLE event DROP COLUMN check_value");
            statement.executeUpdate("DROP TABLE log");
            statement.executeUpdate("PRAGMA application_id = 0");
            statement.executeUpdate("PRAGMA user_version = 5");
            Path copy = copy("copy.db", file, file);
            try (Ledger migrated = LedgerAddress.of(copy).open()) {
                assertThat(migrated.lastNumber()).isEqualTo(10);
            }
            assertThat(verify(copy)).isEqualTo(new Verification(10, List.of()));
            assertThat(header(copy).application()).isEqualTo(LedgerState.OPEN.application);
        }
    }

    /** Its events are at the standard price, and repeats of them are still repeats. */
    @Test
    void addsConsumersAndPricesToAVersionWithoutThem() throws Exception {
        append(NOW, List.of(event("m1", "a", "0.5"), event(null, "b", "1"), at(NOW.minus(Duration.ofDays(39)))));
        Snapshot before = storedTotals();
        ledger.close();
        removeDetails();
        execute(file, "PRAGMA user_version = 7");

        reopen();

        assertSame(storedTotals(), before);
        assertThat(verify(file)).isEqualTo(new Verification(3, List.of()));
        RecordedEvent first = ledger.find("m1").get(0);
        assertThat(first.event()).isEqualTo(event("m1", "a", "0.5"));
        assertThat(first.isDetailed()).isFalse();
        append(NOW, List.of(detailed("m2")));
        reopen();
        assertThat(verify(file)).isEqualTo(new Verification(4, List.of()));
        assertThat(ledger.find("m2").get(0).event()).isEqualTo(detailed("m2"));
        assertThat(ledger.find("m2").get(0).isDetailed()).isTrue();
    }

    /** Its days are counted again at the price that the amounts of each event make, its counters are not. */
    @Test
    void derivesThePricingOfEventsOfAVersionWithout() throws Exception {
        append(
                NOW,
                List.of(
                        new UsageEvent("r", "p", "a", "", NOW, Usage.parse("compute_units=1")),
                        new UsageEvent("s", "p", "a", "", NOW, Usage.parse("compute_units=3 usd=2"))));
        Map<Series, BigDecimal> counters = totals.snapshot().series();
        ledger.close();
        removeDerived();
        execute(file, "PRAGMA user_version = 9");

        reopen();

        assertThat(storedTotals().days().get(new Day("p", LocalDate.parse("2026-11-24"))))
                .isEqualTo(SeriesAmounts.copyOf(Map.of(
                        new Series("p", "a", "", UNITS), BigDecimal.ONE,
                        new Series("p", "a", "", "", "reported", UNITS), new BigDecimal("3"),
                        new Series("p", "a", "", "", "reported", Measure.of("usd")), new BigDecimal("2"))));
        assertThat(totals.snapshot().series()).hasSameSizeAs(counters);
        assertThat(verify(file)).isEqualTo(new Verification(2, List.of()));
    }

    private static UsageEvent detailed(String id) {
        return new UsageEvent(id, "p", "a", "growth", "m", Pricing.of("batch"), NOW, usage("2"));
    }

    @Test
    void addsHoursAndSessionsToAVersionWithoutThem() throws Exception {
        append(10);
        ledger.close();
        removeWindows();
        execute(file, "PRAGMA user_version = 8");

        reopen();

        assertThat(verify(file)).isEqualTo(new Verification(10, List.of()));
        assertThat(totals.counted("p")).isEqualTo(CountedWindows.NONE);
    }

    /** Reverts the migrations from the ninth on. */
    private void removeWindows() throws SQLException {
        removeDerived();
        execute(file, "DROP TABLE window_total", "DROP TABLE counted_windows");
    }

    /** Reverts the migrations from the eighth on. */
    private void removeDetails() throws SQLException {
        removeWindows();
        execute(file, "ALTER TABLE event DROP COLUMN consumer");
        execute(file, "ALTER TABLE event DROP COLUMN pricing");
        execute(file, "UPDATE event SET check_value = NULL");
        execute(file, "UPDATE log SET checked_from = (SELECT max(number) + 1 FROM event)");
        execute(
                file,
                "CREATE TABLE series (provider TEXT NOT NULL, category TEXT NOT NULL, model TEXT NOT NULL,"
                        + " measure TEXT NOT NULL, amount TEXT NOT NULL, since INTEGER NOT NULL DEFAULT 0,"
                        + " PRIMARY KEY (provider, category, model, measure)) STRICT, WITHOUT ROWID");
        execute(file, "INSERT INTO series SELECT provider, category, model, measure, amount, since FROM series_total");
        execute(file, "DROP TABLE series_total");
        execute(file, "ALTER TABLE series RENAME TO series_total");
        execute(
                file,
                "CREATE TABLE day (date TEXT NOT NULL, provider TEXT NOT NULL, category TEXT NOT NULL,"
                        + " measure TEXT NOT NULL, amount TEXT NOT NULL,"
                        + " PRIMARY KEY (date, provider, category, measure)) STRICT, WITHOUT ROWID");
        execute(file, "INSERT INTO day SELECT date, provider, category, measure, amount FROM day_total");
        execute(file, "DROP TABLE day_total");
        execute(file, "ALTER TABLE day RENAME TO day_total");
    }

    @Test
    void addsUndoingToAVersionWithoutIt() throws Exception {
        append(10);
        ledger.close();
        removeUndoing();
        execute(file, "PRAGMA user_version = 10");

        reopen();

        assertThat(verify(file)).isEqualTo(new Verification(10, List.of()));
        assertThat(ledger.readUndone()).isEmpty();
    }

    @Test
    void addsPruningToAVersionWithoutIt() throws Exception {
        append(10);
        ledger.close();
        removePruning();
        execute(file, "PRAGMA user_version = 11");

        reopen();

        assertThat(verify(file)).isEqualTo(new Verification(10, List.of()));
    }

    @Test
    void givesRowsOfAVersionWithoutCheckValuesTheirs() throws Exception {
        append(10);
        ledger.close();
        removeCheckValues();
        execute(file, "PRAGMA user_version = 13");

        reopen();

        assertThat(verify(file)).isEqualTo(new Verification(10, List.of()));
        assertThat(rows("day_total WHERE check_value IS NULL")).isZero();
    }

    /** Reverts the last migration. */
    private void removeCheckValues() throws SQLException {
        var tables = new ArrayList<>(CheckedRows.tables());
        tables.addAll(List.of("id_recent", "id_segment", "id_bucket"));
        for (String table : tables) {
            execute(file, "ALTER TABLE " + table + " DROP COLUMN check_value");
        }
    }

    /** Reverts the migrations from the thirteenth on. */
    private void removeNames() throws SQLException {
        removeCheckValues();
        for (String column : List.of("provider", "category", "model")) {
            execute(
                    file,
                    "UPDATE event SET " + column + " = (SELECT text FROM name WHERE code = " + column + ") WHERE "
                            + column + " IN (SELECT code FROM name)");
        }
        execute(file, "DROP TABLE name");
    }

    /** Reverts the migrations from the twelfth on. */
    private void removePruning() throws SQLException {
        removeNames();
        for (String table : List.of("opening_balance", "opening_source", "opening_provider", "pruning")) {
            execute(file, "DROP TABLE " + table);
        }
    }

    /** Reverts the migrations from the eleventh on. */
    private void removeUndoing() throws SQLException {
        removePruning();
        execute(file, "DROP TABLE undoing", "ALTER TABLE source_total DROP COLUMN undone");
    }

    /** Reverts the migrations from the tenth on. */
    private void removeDerived() throws SQLException {
        removeUndoing();
        execute(file, "DROP INDEX amendment");
        execute(file, "ALTER TABLE event DROP COLUMN counted_pricing");
        execute(file, "DROP TABLE long_prompt");
    }

    /** Reverts the migrations from the sixth on. */
    private void removeIntegrity() throws SQLException {
        removeDetails();
        execute(file, "DROP TABLE integration_state");
        execute(file, "CREATE TABLE pending_run (id TEXT PRIMARY KEY, category TEXT) STRICT, WITHOUT ROWID");
        execute(file, "INSERT INTO pending_run VALUES ('r1', 'tiktok'), ('r2', NULL)");
        execute(file, "ALTER TABLE series_total DROP COLUMN since");
        execute(file, "ALTER TABLE event DROP COLUMN check_value");
        execute(file, "DROP TABLE log");
        execute(file, "PRAGMA application_id = 0");
    }

    private static Header header(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return Header.read(channel);
        }
    }
}
