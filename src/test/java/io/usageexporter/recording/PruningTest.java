package io.usageexporter.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.testing.TestLedger;
import io.usageexporter.totals.Snapshot;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events of some months, of which the first of each is amended in the next month, and the second undone. */
@Tag("ledger")
class PruningTest {
    private static final int MONTHS = 6;
    private static final int EVENTS = 1500;

    @TempDir
    Path folder;

    @Test
    void pruningInStepsKeepsTotalsAndEventsThatWereAmendedLater() throws Exception {
        try (var fixture = new RecorderFixture(folder)) {
            for (int month = 1; month <= MONTHS; month++) {
                record(fixture, month);
                fixture.clock().advance(Duration.ofDays(month == MONTHS ? 1 : 31));
            }
            fixture.restart();
            Snapshot before = fixture.snapshot();
            long partitions = partitions();

            // The third month's are older, those that amend its first one are not.
            assertThat(prune(fixture, Duration.ofDays(80))).isGreaterThan(4);
            fixture.verify();
            assertThat(isKnown(fixture, "1 of 3")).isTrue();
            assertThat(isKnown(fixture, "1 of 2")).isFalse();
            assertThat(isKnown(fixture, "3 of 3")).isFalse();
            assertThat(isKnown(fixture, "1 of 4")).isTrue();
            assertThat(partitions()).isEqualTo(partitions == 0 ? 0 : partitions - 2);

            assertThat(prune(fixture, Duration.ofHours(1))).isPositive();
            fixture.verify();
            // The newest event stays, and with it the one that it amends.
            assertThat(partitions()).isEqualTo(partitions == 0 ? 0 : 2);

            fixture.restart();
            assertThat(fixture.snapshot())
                    .usingRecursiveComparison()
                    .withComparatorForType(BigDecimal::compareTo, BigDecimal.class)
                    .isEqualTo(before);
            assertThat(before.events()).isEqualTo(MONTHS * EVENTS);
            assertThat(fixture.submit(event("new", fixture.clock().instant(), "1")))
                    .isInstanceOf(Outcome.Recorded.class);
            fixture.verify();
        }
    }

    private static void record(RecorderFixture fixture, int month) {
        var events = new UsageEvent[EVENTS];
        for (int i = 0; i < EVENTS; i++) {
            events[i] = event((i + 1) + " of " + month, fixture.clock().instant(), "1");
        }
        assertThat(fixture.submit(events)).isInstanceOf(Outcome.Recorded.class);
        assertThat(fixture.recorder().undo("2 of " + month)).isEqualTo(UndoResult.Settled.UNDONE);
        if (month > 1) {
            Instant at = fixture.clock().instant().minus(Duration.ofDays(31));
            fixture.observe(event("1 of " + (month - 1), at, "3"));
        }
    }

    private static UsageEvent event(String id, Instant at, String units) {
        return new UsageEvent(id, "apify", "instagram", "", at, Usage.parse("compute_units=" + units));
    }

    /** How many steps it took. */
    private static int prune(RecorderFixture fixture, Duration kept) throws Exception {
        int steps = 1;
        while (fixture.recorder().prune(kept)) {
            steps++;
        }
        return steps;
    }

    private static boolean isKnown(RecorderFixture fixture, String id) {
        return fixture.recorder().findRecorded(List.of(id)).join().contains(id);
    }

    /** How many partitions the events are in; 0 in a file, which has none. */
    private long partitions() throws Exception {
        if (!(TestLedger.at(folder.resolve("usage.db")) instanceof LedgerAddress.Shared shared)) {
            return 0;
        }
        try (var connection = DriverManager.getConnection(shared.url());
                var statement = connection.createStatement();
                var row = statement.executeQuery(
                        "SELECT count(*) FROM pg_inherits WHERE inhparent = 'event_row'::regclass")) {
            row.next();
            return row.getLong(1);
        }
    }
}
