package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.LedgerReader.Verification;
import io.usageexporter.pricing.LongPromptRules;
import io.usageexporter.totals.CountedWindows;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.SeriesBound;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerifierTest extends LedgerTestBase {
    /** More events than SQLite keeps in its log before a checkpoint. */
    private static final int LONG = 40_000;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "UPDATE series_total SET amount = '3.000001' WHERE category = 'a'   | total of | stored 3.000001, the events give 3",
                "DELETE FROM series_total WHERE category = 'a'                      | total of | stored nothing, the events give 3",
                "INSERT INTO series_total VALUES ('p', 'z', '', '', '', 'compute_units', '1', 1, 0) | total of | stored 1, the events give nothing",
                "UPDATE day_total SET amount = '4' WHERE category = 'a'             | 2026-11-24 | stored 4, the events give 3",
                "UPDATE day_total SET date = '2026-11-23' WHERE category = 'b'      | 2026-11-23 | stored 5, the events give nothing",
                "UPDATE hour_total SET amount = '7'                                 | 2026-11-24T | the events give 8 from 2026-11-24T09:15:00Z to 2026-11-24T09:15:00Z",
                "DELETE FROM hour_total                                             | 2026-11-24T | stored nothing, the events give 8",
                "UPDATE source_total SET events = 9                                 | events from API | stored 9, the events give 3",
                "UPDATE provider SET last_event = 0                                 | last event of p | stored 1970-01-01T00:00:00Z",
                "UPDATE event SET usage = 'compute_units=2' WHERE number = 1        | total of | stored 3, the events give 4",
                "DELETE FROM event WHERE number = 3                                 | total of | stored 5, the events give nothing",
                "UPDATE event SET counted_pricing = 'long' WHERE number = 3         | event 3: | altered since it was recorded",
                "UPDATE event SET counted_pricing = 'long' WHERE number = 3         | total of | stored 5, the events give nothing",
                "UPDATE day_total SET pricing = 'reported' WHERE category = 'b'     | 2026-11-24 | reported compute_units: stored 5, the events give nothing",
            })
    void reportsEveryDifference(String sql, String total, String difference) throws Exception {
        append(NOW, List.of(event(null, "a", "1"), event(null, "a", "2"), event(null, "b", "5")));
        assertThat(verify(file)).isEqualTo(new Verification(3, List.of()));
        execute(file, sql);
        assertThat(verify(file).differences())
                .anySatisfy(line -> assertThat(line).contains(total).contains(difference));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "UPDATE window_total SET amount = '7' WHERE window = 'hourly' | p hourly from 2026-11-24T09:00:00Z on 2026-11-24 | stored 7, the events give 3",
                "DELETE FROM window_total WHERE window = 'session'           | p session from 2026-11-24T09:15:00Z on 2026-11-24 | stored nothing, the events give 3",
                "UPDATE window_total SET starts_at = starts_at - 1           | p session from 2026-11-24T09:14:59.999Z on 2026-11-24 | stored 3, the events give nothing",
                "UPDATE counted_windows SET session_length = NULL            | p session from | the events give nothing",
                "DELETE FROM counted_windows                                 | p hourly from  | the events give nothing",
            })
    void reportsEveryDifferenceInHoursAndSessions(String sql, String window, String difference) throws Exception {
        var counted = new CountedWindows(true, Duration.ofHours(5));
        ledger.recount("p", ZoneOffset.UTC, counted, LongPromptRules.NONE, totals.recount(totals.pricing(), counted));
        reopen();
        append(NOW, List.of(event(null, "a", "1"), event(null, "a", "2")));
        assertThat(verify(file)).isEqualTo(new Verification(2, List.of()));
        execute(file, sql);
        assertThat(verify(file).differences())
                .anySatisfy(line -> assertThat(line).contains(window).contains(difference));
    }

    @Test
    void reportsDaysThatDoNotFollowTheStoredRules() throws Exception {
        var prompt = new UsageEvent("m", "p", "a", "model", NOW, Usage.parse("requests=1 tokens.input=10"));
        append(NOW, List.of(prompt));
        execute(file, "INSERT INTO long_prompt VALUES ('p', 'model" + "\t\t\t9\t', 0)");

        assertThat(verify(file).differences())
                .contains(
                        "p 2026-11-24 p a model long tokens.input: stored nothing, the events give 10",
                        "p 2026-11-24 p a model tokens.input: stored 10, the events give nothing");
    }

    @Test
    void ignoresTheScaleOfNumbers() throws Exception {
        append(NOW, List.of(event(null, "a", "3")));
        execute(file, "UPDATE series_total SET amount = '3.000'");
        giveCheckValues();
        assertThat(verify(file).differences()).isEmpty();
    }

    @Test
    void findsNoDifferencePastTheCategoryCap() throws Exception {
        append(
                NOW,
                IntStream.range(0, 300).mapToObj(i -> event(null, "c" + i, "1")).toList());
        totals.configure("p", ZoneOffset.UTC, List.of("c299"), List.of(), SeriesBound.DEFAULT, 301);
        append(NOW, List.of(event(null, "c299", "1"), event(null, "c298", "1")));
        assertThat(verify(file)).isEqualTo(new Verification(302, List.of()));
        reopen();
        append(NOW, List.of(event(null, "c299", "1"), event(null, "c0", "1"), event(null, "new", "1")));
        assertThat(verify(file)).isEqualTo(new Verification(305, List.of()));
        assertThat(totals.snapshot().series().get(new Series("p", "c299", "", UNITS)))
                .isEqualByComparingTo("2");
        assertThat(totals.snapshot().series()).doesNotContainKey(new Series("p", "new", "", UNITS));
    }

    @Test
    void findsNoDifferencePastAChangingSeriesBound() throws Exception {
        bound(100);
        append(NOW, models(0, 150));
        append(NOW, models(0, 150));
        assertThat(totals.snapshot().series()).hasSizeLessThanOrEqualTo(100);
        reopen();
        bound(120);
        append(NOW, models(0, 160));
        reopen();
        bound(100);
        append(NOW, models(100, 120));
        assertThat(verify(file)).isEqualTo(new Verification(580, List.of()));
        assertThat(totals.snapshot().series().values().stream().reduce(BigDecimal.ZERO, BigDecimal::add))
                .isEqualByComparingTo("580");
    }

    @Test
    void reportsAlteredInstantsOfAnHour() throws Exception {
        append(NOW, List.of(at(NOW.minusSeconds(120)), at(NOW)));
        execute(file, "UPDATE hour_total SET first = first - 60000");

        assertThat(verify(file).differences())
                .anySatisfy(line -> assertThat(line).contains("from").contains("the events give"));
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
    void reportsAlteredRows(String sql, String difference) throws Exception {
        append(10);
        append(10);
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
    void reportsDamagedSegments(String sql, String difference) throws Exception {
        append(LONG);
        append(LONG);
        ledger.close();
        assertThat(verify(file)).isEqualTo(new Verification(2 * LONG, List.of()));
        execute(file, sql);
        assertThat(verify(file).differences())
                .anySatisfy(line -> assertThat(line).contains(difference));
    }

    private void giveCheckValues() throws SQLException {
        try (Connection connection = connect(file)) {
            CheckValues.renew(connection);
        }
    }

    private void bound(int series) {
        totals.configure("p", ZoneOffset.UTC, List.of(), List.of(), new SeriesBound(series, List.of(UNITS)), 1);
    }

    private static List<UsageEvent> models(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> new UsageEvent(null, "p", "c" + i % 15, "m" + i, null, usage("1")))
                .toList();
    }
}
