package io.usageexporter.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.quota.Quota;
import io.usageexporter.quota.Thresholds;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanizeTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0",
                "0.000 | 0",
                "15 | 15",
                "1000 | 1000",
                "9999 | 9999",
                "9999.999999 | 9999.999999",
                "10000 | 10,000",
                "45000 | 45,000",
                "100000 | 100,000",
                "999999 | 999,999",
                "1000000 | 1,000,000",
                "30000000 | 30,000,000",
                "1e12 | 1,000,000,000,000",
                "12345.25 | 12,345.25",
                "12345.123456 | 12,345.123456",
                "1234567.5000 | 1,234,567.5",
                "0.0125 | 0.0125",
                "1E+3 | 1000",
            })
    void numbersAreExactAndGroupedFromTenThousandOn(BigDecimal number, String text) {
        assertThat(Humanize.number(number)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | $0.00",
                "12.34 | $12.34",
                "12.345 | $12.35",
                "400 | $400.00",
                "9999.994 | $9999.99",
                "9999.995 | $10,000.00",
                "1234567.8 | $1,234,567.80",
                "0.005 | $0.01",
                "0.004999 | <$0.01",
                "0.000001 | <$0.01",
            })
    void moneyIsShownToTheCentButNeverAsNothing(BigDecimal amount, String text) {
        assertThat(Humanize.amount("usd", amount)).isEqualTo(text);
        assertThat(Humanize.quantity("usd", amount)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"requests, 985, 985 requests", "compute_units, 0.0125, 0.0125 compute units"})
    void otherAmountsAreExactAndNameTheirResource(String resource, BigDecimal amount, String text) {
        assertThat(Humanize.quantity(resource, amount)).isEqualTo(text);
    }

    @ParameterizedTest(name = "{0} of {1} reads {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "15 | 1000 | 1.5%",
                "45000 | 1000000 | 4.5%",
                "3 | 100 | 3%",
                "0 | 100 | 0%",
                "80.04 | 100 | 80.1%",
                "49.96 | 100 | 49.9%",
                "80 | 100 | 80%",
                "50 | 100 | 50%",
                "1 | 3 | 33.3%",
                "1250 | 100 | 1250%",
                "12345.6 | 100 | 12,345.6%",
                "0 | 0 | 100%",
            })
    void percentagesHaveAtMostOneDecimal(BigDecimal used, BigDecimal limit, String text) {
        assertThat(Humanize.percent(new Quota(used, limit, Thresholds.DEFAULT))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "requests, Requests, requests",
        "tokens, Tokens, tokens",
        "compute_units, Compute Units, compute units",
        "a, A, a",
        "usd, USD, USD",
        "gb_hours_2, Gb Hours 2, gb hours 2",
    })
    void resourcesHaveATitleAndAName(String resource, String title, String plural) {
        assertThat(Humanize.title(resource)).isEqualTo(title);
        assertThat(Humanize.spaced(resource)).isEqualTo(plural);
    }

    @ParameterizedTest
    @CsvSource({"a_, A", "a__b, A B"})
    void titlesOmitEmptyWords(String resource, String title) {
        assertThat(Humanize.title(resource)).isEqualTo(title);
    }

    @ParameterizedTest(name = "{0} reads {1}")
    @CsvSource({
        "PT0S, less than a minute",
        "PT59.9S, less than a minute",
        "PT1M, 1 min",
        "PT59M59S, 59 min",
        "PT1H, 1 h",
        "PT3H12M, 3 h 12 min",
        "PT24H, 1 d",
        "PT24H59M, 1 d",
        "PT158H48M, 6 d 14 h"
    })
    void durationsHaveTheirTwoLargestUnits(Duration duration, String text) {
        assertThat(Humanize.duration(duration)).isEqualTo(text);
    }

    @ParameterizedTest(name = "{1} at {0} reads {3} in {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-11-24T09:15:00Z | 2026-11-24T21:40:00Z | UTC           | 21:40 UTC",
                "2026-11-24T09:15:00Z | 2026-11-25T00:00:00Z | UTC           | Wed 25 Nov, 00:00 UTC",
                "2026-11-24T23:15:00Z | 2026-11-25T08:00:00Z | Europe/Berlin | 09:00 CET",
                "2026-07-24T09:15:00Z | 2026-07-25T08:00:00Z | Europe/Berlin | Sat 25 Jul, 10:00 CEST",
            })
    void timesNameTheDayUnlessItIsToday(Instant now, Instant instant, ZoneId zone, String text) {
        assertThat(Humanize.time(instant, now, zone)).isEqualTo(text);
    }
}
