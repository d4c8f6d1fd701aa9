package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.event.RecordedEvent;
import io.usageexporter.ledger.LedgerMigration.Progress;
import io.usageexporter.testing.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerMigrationTest extends LedgerTestBase {
    private static final int CHUNK = 7;

    private LedgerAddress source;
    private LedgerAddress database;

    @BeforeEach
    void setAddresses() throws Exception {
        source = LedgerAddress.of(file);
        database = LedgerAddress.of(PostgresServer.shared().newDatabase());
    }

    /** The process may end at any commit. */
    private static final class Interruption extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private long migrate(LedgerAddress from, LedgerAddress to) throws LedgerException {
        return LedgerMigration.migrate(from, to, CHUNK, Progress.NONE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void goesOnWhereverItWasInterrupted(boolean toFile) throws Exception {
        append(40);
        ledger.close();
        LedgerAddress from = source;
        if (toFile) {
            migrate(source, database);
            from = database;
        }
        List<String> expected = StoredLedger.of(from).lines();
        LedgerAddress to = toFile ? LedgerAddress.of(folder.resolve("back.db")) : database;

        int attempts = 1;
        while (!interrupted(from, to, attempts)) {
            assertThatThrownBy(to::open).hasMessageContaining("is incomplete");
            assertThatThrownBy(to::read).hasMessageContaining("is incomplete");
            attempts++;
        }

        assertThat(attempts).isGreaterThan(20);
        assertThat(StoredLedger.of(to).lines()).isEqualTo(expected);
    }

    /** Whether it came to its end before this commit, before which it is interrupted. */
    private static boolean interrupted(LedgerAddress from, LedgerAddress to, int commit) throws LedgerException {
        try (var reader = (SqlReader) from.read();
                CopyTarget target = CopyTarget.open(to)) {
            var transfer = new LedgerTransfer(reader, new FailingTarget(target, commit), CHUNK, Progress.NONE);
            transfer.prepare();
            transfer.complete();
            return true;
        } catch (Interruption e) {
            return false;
        }
    }

    private record FailingTarget(CopyTarget target, AtomicInteger left) implements CopyTarget {
        FailingTarget(CopyTarget target, int commits) {
            this(target, new AtomicInteger(commits));
        }

        @Override
        public long lastNumber() {
            return target.lastNumber();
        }

        @Override
        public void add(List<RecordedEvent> events) throws LedgerException {
            countDown();
            target.add(events);
        }

        @Override
        public void write(Work work) throws LedgerException {
            countDown();
            target.write(work);
        }

        private void countDown() {
            if (left.decrementAndGet() == 0) {
                throw new Interruption();
            }
        }

        @Override
        public void close() throws LedgerException {
            target.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void goesOnAfterTheExporterWentOnRecordingAndPruning(boolean toFile) throws Exception {
        LedgerAddress to = toFile ? LedgerAddress.of(folder.resolve("other.db")) : database;
        append(40);
        ledger.close();
        assertThatThrownBy(() -> LedgerMigration.migrate(source, to, CHUNK, (copied, all) -> {
                    if (copied == 3 * CHUNK) {
                        throw new Interruption();
                    }
                }))
                .isInstanceOf(Interruption.class);
        open();
        append(NOW.plusSeconds(1), ids(41, 20));
        inUnit(() -> ledger.prune(NOW.plusSeconds(1), totals.recount()));
        ledger.close();
        List<String> expected = StoredLedger.of(source).lines();

        assertThat(migrate(source, to)).isEqualTo(60);

        assertThat(StoredLedger.of(to).lines()).isEqualTo(expected);
        assertThat(StoredLedger.of(to).events()).hasSize(20);
    }

    @Test
    void eventsOfEarlierVersionsStayAsTheyAre() throws Exception {
        append(9);
        ledger.close();
        execute(
                file,
                "UPDATE event SET consumer = NULL, pricing = NULL, check_value = NULL WHERE number < 5",
                "UPDATE log SET checked_from = 5");
        StoredLedger expected = StoredLedger.of(source);
        assertThat(expected.events().get(3).isDetailed()).isFalse();

        migrate(source, database);
        assertThat(StoredLedger.of(database).lines()).isEqualTo(expected.lines());
        LedgerAddress back = LedgerAddress.of(folder.resolve("back.db"));
        migrate(database, back);
        assertThat(StoredLedger.of(back).lines()).isEqualTo(expected.lines());
    }

    @Test
    void idsOfMoreThanASegmentAreIndexedAgain() throws Exception {
        for (int i = 0; i < 18; i++) { // of which none ends with a segment or a chunk
            append(NOW.plusSeconds(i), ids(i * 4000, 4000));
        }
        ledger.close();
        migrateAll(source, database);
        Path back = folder.resolve("back.db");
        migrateAll(database, LedgerAddress.of(back));
        assertThat(verify(back)).isEqualTo(new LedgerReader.Verification(72_000, List.of()));
        try (Ledger copy = LedgerAddress.of(back).open()) {
            assertThat(copy.find("id 3")).hasSize(1);
            assertThat(copy.find("id 71999")).hasSize(1);
        }
    }

    private static void migrateAll(LedgerAddress from, LedgerAddress to) throws LedgerException {
        LedgerMigration.migrate(from, to, Progress.NONE);
    }

    @Test
    void movesFromFileToFile() throws Exception {
        append(10);
        ledger.close();
        List<String> expected = StoredLedger.of(source).lines();
        LedgerAddress other = LedgerAddress.of(folder.resolve("new/other.db"));
        assertThat(migrate(source, other)).isEqualTo(10);
        assertThat(StoredLedger.of(other).lines()).isEqualTo(expected);
        other.open().close();
    }

    @Test
    void fileThatMovedCanOnlyBeReadButACopyIsALedger() throws Exception {
        append(10);
        ledger.close();
        migrate(source, database);

        assertThatThrownBy(source::open)
                .hasMessage("ledger " + file + " has moved, and can only be read; use the one that migrate made of it,"
                        + " or restore a copy of this one");
        assertThat(verify(file).events()).isEqualTo(10);
        Path backup = folder.resolve("backup.db");
        LedgerBackup.backup(source, backup);
        LedgerAddress.of(backup).open().close();
        LedgerBackup.restore(backup, source, NOW);
        open();
        append(1);
    }

    @Test
    void exportersOnPostgresAreRefusedOnceItMoved() throws Exception {
        append(10);
        ledger.close();
        migrate(source, database);
        LedgerAddress back = LedgerAddress.of(folder.resolve("back.db"));
        ledger = database.open();
        totals.restore(ledger.readTotals(DAYS_FROM, NOW), ledger.lastNumber() + 1);
        var more = new AtomicInteger();

        LedgerMigration.migrate(database, back, CHUNK, (copied, all) -> {
            if (more.getAndIncrement() == 0) {
                try {
                    append(5); // while the first ones are copied
                } catch (LedgerException e) {
                    throw new AssertionError(e);
                }
            }
        });

        assertThat(StoredLedger.of(back).events()).hasSize(15);
        String refused = database + " has moved, and can only be read";
        assertThatThrownBy(() -> append(1)).hasMessageContaining(refused);
        assertThatThrownBy(() -> ledger.putState("apify", "k", "v")).hasMessageContaining(refused);
        assertThatThrownBy(() -> ledger.probe(NOW)).hasMessageContaining(refused);
        assertThatThrownBy(database::open).hasMessageContaining(refused);
        assertThat(StoredLedger.of(database).lines())
                .isEqualTo(StoredLedger.of(back).lines());
    }

    @Test
    void fileInUseIsNotMoved() throws Exception {
        append(10);
        assertThatThrownBy(() -> migrate(source, database)).isInstanceOf(LedgerException.InUse.class);
        append(1);
    }

    @Test
    void otherLedgersAreNotReplaced() throws Exception {
        append(10);
        ledger.close();
        Path other = folder.resolve("other.db");
        LedgerAddress.of(other).open().close();
        database.open().close();
        assertThatThrownBy(() -> migrate(source, LedgerAddress.of(other)))
                .hasMessage("there is a ledger at " + other + " already; choose a new file, or an empty database");
        assertThatThrownBy(() -> migrate(source, database)).hasMessageContaining("there is a ledger at " + database);
        assertThatThrownBy(() -> migrate(source, source)).hasMessageContaining("is at " + file + " already");
        Path text = Files.writeString(folder.resolve("text.db"), "mine");
        assertThatThrownBy(() -> migrate(source, LedgerAddress.of(text))).isInstanceOf(LedgerException.Foreign.class);
        open();
        append(1);
    }

    @Test
    void incompleteCopyOfAnotherLedgerIsRefused() throws Exception {
        append(10);
        ledger.close();
        Path other = folder.resolve("other.db");
        try (Ledger another = LedgerAddress.of(other).open()) {
            assertThat(another.lastNumber()).isZero();
        }
        assertThat(interrupted(source, database, 4)).isFalse();
        assertThatThrownBy(() -> migrate(LedgerAddress.of(other), database))
                .hasMessageContaining("incomplete copy of another ledger");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE event_row SET usage = 'compute_units=7' WHERE number = 4",
                "DELETE FROM event_row WHERE number = 4",
                "UPDATE day_total SET amount = '7'"
            })
    void damagedLedgerStaysInUse(String damage) throws Exception {
        append(10);
        ledger.close();
        migrate(source, database);
        try (Connection connection = StoredLedger.connect(database);
                var statement = connection.createStatement()) {
            statement.execute(damage);
        }
        LedgerAddress back = LedgerAddress.of(folder.resolve("back.db"));
        assertThatThrownBy(() -> migrate(database, back)).isInstanceOf(LedgerException.Damaged.class);
        database.open().close();
        assertThatThrownBy(back::open).hasMessageContaining("is incomplete");
    }

    @Test
    void databaseIsBackedUpToAFileAndRestoredFromIt() throws Exception {
        append(10);
        ledger.close();
        migrate(source, database);
        List<String> expected = StoredLedger.of(database).lines();
        ledger = database.open();
        Path backup = folder.resolve("backup.db");

        assertThat(LedgerBackup.backup(database, backup)).isEqualTo(10);
        assertThatThrownBy(() -> LedgerBackup.restore(backup, database, NOW))
                .hasMessage("there is a ledger at " + database + " already; choose a new file, or an empty database");
        LedgerAddress other = LedgerAddress.of(PostgresServer.shared().newDatabase());
        assertThat(LedgerBackup.restore(backup, other, NOW).backup().events()).isEqualTo(10);

        assertThat(StoredLedger.of(LedgerAddress.of(backup)).lines()).isEqualTo(expected);
        assertThat(StoredLedger.of(other).lines()).isEqualTo(expected);
        other.open().close();
        try (var files = Files.list(folder)) {
            assertThat(files.map(each -> each.getFileName().toString())).containsExactlyInAnyOrder("backup.db", "data");
        }
    }
}
