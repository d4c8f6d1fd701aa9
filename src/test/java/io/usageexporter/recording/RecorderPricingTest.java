package io.usageexporter.recording;

import static io.usageexporter.recording.RecorderFixture.event;
import static io.usageexporter.recording.RecorderFixture.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Pricing;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.recording.Outcome.Conflict;
import io.usageexporter.recording.Outcome.Recorded;
import io.usageexporter.testing.LogCapture;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pricing that is derived from the amounts of an event. */
@Tag("ledger")
class RecorderPricingTest {
    private static final String DAY = "2026-11-24";
    private static final String MORNING = DAY + "T08:00:00Z";
    private static final String HAIKU = "claude-haiku-5-5";

    @TempDir
    Path folder;

    private RecorderFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new RecorderFixture(folder);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private static UsageEvent costing(String id, String units, String usd) {
        return event("apify:" + id, "apify", "instagram", "", MORNING, "compute_units=" + units + " usd=" + usd);
    }

    private static UsageEvent message(String id, String pricing, String usage) {
        return new UsageEvent(
                id, "anthropic", "a", "", HAIKU, Pricing.of(pricing), Instant.parse(MORNING), Usage.parse(usage));
    }

    @Test
    void eventWithMoneyCountsAsReported() throws Exception {
        fixture.submit(costing("r", "1", "0.58"), run("other", MORNING, "2"));

        assertThat(fixture.pricedDay(DAY))
                .isEqualTo("[compute_units 2, reported compute_units 1, reported usd 0.58]")
                .isEqualTo(fixture.pricedSeries());
        fixture.verify(2);
    }

    @Test
    void moneyThatIsReportedLaterIsThatOfAllAmountsOfTheDay() throws Exception {
        fixture.observe(run("r", MORNING, "1"), run("other", MORNING, "10"));
        fixture.observe(run("r", MORNING, "1.5"));
        assertThat(fixture.pricedDay(DAY)).isEqualTo("[compute_units 11.5]");

        fixture.observe(costing("r", "2", "0.58"));
        assertThat(fixture.pricedDay(DAY)).isEqualTo("[compute_units 10, reported compute_units 2, reported usd 0.58]");

        assertThat(fixture.pricedSeries())
                .as("counters, which never fall")
                .isEqualTo("[compute_units 11.5, reported compute_units 0.5, reported usd 0.58]");
        fixture.verify(2);
        fixture.restart();
        fixture.observe(costing("r", "3", "0.6"));
        assertThat(fixture.pricedDay(DAY)).isEqualTo("[compute_units 10, reported compute_units 3, reported usd 0.6]");
        fixture.verify(2);
    }

    @Test
    void nothingIsLeftAtTheEarlierPrice() throws Exception {
        fixture.observe(run("r", MORNING, "1"));
        fixture.observe(costing("r", "1", "0.58"));

        assertThat(fixture.pricedDay(DAY)).isEqualTo("[reported compute_units 1, reported usd 0.58]");
        fixture.verify(1);
    }

    @Test
    void amountsAfterTheMoneyAreReportedToo() throws Exception {
        fixture.observe(costing("r", "1", "0.58"));
        fixture.observe(run("r", MORNING, "3"));

        assertThat(fixture.pricedDay(DAY)).isEqualTo("[reported compute_units 3, reported usd 0.58]");
        fixture.verify(1);
    }

    @Test
    void figuresOfOneCommitArePricedTogether() throws Exception {
        fixture.observe(run("r", MORNING, "1"), costing("r", "2", "0.5"), run("r", MORNING, "4"));

        assertThat(fixture.pricedDay(DAY)).isEqualTo("[reported compute_units 4, reported usd 0.5]");
        assertThat(fixture.pricedSeries()).isEqualTo("[compute_units 1, reported compute_units 3, reported usd 0.5]");
        fixture.verify(1);
    }

    @Test
    void moneyOfADayThatIsNoLongerInMemoryRepricesIt() throws Exception {
        fixture.observe(run("r", MORNING, "1"), run("other", MORNING, "10"));
        fixture.clock().advance(Duration.ofDays(100));
        fixture.observe(run("new", "2027-03-03T00:00:00Z", "0.5"));

        fixture.observe(costing("r", "1", "0.58"));

        fixture.verify(3);
        fixture.restart();
        fixture.verify(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''    | requests=1 tokens.input=100000                                              | ''",
                "''    | requests=1 tokens.input=100001                                              | long",
                "''    | requests=1 tokens.input=1 tokens.cache_read=50000 tokens.cache_write_5m=25000 tokens.cache_write_1h=25000"
                        + " | long",
                "''    | requests=1 tokens.input=1 tokens.output=900000 tokens.unspecified=900000    | ''",
                "''    | tokens.input=100001                                                         | long",
                "''    | requests=0.5 tokens.input=100001                                            | long",
                "''    | requests=20 tokens.input=300000                                             | ''",
                "long  | requests=20 tokens.input=300000                                             | long",
                "long  | requests=1 tokens.input=1                                                   | long",
                "batch | requests=1 tokens.input=100001                                              | batch+long",
                "''    | requests=1 tokens.input=100001 usd=2                                        | long+reported",
            })
    void promptOfOneRequestIsLongByItsTokens(String given, String usage, String pricing) throws Exception {
        fixture.submit(message("m", given, usage));

        assertThat(fixture.snapshot().series().keySet())
                .extracting(series -> series.pricing())
                .containsOnly(pricing);
        assertThat(fixture.pricedDay(DAY)).isEqualTo(fixture.pricedSeries());
        fixture.verify(1);
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic, claude-haiku-4-5, 2026-11-24T08:00:00Z, ''",
        "anthropic, '', 2026-11-24T08:00:00Z, ''",
        "anthropic, claude-haiku-5-5-20261007, 2026-11-24T08:00:00Z, long",
        "apify, claude-haiku-5-5, 2026-11-24T08:00:00Z, ''",
    })
    void lengthMattersWhereTheModelHasAPriceForIt(String provider, String model, String at, String pricing) {
        fixture.submit(event("m", provider, "a", model, at, "tokens.input=900000"));

        assertThat(fixture.snapshot().series().keySet())
                .extracting(series -> series.pricing())
                .containsExactly(pricing);
    }

    @Test
    void promptThatGrowsLongIsLongAsAWhole() throws Exception {
        fixture.observe(message("m", "", "requests=1 tokens.input=60000 tokens.output=10"));
        fixture.observe(message("m", "", "requests=1 tokens.input=60000 tokens.cache_read=50000 tokens.output=10"));

        assertThat(fixture.pricedDay(DAY))
                .isEqualTo("[long requests 1, long tokens.cache_read 50000, long tokens.input 60000,"
                        + " long tokens.output 10]");
        assertThat(fixture.pricedSeries())
                .isEqualTo("[long tokens.cache_read 50000, requests 1, tokens.input 60000, tokens.output 10]");
        fixture.verify(1);
    }

    @Test
    void derivedPricingIsNoPartOfAnEvent() throws Exception {
        UsageEvent given = message("m", "batch", "requests=1 tokens.input=100001");
        assertThat(fixture.submit(given)).isEqualTo(new Recorded(1, 0));

        assertThat(fixture.submit(
                        given,
                        message("m", "batch+long", "requests=1 tokens.input=100001"),
                        message("m", "batch+reported", "requests=1 tokens.input=100001")))
                .isEqualTo(new Recorded(0, 3));
        assertThat(fixture.submit(message("m", "long", "requests=1 tokens.input=100001")))
                .isEqualTo(new Conflict(List.of(0)));
        fixture.submit(message("n", "long", "requests=1 tokens.input=5"));
        assertThat(fixture.submit(message("n", "", "requests=1 tokens.input=5")))
                .isEqualTo(new Recorded(0, 1));
        fixture.verify(2);
    }

    @Test
    void longestPricingCanBeReportedAndLongToo() throws Exception {
        String longest = "a".repeat(Pricing.MAX_LENGTH);
        fixture.submit(message("m", longest, "requests=1 tokens.input=100001 usd=1"));

        assertThat(fixture.pricedDay(DAY)).contains(longest + "+long+reported usd 1");
        fixture.restart();
        fixture.verify(1);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void changedLengthsRecountTheDaysAndNotTheCounters(boolean restart) throws Exception {
        fixture.submit(
                message("m", "", "requests=1 tokens.input=150000"),
                message("n", "us", "requests=1 tokens.input=300000"),
                message("o", "", "requests=1 tokens.input=7"));
        assertThat(fixture.pricedDay(DAY))
                .isEqualTo("[long requests 1, long tokens.input 150000, long+us requests 1,"
                        + " long+us tokens.input 300000, requests 1, tokens.input 7]");
        String counters = fixture.pricedSeries();

        fixture.setPrices("- {provider: anthropic, model: claude-haiku-5-5, input: 1, from: 2026-10-07,"
                + " long_prompt: {over: 200000, input: 2}}");
        apply(restart);

        assertThat(fixture.pricedDay(DAY))
                .isEqualTo("[long+us requests 1, long+us tokens.input 300000, requests 2, tokens.input 150007]");
        assertThat(fixture.pricedSeries()).isEqualTo(counters);
        fixture.submit(message("p", "", "requests=1 tokens.input=150000"));
        fixture.verify(4);

        fixture.setPrices("- {provider: anthropic, model: claude-haiku-5-5, input: 1, from: 2026-10-07}");
        apply(restart);
        assertThat(fixture.pricedDay(DAY))
                .isEqualTo("[requests 3, tokens.input 300007, us requests 1, us tokens.input 300000]");
        fixture.verify(4);
    }

    private void apply(boolean restart) throws Exception {
        if (restart) {
            fixture.restart();
        } else {
            fixture.configure();
        }
    }

    @Test
    void daysAreRecountedOnlyWhenOtherEventsAreLong() throws Exception {
        fixture.submit(message("m", "", "requests=1 tokens.input=150000"));
        try (var log = new LogCapture(LedgerWriter.class.getName())) {
            fixture.restart();
            fixture.setPrices("- {provider: anthropic, model: claude-haiku-4-5, input: 9}\n"
                    + "- {provider: apify, units: {compute_units: 0.2}}");
            fixture.restart();
            assertThat(log.messages()).isEmpty();

            fixture.setPrices(
                    "- {provider: anthropic, model: claude-haiku-4-5, input: 9, long_prompt: {over: 5, input: 10}}");
            fixture.restart();
            assertThat(log.messages()).as("of a model that nobody used").isEmpty();

            fixture.setPrices("- {provider: anthropic, model: claude-haiku-5-5, input: 1, from: 2026-10-07,"
                    + " long_prompt: {over: 200000, input: 2}}");
            fixture.restart();
            assertThat(log.messages())
                    .containsExactly("INFO recounting the days of anthropic by other lengths of long prompts");
        }
    }

    /** Until then the event's rows are kept apart, under the prices of the time of each. */
    @Test
    void amendmentAfterARecountMovesWhatTheRecountCounted() throws Exception {
        fixture.observe(message("m", "", "requests=1 tokens.input=150000"));
        fixture.setPrices("- {provider: anthropic, model: claude-haiku-5-5, input: 1, from: 2026-10-07,"
                + " long_prompt: {over: 200000, input: 2}}");
        fixture.restart();
        assertThat(fixture.pricedDay(DAY)).isEqualTo("[requests 1, tokens.input 150000]");

        fixture.observe(message("m", "", "requests=1 tokens.input=250000"));

        assertThat(fixture.pricedDay(DAY)).isEqualTo("[long requests 1, long tokens.input 250000]");
        assertThat(fixture.pricedSeries()).isEqualTo("[long requests 1, long tokens.input 250000]");
        fixture.verify(1);
    }
}
