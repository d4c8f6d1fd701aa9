package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.LedgerReader.Verification;
import io.usageexporter.testing.TestLedger;
import io.usageexporter.totals.Snapshot;
import io.usageexporter.totals.Totals;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A ledger in a temporary folder, and its totals in memory, which change as the recorder changes them. */
abstract class LedgerTestBase {
    static final Instant NOW = Instant.parse("2026-11-24T09:15:00Z");
    static final LocalDate DAYS_FROM = LocalDate.parse("2026-09-01");
    static final Measure UNITS = Measure.of("compute_units");

    static final Ledger.Follower NONE = new Ledger.Follower() {
        @Override
        public void changed(Totals.Change change, long lastNumber) {
            throw new AssertionError("followed");
        }

        @Override
        public void startsChanged() {
            throw new AssertionError("followed");
        }

        @Override
        public void replaced() {
            throw new AssertionError("followed");
        }
    };

    @TempDir
    Path folder = Path.of("");

    Path file = Path.of("");
    Ledger ledger;
    Totals totals;

    @BeforeEach
    final void open() throws LedgerException {
        file = folder.resolve("data").resolve("usage.db");
        ledger = TestLedger.at(file).open();
        totals = new Totals(ledger.readTotals(DAYS_FROM, NOW));
    }

    @AfterEach
    final void close() throws LedgerException {
        ledger.close();
    }

    final void reopen() throws LedgerException {
        close();
        open();
    }

    final void append(Instant received, List<UsageEvent> events) throws LedgerException {
        var recorded = new ArrayList<RecordedEvent>();
        for (UsageEvent event : events) {
            recorded.add(new RecordedEvent(ledger.lastNumber() + recorded.size() + 1, event, received, Source.API));
        }
        Totals.Change change = totals.plan(recorded);
        inUnit(() -> ledger.append(recorded, change));
        totals.apply(change);
    }

    /** Appends events of one commit, each with its number in its id. */
    final void append(int count) throws LedgerException {
        long first = ledger.lastNumber() + 1;
        append(
                NOW,
                LongStream.range(first, first + count)
                        .mapToObj(number -> new UsageEvent("id " + number, "p", "c", "", NOW, usage("1")))
                        .toList());
    }

    /** Reads all totals again where the ledger says so, as after a recount. */
    private final class Restoring implements Ledger.Follower {
        @Override
        public void changed(Totals.Change change, long lastNumber) throws LedgerException {
            NONE.changed(change, lastNumber);
        }

        @Override
        public void startsChanged() throws LedgerException {
            NONE.startsChanged();
        }

        @Override
        public void replaced() throws LedgerException {
            totals.restore(ledger.readTotals(DAYS_FROM, NOW), ledger.lastNumber() + 1);
        }
    }

    /** A write. */
    interface Write {
        void run() throws LedgerException;
    }

    /** Runs a write of a ledger to which nothing else is written. */
    final void inUnit(Write write) throws LedgerException {
        ledger.inUnit(new Restoring(), () -> {
            write.run();
            return ledger;
        });
    }

    final Snapshot storedTotals() throws LedgerException {
        return new Totals(ledger.readTotals(DAYS_FROM, NOW)).snapshot();
    }

    final long number(String id) throws LedgerException {
        List<RecordedEvent> found = ledger.find(id);
        assertThat(found).as(id).hasSize(1);
        return found.get(0).number();
    }

    final int rows(String table) throws SQLException {
        try (Connection connection = connect(file);
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT count(*) FROM " + table)) {
            row.next();
            return row.getInt(1);
        }
    }

    static Verification verify(Path file) throws LedgerException {
        try (LedgerReader reader = TestLedger.at(file).read()) {
            return reader.verify();
        }
    }

    static Connection connect(Path file) throws SQLException {
        return DriverManager.getConnection(
                TestLedger.at(file) instanceof LedgerAddress.Shared shared ? shared.url() : "jdbc:sqlite:" + file);
    }

    static void execute(Path file, String... statements) throws SQLException {
        try (Connection connection = connect(file);
                var statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    static void assertSame(Snapshot read, Snapshot expected) {
        assertThat(read)
                .usingRecursiveComparison()
                .withComparatorForType(BigDecimal::compareTo, BigDecimal.class)
                .isEqualTo(expected);
    }

    /** Events whose ids contain these numbers. */
    static List<UsageEvent> ids(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> event("id " + i, "c", "0.000001"))
                .toList();
    }

    static UsageEvent event(@Nullable String id, String category, String units) {
        return new UsageEvent(id, "p", category, "", null, usage(units));
    }

    static UsageEvent at(Instant at) {
        return new UsageEvent(null, "p", "c", "", at, usage("1"));
    }

    static Usage usage(String units) {
        return Usage.of(Map.of(UNITS, Amount.of(new BigDecimal(units))));
    }

    /** Copies a ledger and the log of the same or another one. */
    final Path copy(String name, Path ofFile, Path ofLog) throws IOException {
        Path copy = folder.resolve(name);
        Files.copy(ofFile, copy, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(log(ofLog), log(copy), StandardCopyOption.REPLACE_EXISTING);
        return copy;
    }

    static Path log(Path ledger) {
        return ledger.resolveSibling(ledger.getFileName() + "-wal");
    }
}
