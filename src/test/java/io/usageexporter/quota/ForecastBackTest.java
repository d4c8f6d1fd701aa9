package io.usageexporter.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Documentation;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Compares the error of the forecast on simulated usage with that of linear extrapolation of the window so far. */
class ForecastBackTest {
    /** A Monday. */
    private static final Instant MONDAY = Instant.parse("2026-11-02T00:00:00Z");

    private static final int SEEDS = 40;
    private static final int PAST = Forecast.PAST_HOURS;
    private static final double[] PARTS = {0.25, 0.5, 0.75};

    /** The error of the projected total at the reset, relative to the true one. */
    private record Miss(double forecast, double linear) {}

    /** Mean errors over all seeds at 25, 50 and 75 % of the window. */
    private record Row(String window, UsagePattern pattern, boolean withPast, List<Miss> misses) {
        double forecast() {
            return misses.stream().mapToDouble(Miss::forecast).average().orElseThrow();
        }

        double linear() {
            return misses.stream().mapToDouble(Miss::linear).average().orElseThrow();
        }

        String line() {
            var line = new StringBuilder(String.format(Locale.ROOT, "%-8s %-13s", window, pattern.label));
            for (Miss miss : misses) {
                line.append(String.format(Locale.ROOT, "  %4.0f %% %4.0f %%", miss.forecast * 100, miss.linear * 100));
            }
            return line.append('\n').toString();
        }
    }

    @Test
    void beatsLinearExtrapolationOnSeasonalUsageAndIsNoWorseOtherwise() throws Exception {
        List<Row> rows = rows(true);

        for (Row row : rows) {
            boolean rhythm = row.pattern == UsagePattern.OFFICE_HOURS;
            assertThat(row.forecast())
                    .as(row.line())
                    .isLessThan(row.linear() * (rhythm ? (row.window.equals("daily") ? 0.3 : 0.9) : 1.0));
        }
        var text = new StringBuilder();
        rows.forEach(row -> text.append(row.line()));
        assertThat(Documentation.page("forecast.md").text())
                .as("forecast.md has:\n" + text)
                .contains(text);
    }

    @Test
    void isAboutAsGoodWithoutPastWindows() {
        for (Row row : rows(false)) {
            assertThat(row.forecast()).as(row.line()).isLessThan(row.linear() * 1.1);
        }
    }

    private static List<Row> rows(boolean withPast) {
        var rows = new ArrayList<Row>();
        for (int window : new int[] {24, 30 * 24}) {
            for (UsagePattern pattern : UsagePattern.values()) {
                var misses = new ArrayList<Miss>();
                for (double part : PARTS) {
                    misses.add(miss(pattern, withPast, window, part));
                }
                rows.add(new Row(window == 24 ? "daily" : "monthly", pattern, withPast, misses));
            }
        }
        return rows;
    }

    private static Miss miss(UsagePattern pattern, boolean withPast, int window, double part) {
        double[][] errors = IntStream.range(0, SEEDS)
                .mapToObj(seed -> errors(pattern, seed, withPast ? PAST : 0, window, part))
                .filter(pair -> pair.length > 0)
                .toArray(double[][]::new);
        return new Miss(mean(errors, 0), mean(errors, 1));
    }

    private static double mean(double[][] errors, int column) {
        return IntStream.range(0, errors.length)
                .mapToDouble(i -> errors[i][column])
                .average()
                .orElseThrow();
    }

    private static double[] errors(UsagePattern pattern, int seed, int past, int window, double part) {
        int weekday = seed % (window == 24 ? 5 : 7);
        double[] hours = pattern.make(seed, past, window, weekday);
        Instant from = MONDAY.plusSeconds(weekday * 86_400L);
        Instant until = from.plusSeconds(window * 3600L);
        int gone = (int) (window * part);
        Instant now = from.plusSeconds(gone * 3600L);
        double used = sum(hours, past, past + gone);
        double total = sum(hours, past, hours.length);
        var observed = new double[past + gone + 1];
        System.arraycopy(hours, 0, observed, 0, past + gone);
        Forecast forecast = Forecast.fit(
                new HourlyUsage(from.getEpochSecond() / 3600 - past, observed, Map.of()), ZoneOffset.UTC, now);
        if (forecast == null) { // too little usage
            return new double[0];
        }
        return new double[] {
            Math.abs(used + forecast.expected(from, until) - total) / total, Math.abs(used / part - total) / total
        };
    }

    private static double sum(double[] hours, int from, int until) {
        return IntStream.range(from, until).mapToDouble(i -> hours[i]).sum();
    }
}
