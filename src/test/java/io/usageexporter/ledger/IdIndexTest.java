package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.ledger.LedgerReader.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdIndexTest extends LedgerTestBase {
    /** More ids than a segment holds. */
    private static final int MORE_THAN_A_SEGMENT = 66_000;

    @Test
    void findsIdsOfManyCommitsAfterReopening() throws Exception {
        for (int commit = 0; commit < 50; commit++) {
            append(NOW, ids(commit * 10, 10));
        }
        reopen();
        for (int i = 0; i < 500; i++) {
            assertThat(number("id " + i)).isEqualTo(i + 1);
        }
        assertThat(ledger.find("id 500")).isEmpty();
    }

    @Test
    void findsDuplicatesAcrossASealedSegment() throws Exception {
        appendMoreThanASegment(0, NOW);
        assertThat(rows("id_segment")).isEqualTo(1);
        assertThat(rows("id_recent")).isLessThan(10);
        checkFound(0);
        assertThat(ledger.find("id " + MORE_THAN_A_SEGMENT)).isEmpty();
        reopen();
        checkFound(0);
        assertThat(ledger.find("id " + MORE_THAN_A_SEGMENT)).isEmpty();
        assertThat(verify(file)).isEqualTo(new Verification(MORE_THAN_A_SEGMENT, List.of()));
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
        assertThat(ledger.find("id 0")).isEmpty();
        reopen();
        checkFound(MORE_THAN_A_SEGMENT);
        checkFound(11 * MORE_THAN_A_SEGMENT);
        assertThat(ledger.find("id 0")).isEmpty();
        assertThat(verify(file).differences()).isEmpty();
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

    private void appendMoreThanASegment(int from, Instant received) throws LedgerException {
        for (int i = 0; i < MORE_THAN_A_SEGMENT; i += 6_000) {
            append(received, ids(from + i, 6_000));
        }
    }

    /** Looks up some of the sealed and recent ids that {@link #appendMoreThanASegment} appended. */
    private void checkFound(int from) throws LedgerException {
        for (int i = from; i < from + MORE_THAN_A_SEGMENT; i += 997) {
            assertThat(number("id " + i)).isEqualTo(i + 1);
        }
        assertThat(number("id " + (from + MORE_THAN_A_SEGMENT - 1))).isEqualTo(from + MORE_THAN_A_SEGMENT);
    }
}
