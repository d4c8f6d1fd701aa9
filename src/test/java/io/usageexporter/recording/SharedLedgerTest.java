package io.usageexporter.recording;

import static io.usageexporter.recording.RecorderFixture.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.usageexporter.config.Config;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.ledger.LedgerReader.Verification;
import io.usageexporter.recording.Outcome.Cause;
import io.usageexporter.recording.Outcome.Recorded;
import io.usageexporter.recording.Outcome.Unavailable;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.LogCapture;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestLedger;
import io.usageexporter.totals.Day;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several recorders on one ledger. */
class SharedLedgerTest {
    private static final String MORNING = "2026-11-24T08:00:00Z";
    private static final String ZONED = """
            timezone: %s
            providers: {apify: {limits: {daily: {compute_units: 100}}}}
            """;

    private final LogCapture logged = new LogCapture();
    private final LedgerAddress.Shared ledger = TestLedger.shared();
    private final SettableClock clock = new SettableClock(RecorderFixture.NOW);
    private final List<SharedRecorder> recorders = new ArrayList<>();

    private void open(int count, Config config) throws Exception {
        for (int i = 0; i < count; i++) {
            recorders.add(new SharedRecorder(ledger, config, clock));
        }
    }

    @AfterEach
    void close() throws Exception {
        for (SharedRecorder recorder : recorders) {
            recorder.close();
        }
        logged.close();
    }

    @Test
    void eightThatWriteTheSameTotalsLoseNothingAndCountEachIdOnce() throws Exception {
        open(8, Configs.defaults());
        var outcomes = new ArrayList<CompletableFuture<Outcome>>();
        for (int round = 0; round < 40; round++) {
            for (SharedRecorder recorder : recorders) {
                outcomes.add(recorder.submit(List.of(
                        run("common-" + round, MORNING, "0.5"), RecorderFixture.withoutId(run("own", MORNING, "1")))));
            }
        }
        int recorded = 0;
        for (CompletableFuture<Outcome> outcome : outcomes) {
            recorded += ((Recorded) outcome.join()).recorded();
        }

        assertThat(recorded).isEqualTo(40 + 8 * 40);
        try (LedgerReader reader = ledger.read()) {
            for (SharedRecorder recorder : recorders) {
                recorder.catchUp();
                assertThat(recorder.recorder().totals().snapshot().events()).isEqualTo(recorded);
                recorder.checkAgainst(reader);
            }
            assertThat(reader.verify()).isEqualTo(new Verification(recorded, List.of()));
        }
        assertThat(logged.warnings()).isEmpty();
    }

    @Test
    void thoseThatStartAtTheSameTimeCreateTheTablesOnce() throws Exception {
        var starts = Stream.generate(() -> CompletableFuture.supplyAsync(() -> {
                    try {
                        return ledger.open();
                    } catch (LedgerException e) {
                        throw new IllegalStateException(e);
                    }
                }))
                .limit(6)
                .toList();
        var ids = new ArrayList<String>();
        for (var start : starts) {
            try (var opened = start.join()) {
                ids.add(opened.id());
            }
        }

        assertThat(ids).hasSize(6).containsOnly(ids.get(0));
    }

    @Test
    void othersShowWithinASecondWhileTheyAreAskedForOtherThings() throws Exception {
        open(2, Configs.defaults());
        recorders.get(0).submit(List.of(run("r", MORNING, "1"))).join();

        // Each question ends the wait for something to record.
        await().until(() -> {
            recorders.get(1).recorder().findRecorded(List.of("x")).join();
            return recorders.get(1).recorder().totals().snapshot().events() == 1;
        });
    }

    @Test
    void zoneOfTheFirstEventHoldsForAll() throws Exception {
        open(1, Configs.read("a.yml", ZONED.formatted("Asia/Tokyo")));
        open(1, Configs.read("b.yml", ZONED.formatted("America/New_York")));
        String late = "2026-11-23T23:30:00Z"; // the next day in Tokyo

        recorders.get(0).submit(List.of(run("r1", late, "1"))).join();
        recorders.get(1).submit(List.of(run("r2", late, "2"))).join();

        try (LedgerReader reader = ledger.read()) {
            for (SharedRecorder recorder : recorders) {
                recorder.catchUp();
                recorder.checkAgainst(reader);
                assertThat(recorder.recorder().totals().snapshot().days())
                        .containsOnlyKeys(new Day("apify", LocalDate.parse("2026-11-24")));
            }
            assertThat(reader.verify().differences()).isEmpty();
        }
        assertThat(logged.warnings())
                .containsExactly(
                        "WARNING another exporter counts the days of apify in Asia/Tokyo, or in other windows than"
                                + " this one: give all exporters that share the ledger the same configuration");
    }

    @Test
    void olderVersionWritesNothingOnceANewerOneHasChangedTheTables() throws Exception {
        open(1, Configs.defaults());
        SharedRecorder older = recorders.get(0);
        List<UsageEvent> events = List.of(run("r", MORNING, "1"));
        execute("UPDATE head SET format = format + 1");

        assertThat(older.submit(events).join())
                .isEqualTo(new Unavailable(Cause.LEDGER, "the ledger cannot be written"));
        assertThat(older.probe())
                .isEqualTo(
                        "the shared ledger was changed by a newer version of the exporter (its format is 2, this version"
                                + " supports up to 1); update this exporter");
        assertThat(older.recorder().isWritable()).isFalse();
        assertThatThrownBy(
                        () -> older.recorder().state("p").putIfAbsent("k", "v").get())
                .hasMessageContaining("newer");
        assertThatThrownBy(ledger::open).isInstanceOf(LedgerException.class).hasMessage(older.probe());
        assertThatThrownBy(ledger::read).isInstanceOf(LedgerException.class).hasMessage(older.probe());

        execute("UPDATE head SET format = format - 1");

        older.catchUp();
        assertThat(older.submit(events).join()).isEqualTo(new Recorded(1, 0));
    }

    private void execute(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection(ledger.url());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
