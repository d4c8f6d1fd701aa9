package io.usageexporter.ledger;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.LedgerReader.Verification;
import io.usageexporter.totals.Totals;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ledger files that are copied, mixed up, truncated, or another program's. */
class LedgerFileTest {
    private static final Instant NOW = Instant.parse("2026-11-24T09:15:00Z");

    /** More events than SQLite keeps in its log before a checkpoint. */
    private static final int LONG = 40_000;

    @TempDir
    Path folder = Path.of("");

    private Path file = Path.of("");
    private Ledger ledger;
    private Totals totals;

    @BeforeEach
    void open() throws Exception {
        file = Files.createDirectory(folder.resolve("data")).resolve("usage.db");
        reopen();
    }

    @AfterEach
    void close() throws Exception {
        ledger.close();
    }

    @Test
    void closeLeavesASingleCompleteFile() throws Exception {
        record(1000);
        ledger.close();
        assertThat(files(requireNonNull(file.getParent()))).containsExactly("usage.db");
        Path copy = folder.resolve("copy.db");
        Files.copy(file, copy);
        assertThat(events(copy)).isEqualTo(1000);
    }

    @Test
    void readerOfAClosedLedgerCreatesNoFiles() throws Exception {
        record(10);
        ledger.close();
        byte[] before = Files.readAllBytes(file);
        assertThat(verify(file)).isEqualTo(new Verification(10, List.of()));
        assertThat(files(requireNonNull(file.getParent()))).containsExactly("usage.db");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, LONG})
    void copyWithItsLogIsComplete(int events) throws Exception {
        record(events);
        Path copy = copy("copy.db", file, file);
        assertThat(verify(copy)).isEqualTo(new Verification(events, List.of()));
        assertThat(events(copy)).isEqualTo(events);
    }

    @ParameterizedTest
    @CsvSource({"10, true", "10, false", "40000, true", "40000, false"})
    void rejectsAFileWithoutItsLogAndKeepsIt(int events, boolean empty) throws Exception {
        record(events);
        record(10);
        Path copy = folder.resolve("copy.db");
        Files.copy(file, copy);
        if (empty) {
            Files.createFile(log(copy));
        }
        assertDamaged(copy, "lacks events", "of " + (events + 10), "copy both together");
    }

    @Test
    void rejectsALogWithoutItsFileAndKeepsIt() throws Exception {
        record(10);
        Path copy = folder.resolve("copy.db");
        Files.copy(log(file), log(copy));
        assertThatThrownBy(() -> Ledger.open(copy))
                .isInstanceOf(LedgerException.Damaged.class)
                .hasMessageContaining("is missing, but its log");
        assertThat(log(copy)).hasSameBinaryContentAs(log(file));
        assertThat(copy).doesNotExist();
    }

    @Test
    void rejectsALogOlderThanItsFile() throws Exception {
        record(10);
        Path older = copy("older.db", file, file);
        record(10);
        assertDamaged(copy("mixed.db", file, older), "lacks events", "10 of 20");
    }

    @Test
    void rejectsALogNewerThanItsFile() throws Exception {
        record(10);
        Path older = copy("older.db", file, file);
        for (int i = 0; i < 4; i++) {
            record(LONG);
        }
        assertDamaged(copy("mixed.db", older, file), "different times");
    }

    @Test
    void rejectsTheLogOfAnotherLedger() throws Exception {
        record(10);
        Path other = folder.resolve("other.db");
        try (Ledger another = Ledger.open(other)) {
            another.probe(NOW);
            assertDamaged(copy("mixed.db", file, other), "");
        }
    }

    @Test
    void rejectsACorruptedLog() throws Exception {
        record(10);
        record(10);
        Path copy = copy("copy.db", file, file);
        flip(log(copy), Files.size(log(copy)) / 3);
        assertDamaged(copy, "lacks events", "damaged");
    }

    @Test
    void logShrinksOnceAReaderReleasesIt() throws Exception {
        record(10);
        try (Connection reader = connect(file);
                var statement = reader.createStatement()) {
            statement.execute("BEGIN");
            statement.executeQuery("SELECT count(*) FROM event").next();
            for (int i = 0; i < 10; i++) {
                record(LONG);
            }
            assertThat(Files.size(log(file))).isGreaterThan(30 << 20);
            statement.execute("ROLLBACK");
        }
        record(10);
        record(10);
        assertThat(Files.size(log(file))).isLessThan(20 << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE", "WAL"})
    void rejectsAForeignDatabaseWithoutChangingIt(String journal) throws Exception {
        Path other = Files.createDirectory(folder.resolve("other")).resolve("places.db");
        execute(other, "PRAGMA journal_mode = " + journal, "CREATE TABLE bookmarks (url TEXT)");
        assertForeign(other);
        execute(other, "PRAGMA user_version = 3");
        assertForeign(other);
        execute(other, "PRAGMA application_id = 77");
        assertForeign(other);
    }

    @Test
    void rejectsAForeignDatabaseInItsLogWithoutChangingIt() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other")).resolve("places.db");
        try (Connection connection = connect(other);
                var statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("CREATE TABLE bookmarks (url TEXT)");
            Path copy = Files.createDirectory(folder.resolve("copy")).resolve("places.db");
            Files.copy(other, copy);
            Files.copy(log(other), log(copy));
            assertForeign(copy);
        }
    }

    @Test
    void danglingLinkLeadsToTheSameLedger() throws Exception {
        Path target = folder.resolve("target.db");
        Path link = Files.createSymbolicLink(folder.resolve("link.db"), target);
        try (Ledger byLink = Ledger.open(link)) {
            assertThatThrownBy(() -> Ledger.open(target)).isInstanceOf(LedgerException.InUse.class);
            assertThatThrownBy(() -> Ledger.open(link)).isInstanceOf(LedgerException.InUse.class);
            assertThat(byLink.lastNumber()).isZero();
        }
    }

    @Test
    void hardLinkLeadsToTheSameLedger() throws Exception {
        Path link = Files.createLink(folder.resolve("link.db"), file);
        assertThatThrownBy(() -> Ledger.open(link)).isInstanceOf(LedgerException.InUse.class);
    }

    @Test
    void migratesAnEarlierVersionThatIsAllInItsLog() throws Exception {
        record(10);
        ledger.close();
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
            try (Ledger migrated = Ledger.open(copy)) {
                assertThat(migrated.lastNumber()).isEqualTo(10);
            }
            assertThat(verify(copy)).isEqualTo(new Verification(10, List.of()));
            assertThat(header(copy).application()).isEqualTo(Header.APPLICATION);
        }
    }

    @Test
    void closeOfADeletedLedgerFails() throws Exception {
        record(10);
        Files.delete(file);
        assertThatThrownBy(() -> ledger.close())
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("moved, replaced or deleted")
                .hasMessageContaining("put back");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "UPDATE event SET id = 'id 4' WHERE number = 3                     | event 3: altered since it was recorded",
                "UPDATE event SET id = 'id 4' WHERE number = 3                     | event 3 is indexed under the wrong id",
                "UPDATE event SET at = at + 1 WHERE number = 3                     | event 3: altered since it was recorded",
                "UPDATE event SET received = received - 1 WHERE number = 3         | event 3: altered since it was recorded",
                "UPDATE event SET source = 'apj' WHERE number = 3                  | event 3: altered since it was recorded",
                "UPDATE event SET usage = 'compute_units' WHERE number = 3         | event 3: altered since it was recorded",
                "UPDATE event SET check_value = NULL WHERE number = 3              | event 3: altered since it was recorded",
                "DELETE FROM id_recent                                             | id index: empty",
                "DELETE FROM id_recent WHERE last_number = 20                      | event 11 is missing",
                "UPDATE id_recent SET entries = zeroblob(160)                      | id index",
                "UPDATE id_recent SET entries = substr(entries, 1, 151)            | ends early",
                "UPDATE id_recent SET last_number = 9 WHERE last_number = 10       | commit of event 9",
                "UPDATE series_total SET measure = 'tokens.nonsense'               | ",
                "UPDATE provider SET zone = 'Nowhere/Else'                         | cannot read",
            })
    void verifyReportsAlteredRows(String sql, String difference) throws Exception {
        record(10);
        record(10);
        ledger.close();
        execute(file, sql);
        assertThat(verify(file).differences())
                .anySatisfy(line -> assertThat(line).contains(difference == null ? "" : difference));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "UPDATE id_segment SET filter = zeroblob(length(filter))                | has the wrong filter",
                "UPDATE id_segment SET newest = newest + 1                              | has the wrong age",
                "UPDATE id_bucket SET entries = zeroblob(length(entries)) WHERE key = 300 | segment 1",
                "DELETE FROM id_bucket WHERE key = 300                                  | segment 1 is incomplete",
                "DELETE FROM id_segment                                                 | belong to no segment",
            })
    void verifyReportsDamagedSegments(String sql, String difference) throws Exception {
        record(LONG);
        record(LONG);
        ledger.close();
        assertThat(verify(file)).isEqualTo(new Verification(2 * LONG, List.of()));
        execute(file, sql);
        assertThat(verify(file).differences())
                .anySatisfy(line -> assertThat(line).contains(difference));
    }

    private void assertDamaged(Path copy, String... words) throws Exception {
        byte[] before = Files.readAllBytes(copy);
        assertThatThrownBy(() -> Ledger.open(copy))
                .isInstanceOf(LedgerException.Damaged.class)
                .hasMessageContaining(copy.toString())
                .hasMessageContainingAll(words);
        assertThatThrownBy(() -> LedgerReader.open(copy)).isInstanceOf(LedgerException.Damaged.class);
        assertThat(Files.readAllBytes(copy)).isEqualTo(before);
    }

    private static void assertForeign(Path other) throws Exception {
        List<String> files = files(requireNonNull(other.getParent()));
        byte[] before = Files.readAllBytes(other);
        assertThatThrownBy(() -> Ledger.open(other))
                .isInstanceOf(LedgerException.Foreign.class)
                .hasMessageContaining(other.toString())
                .hasMessageContaining("not a ledger");
        assertThatThrownBy(() -> LedgerReader.open(other)).isInstanceOf(LedgerException.Foreign.class);
        assertThat(files(requireNonNull(other.getParent()))).isEqualTo(files);
        assertThat(Files.readAllBytes(other)).isEqualTo(before);
    }

    private void reopen() throws LedgerException {
        ledger = Ledger.open(file);
        totals = ledger.readTotals(LocalDate.parse("2026-09-01"));
    }

    private void record(int count) throws LedgerException {
        var events = new ArrayList<RecordedEvent>();
        long first = ledger.lastNumber() + 1;
        for (long number = first; number < first + count; number++) {
            var event = new UsageEvent("id " + number, "p", "c", "", NOW, Usage.parse("compute_units=1"));
            events.add(new RecordedEvent(number, event, NOW, Source.API));
        }
        Totals.Change change = totals.plan(events);
        ledger.append(events, change);
        totals.apply(change);
    }

    private Path copy(String name, Path ofFile, Path ofLog) throws IOException {
        Path copy = folder.resolve(name);
        Files.copy(ofFile, copy, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(log(ofLog), log(copy), StandardCopyOption.REPLACE_EXISTING);
        return copy;
    }

    private static Path log(Path ledger) {
        return ledger.resolveSibling(ledger.getFileName() + "-wal");
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    private static void flip(Path file, long at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at] ^= 1;
        Files.write(file, bytes);
    }

    private static long events(Path copy) throws LedgerException {
        try (Ledger opened = Ledger.open(copy)) {
            return opened.lastNumber();
        }
    }

    private static Verification verify(Path file) throws LedgerException {
        try (LedgerReader reader = LedgerReader.open(file)) {
            return reader.verify();
        }
    }

    private static Header header(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return Header.read(channel);
        }
    }

    private static Connection connect(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    private static void execute(Path file, String... statements) throws SQLException {
        try (Connection connection = connect(file);
                var statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
