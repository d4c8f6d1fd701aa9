package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.testing.TestLedger;
import io.usageexporter.totals.Totals;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A unit that does not end. */
class PostgresUnitTest {
    private static final Instant NOW = Instant.parse("2026-11-24T09:15:00Z");

    private static final Ledger.Follower NONE = new Ledger.Follower() {
        @Override
        public void changed(Totals.Change change, long lastNumber) {}

        @Override
        public void startsChanged() {}

        @Override
        public void replaced() {}
    };

    @Test
    void exporterThatHangsHoldsUpOthersForSomeTenSecondsAndWritesNothingAfterwards() throws Exception {
        LedgerAddress address = TestLedger.shared();
        var hangs = new CountDownLatch(1);
        var goesOn = new CountDownLatch(1);
        try (Ledger hanging = address.open();
                Ledger other = address.open()) {
            var hung = CompletableFuture.runAsync(() -> {
                try {
                    hanging.inUnit(NONE, () -> {
                        hangs.countDown();
                        await(goesOn);
                        hanging.undo(1, NOW, new Totals(LocalDate.EPOCH).plan(List.of()));
                        return "";
                    });
                } catch (LedgerException e) {
                    throw new IllegalStateException(e.getMessage(), e);
                }
            });
            await(hangs);
            long start = System.nanoTime();
            while (!isWritable(other)) {
                assertThat(System.nanoTime() - start)
                        .isLessThan(Duration.ofSeconds(30).toNanos());
            }
            Duration heldUp = Duration.ofNanos(System.nanoTime() - start);
            goesOn.countDown();

            assertThat(heldUp).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(20));
            assertThatThrownBy(hung::join)
                    .hasMessageContaining(
                            "PostgreSQL ended a transaction in which this exporter did nothing for long; see"
                                    + " what stops this process, and recording resumes by itself");
            assertThat(other.isUndone(1)).isFalse();
            assertThat(isWritable(hanging)).isTrue();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isWritable(Ledger ledger) {
        try {
            ledger.probe(NOW);
            return true;
        } catch (LedgerException e) {
            assertThat(e).hasMessageContaining("PostgreSQL did not finish in time; see in pg_stat_activity");
            return false;
        }
    }
}
