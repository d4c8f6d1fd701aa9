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
import io.usageexporter.testing.TestLedger;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.Snapshot;
import io.usageexporter.totals.Totals;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("ledger")
class LedgerTest extends LedgerTestBase {
    @Test
    void newLedgerIsEmpty() throws Exception {
        assertThat(ledger.lastNumber()).isZero();
        assertThat(ledger.find("x")).isEmpty();
        assertThat(totals.snapshot().series()).isEmpty();
        assertThat(verify(file)).isEqualTo(new Verification(0, List.of()));
    }

    @Test
    void findsEventAsRecorded() throws Exception {
        var usage = Usage.of(Map.of(
                Measure.of("requests"),
                Amount.of(1),
                Measure.tokens(TokenKind.CACHE_WRITE_1H),
                Amount.of(new BigDecimal("0.000001"))));
        var event = new UsageEvent("id 🤖", "p", "c'\";--", "m é", NOW.minusMillis(1), usage);
        append(NOW, List.of(event));
        assertThat(ledger.find("id 🤖")).containsExactly(new RecordedEvent(1, event, NOW, Source.API));
    }

    @Test
    void findsEventWithoutInstant() throws Exception {
        var event = new UsageEvent("x", "p", "c", "", null, usage("1"));
        append(NOW, List.of(event));
        RecordedEvent found = ledger.find("x").get(0);
        assertThat(found.event()).isEqualTo(event);
        assertThat(found.at()).isEqualTo(NOW);
    }

    @Test
    void findsEventWithoutUsage() throws Exception {
        var event = new UsageEvent("x", "p", "c", "", null, Usage.of(Map.of()));
        append(NOW, List.of(event));
        assertThat(ledger.find("x").get(0).event()).isEqualTo(event);
        assertThat(verify(file).differences()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "X", "x ", " x", "x\u0301", "y"})
    void doesNotFindOtherIds(String id) throws Exception {
        append(NOW, List.of(event("x", "c", "1")));
        assertThat(ledger.find(id)).isEmpty();
    }

    @Test
    void recordsAllEventsWithoutId() throws Exception {
        append(NOW, List.of(event(null, "c", "1"), event(null, "c", "1")));
        append(NOW, List.of(event(null, "c", "1")));
        assertThat(ledger.lastNumber()).isEqualTo(3);
        assertThat(verify(file).events()).isEqualTo(3);
    }

    @Test
    void failedCommitLeavesNoEventsOrTotals() throws Exception {
        append(NOW, List.of(event("x", "a", "1")));
        Snapshot before = totals.snapshot();
        var twice = new RecordedEvent(1, event("y", "a", "1"), NOW, Source.API);
        Totals.Change change = totals.plan(List.of(twice));
        assertThatThrownBy(() -> inUnit(() -> ledger.append(List.of(twice), change)))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining(TestLedger.at(file).toString())
                .hasMessageContaining("cannot be written");
        assertThat(ledger.find("y")).isEmpty();
        assertThat(ledger.lastNumber()).isEqualTo(1);
        assertSame(storedTotals(), before);
        append(NOW, List.of(event("y", "a", "1")));
        assertThat(verify(file)).isEqualTo(new Verification(2, List.of()));
    }

    @Test
    void failedCommitLeavesNoLabels() throws Exception {
        var lost = new RecordedEvent(1, event(null, "lost", "1"), NOW, Source.API);
        Totals.Change change = totals.plan(List.of(lost, lost)); // a number cannot be stored twice
        assertThatThrownBy(() -> inUnit(() -> ledger.append(List.of(lost, lost), change)))
                .isInstanceOf(LedgerException.class);
        append(
                NOW,
                IntStream.range(0, 200).mapToObj(i -> event(null, "c" + i, "1")).toList());
        append(NOW, List.of(event(null, "lost", "1")));
        assertThat(totals.snapshot().series())
                .containsKey(new Series("p", "c199", "", UNITS))
                .doesNotContainKey(new Series("p", "lost", "", UNITS));
        assertThat(verify(file)).isEqualTo(new Verification(201, List.of()));
    }

    @Test
    void probeChangesNoTotals() throws Exception {
        append(NOW, List.of(event("x", "a", "1")));
        ledger.probe(NOW);
        ledger.probe(NOW.plusSeconds(1));
        assertThat(rows("probe")).isEqualTo(1);
        assertThat(verify(file)).isEqualTo(new Verification(1, List.of()));
    }

    @Test
    void continuesAfterReopening() throws Exception {
        append(NOW, List.of(event("x", "a", "1"), event(null, "b", "2")));
        Snapshot before = totals.snapshot();
        reopen();
        assertThat(ledger.lastNumber()).isEqualTo(2);
        assertSame(totals.snapshot(), before);
        assertThat(ledger.find("x").get(0).number()).isEqualTo(1);
        append(NOW, List.of(event("y", "a", "1")));
        assertThat(ledger.find("y").get(0).number()).isEqualTo(3);
        assertThat(verify(file)).isEqualTo(new Verification(3, List.of()));
    }

    @Test
    void keepsItsUniqueId(@TempDir Path elsewhere) throws Exception {
        String id = ledger.id();
        ledger.close();
        reopen();
        assertThat(id).matches("[0-9a-f]{8}").isEqualTo(ledger.id());
        try (Ledger other = TestLedger.at(elsewhere.resolve("usage.db")).open()) {
            assertThat(other.id()).isNotEqualTo(id);
        }
    }
}
