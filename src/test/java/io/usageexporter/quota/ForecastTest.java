package io.usageexporter.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.window.Window;
import io.usageexporter.window.WindowCalendar;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForecastTest {
    private static final Instant MIDNIGHT = Instant.parse("2026-11-24T00:00:00Z");
    private static final ZoneId UTC = ZoneOffset.UTC;

    /** Usage of the hours before now, the last of them just started. */
    private static HourlyUsage past(Instant now, int hours, IntToDoubleFunction amount) {
        double[] amounts = IntStream.rangeClosed(0, hours)
                .mapToDouble(i -> i == hours ? 0 : amount.applyAsDouble(i))
                .toArray();
        return usage(now, amounts, now);
    }

    /** Usage of some hours, the last of them the current one; each spans its whole hour. */
    private static HourlyUsage usage(Instant now, double[] amounts, Instant last) {
        long first = now.getEpochSecond() / 3600 - amounts.length + 1;
        var bounds = new HashMap<Long, HourlyUsage.Bounds>();
        for (int i = 0; i < amounts.length; i++) {
            Instant begin = Instant.ofEpochSecond((first + i) * 3600);
            Instant end = begin.plusSeconds(3600);
            if (amounts[i] > 0) {
                bounds.put(first + i, new HourlyUsage.Bounds(begin, last.isBefore(end) ? last : end));
            }
        }
        return new HourlyUsage(first, amounts, bounds);
    }

    private static ExhaustionForecast daily(HourlyUsage usage, Instant now, String used, String limit) {
        return Forecast.of(
                usage, UTC, WindowCalendar.of(UTC, 1).containing(Window.DAILY, now), now, quota(used, limit));
    }

    private static Quota quota(String used, String limit) {
        return new Quota(new BigDecimal(used), new BigDecimal(limit), Thresholds.DEFAULT);
    }

    @ParameterizedTest(name = "{0} used of {1} at 10 an hour, at noon: {2} {3}")
    @CsvSource({
        "120, 200,    RUNS_OUT, 2026-11-24T20:00:00Z",
        "120, 239.98, RUNS_OUT, 2026-11-24T23:59:00Z",
        "120, 240,    LASTS,",
        "120, 1000,   LASTS,",
        "199, 200,    RUNS_OUT, 2026-11-24T12:06:00Z"
    })
    void extrapolatesSteadyUsage(String used, String limit, ExhaustionForecast.Kind kind, Instant at) {
        Instant now = MIDNIGHT.plusSeconds(12 * 3600);

        assertThat(daily(past(now, 14 * 24, hour -> 10), now, used, limit)).isEqualTo(new ExhaustionForecast(kind, at));
    }

    @Test
    void usageAtNightIsForecastFromPastNights() {
        Instant evening = MIDNIGHT.plusSeconds(20 * 3600);
        HourlyUsage usage = past(evening, 14 * 24, hour -> (hour + 20) % 24 >= 8 && (hour + 20) % 24 < 20 ? 100 : 0);

        assertThat(daily(usage, evening, "1200", "1300")).isEqualTo(ExhaustionForecast.LASTS);
    }

    @Test
    void hoursOfTheDayAreInTheZone() {
        ZoneId tokyo = ZoneId.of("Asia/Tokyo");
        Instant now = Instant.parse("2026-11-24T00:00:00Z"); // nine in the morning there
        HourlyUsage usage = past(now, 14 * 24, hour -> (hour + 9) % 24 >= 9 ? 10 : 0);
        Window.Span day = WindowCalendar.of(tokyo, 1).containing(Window.DAILY, now);

        assertThat(Forecast.of(usage, tokyo, day, now, quota("0", "100")).at())
                .isBetween("2026-11-24T09:00:00Z", "2026-11-24T11:00:00Z");
    }

    @Test
    void followsALastingChange() {
        Instant now = MIDNIGHT.plusSeconds(18 * 3600);
        HourlyUsage usage = past(now, 14 * 24 + 18, hour -> hour >= 14 * 24 ? 40 : 10);

        ExhaustionForecast forecast = daily(usage, now, "720", "870");

        assertThat(forecast.kind()).isEqualTo(ExhaustionForecast.Kind.RUNS_OUT);
        assertThat(forecast.at()).isBetween("2026-11-24T21:00:00Z", "2026-11-24T23:00:00Z");
    }

    @Test
    void isUnknownWithTooLittleUsage() {
        Instant now = MIDNIGHT.plusSeconds(12 * 3600);

        assertThat(Forecast.of(
                        null, UTC, WindowCalendar.of(UTC, 1).containing(Window.DAILY, now), now, quota("0", "10")))
                .isEqualTo(ExhaustionForecast.UNKNOWN);
        assertThat(daily(usage(now, new double[] {9}, now), now, "9", "10"))
                .as("the first hour is not complete")
                .isEqualTo(ExhaustionForecast.UNKNOWN);
        assertThat(daily(past(now, 10, hour -> hour < 2 ? 4 : 0), now, "8", "10"))
                .as("usage in two hours only")
                .isEqualTo(ExhaustionForecast.UNKNOWN);
        assertThat(daily(past(now, 10, hour -> hour < 3 ? 3 : 0), now, "9", "10")
                        .kind())
                .as("usage in three hours")
                .isNotEqualTo(ExhaustionForecast.Kind.UNKNOWN);
        assertThat(daily(past(now, 10, hour -> hour < 9 ? hour == 4 ? 900 : 1 : 0), now, "908", "1000"))
                .as("almost all usage in one hour")
                .isEqualTo(ExhaustionForecast.UNKNOWN);
    }

    @Test
    void looksAheadTwelveTimesThePast() {
        Instant now = Instant.parse("2026-11-02T12:00:00Z");
        Window.Span month = WindowCalendar.of(UTC, 1).containing(Window.MONTHLY, now);
        HourlyUsage twelveHours = past(now, 12, hour -> 10);

        assertThat(Forecast.of(twelveHours, UTC, month, now, quota("120", "1500"))
                        .kind())
                .as("within six days")
                .isEqualTo(ExhaustionForecast.Kind.RUNS_OUT);
        assertThat(Forecast.of(twelveHours, UTC, month, now, quota("120", "1700")))
                .as("later")
                .isEqualTo(ExhaustionForecast.UNKNOWN);
    }

    @Test
    void exhaustedQuotaHasTheTimeItRanOut() {
        Instant now = MIDNIGHT.plusSeconds(12 * 3600);
        HourlyUsage usage = past(now, 36, hour -> 10);

        assertThat(daily(usage, now, "120", "55"))
                .isEqualTo(ExhaustionForecast.ranOut(Instant.parse("2026-11-24T05:30:00Z")));
        assertThat(daily(usage, now, "120", "120"))
                .isEqualTo(ExhaustionForecast.ranOut(Instant.parse("2026-11-24T12:00:00Z")));
        assertThat(daily(usage, now, "120", "0")).isEqualTo(ExhaustionForecast.ranOut(MIDNIGHT));
        assertThat(daily(usage, now.plusSeconds(3 * 3600), "120", "120"))
                .as("unchanged while there is no usage")
                .isEqualTo(ExhaustionForecast.ranOut(Instant.parse("2026-11-24T12:00:00Z")));
    }

    @Test
    void otherWindowsAreKnownOnlyIfPast() {
        Instant now = MIDNIGHT.plusSeconds(12 * 3600);
        HourlyUsage usage = past(now, 60, hour -> 10);
        Window.Span yesterday = WindowCalendar.of(UTC, 1).containing(Window.DAILY, MIDNIGHT.minusSeconds(1));
        Window.Span tomorrow = WindowCalendar.of(UTC, 1).containing(Window.DAILY, MIDNIGHT.plusSeconds(86_400));

        assertThat(Forecast.of(usage, UTC, yesterday, now, quota("240", "250"))).isEqualTo(ExhaustionForecast.LASTS);
        assertThat(Forecast.of(usage, UTC, yesterday, now, quota("240", "100")))
                .isEqualTo(ExhaustionForecast.ranOut(Instant.parse("2026-11-23T10:00:00Z")));
        assertThat(Forecast.of(usage, UTC, tomorrow, now, quota("0", "100"))).isEqualTo(ExhaustionForecast.UNKNOWN);
    }

    @Test
    void forecastDeclinesWhileThereIsNoUsage() {
        Instant noon = MIDNIGHT.plusSeconds(12 * 3600);
        HourlyUsage steady = past(noon, 24, hour -> 10);
        double[] then = Arrays.copyOf(steady.amounts(), 24 + 6);
        Instant later = noon.plusSeconds(6 * 3600 - 1);

        assertThat(daily(steady, noon, "120", "200").kind()).isEqualTo(ExhaustionForecast.Kind.RUNS_OUT);
        assertThat(daily(usage(later, then, noon), later, "120", "200")).isEqualTo(ExhaustionForecast.LASTS);
    }
}
