package io.usageexporter.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.quota.ExhaustionForecast.Kind;
import io.usageexporter.quota.ShareForecast.Point;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShareForecastTest {
    private static final Instant START = Instant.parse("2026-11-24T09:00:00Z");

    private static Instant after(String duration) {
        return START.plus(Duration.parse(duration));
    }

    /** Durations since the start and shares in turn. */
    private static List<Point> points(Object... durationsAndShares) {
        var points = new ArrayList<Point>();
        for (int i = 0; i < durationsAndShares.length; i += 2) {
            points.add(new Point(after((String) durationsAndShares[i]), (Double) durationsAndShares[i + 1]));
        }
        return points;
    }

    @ParameterizedTest(name = "{0} used after {1} of 5 h: {2} {3}")
    @CsvSource({
        "0.5,  PT2H,    RUNS_OUT, 2026-11-24T13:00:00Z",
        "0.41, PT2H,    RUNS_OUT, 2026-11-24T13:52:00Z",
        "0.4,  PT2H,    LASTS,",
        "0.01, PT2H,    LASTS,",
        "0,    PT2H,    LASTS,",
        "0.1,  PT10M,   RUNS_OUT, 2026-11-24T10:40:00Z",
        "0.05, PT10M,   UNKNOWN,", // it would take 19 times as long
        "0,    PT10M,   UNKNOWN,",
        "0.99, PT4H59M, LASTS,",
        "0.2,  PT4H59M, LASTS,"
    })
    void steadyGrowthIsExtrapolated(double used, String elapsed, Kind kind, @Nullable Instant at) {
        Instant now = after(elapsed);

        assertThat(ShareForecast.of(List.of(new Point(START, 0), new Point(now, used)), after("PT5H"), now))
                .isEqualTo(new ExhaustionForecast(kind, at));
    }

    @Test
    void recentGrowthCountsRatherThanTheMean() {
        // Until the reset it is two hours, so the last hour counts.
        List<Point> faster = points("PT0S", 0.0, "PT2H", 0.1, "PT3H", 0.6);
        List<Point> slower = points("PT0S", 0.0, "PT2H", 0.6, "PT3H", 0.7);

        assertThat(ShareForecast.of(faster, after("PT5H"), after("PT3H")))
                .isEqualTo(ExhaustionForecast.runsOut(after("PT3H48M")));
        assertThat(ShareForecast.of(slower, after("PT5H"), after("PT3H"))).isEqualTo(ExhaustionForecast.LASTS);
    }

    @Test
    void aDayCountsWhereMoreThanTwoDaysAreLeft() {
        // 8 % in the last hour, 12 % in the last day: 40 % last for 80 hours.
        List<Point> points = points("PT0S", 0.0, "PT48H", 0.48, "PT71H", 0.52, "PT72H", 0.6);

        assertThat(ShareForecast.of(points, after("P7D"), after("PT72H")))
                .isEqualTo(ExhaustionForecast.runsOut(after("PT152H")));
    }

    @Test
    void growthIsEvenBetweenTwoPoints() {
        // An hour ago it was half way between the points.
        List<Point> points = points("PT1H30M", 0.2, "PT2H30M", 0.4, "PT3H", 0.6);

        assertThat(ShareForecast.of(points, after("PT5H"), after("PT3H")))
                .isEqualTo(ExhaustionForecast.runsOut(after("PT4H20M")));
    }

    @Test
    void timeWithoutReportsLowersTheRate() {
        List<Point> points = points("PT2H", 0.4, "PT3H", 0.6);

        assertThat(ShareForecast.of(points, after("PT5H"), after("PT3H")).kind())
                .isEqualTo(Kind.LASTS);
        assertThat(ShareForecast.of(points, after("PT5H1M"), after("PT3H")).kind())
                .isEqualTo(Kind.RUNS_OUT);
        assertThat(ShareForecast.of(points, after("PT5H1M"), after("PT3H10M")).kind())
                .isEqualTo(Kind.LASTS);
    }

    @Test
    void oneReportIsTooLittle() {
        assertThat(ShareForecast.of(points("PT1H", 0.9), after("PT5H"), after("PT1H")))
                .isEqualTo(ExhaustionForecast.UNKNOWN);
    }

    @Test
    void withoutAResetThereIsNoForecast() {
        assertThat(ShareForecast.of(points("PT0S", 0.0, "PT1H", 0.9), null, after("PT1H")))
                .isEqualTo(ExhaustionForecast.UNKNOWN);
    }

    @Test
    void whatIsUsedUpRanOutAtTheFirstReportOfIt() {
        List<Point> points = points("PT0S", 0.0, "PT1H", 0.9, "PT1H30M30S", 1.0, "PT2H", 1.02);

        assertThat(ShareForecast.of(points, after("PT5H"), after("PT3H")))
                .isEqualTo(ExhaustionForecast.ranOut(after("PT1H30M")));
        assertThat(ShareForecast.of(points, null, after("PT3H")).kind()).isEqualTo(Kind.RAN_OUT);
    }
}
