package io.usageexporter.alerts;

import io.usageexporter.quota.Forecast;
import io.usageexporter.quota.HourlyUsage;
import io.usageexporter.quota.Quota;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.testing.Promtool;
import io.usageexporter.window.Window;
import io.usageexporter.window.WindowCalendar;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The severity of quotas that are used at a steady rate, minute by minute, with the exporter's own forecasts. */
class SeverityWalkTest {
    private static final int LIMIT = 1_000_000;
    private static final int CALM = 50;
    private static final int WALK_MINUTES = 8 * 60;
    private static final String LEVEL =
            "max(2 * ALERTS{alertstate=\"firing\",alertname=~\"UsageQuota.+\",severity=\"critical\"}%1$s"
                    + " or ALERTS{alertstate=\"firing\",alertname=~\"UsageQuota.+\",severity=\"warning\"}%1$s)";

    @TempDir
    Path folder;

    private final StringBuilder used = new StringBuilder();
    private final StringBuilder remaining = new StringBuilder();
    private final StringBuilder ratio = new StringBuilder();
    private final StringBuilder status = new StringBuilder();
    private final StringBuilder exhaustion = new StringBuilder();
    private final StringBuilder reset = new StringBuilder();

    @ParameterizedTest
    @CsvSource({"DAILY, 5, 4000", "DAILY, 180, 20000", "DAILY, 60, 1800", "WEEKLY, 180, 20000", "WEEKLY, 60, 1800"})
    void severityNeverFallsUntilTheQuotaIsExhausted(Window window, int calmMinutes, int perMinute) throws Exception {
        int end = calmMinutes + LIMIT / perMinute + 60;
        Window.Span span = WindowCalendar.of(ZoneOffset.UTC, 1).containing(window, Instant.EPOCH);
        double[] hours = new double[end / 60 + 1];
        int total = 0;
        for (int minute = 0; minute <= end; minute++) {
            int usage = minute < calmMinutes ? CALM : perMinute;
            total += usage;
            hours[minute / 60] += usage;
            show(minute, total, new HourlyUsage(0, Arrays.copyOf(hours, minute / 60 + 1), Map.of()), span);
        }

        String fell = LEVEL.formatted(" offset 1m") + " > (" + LEVEL.formatted("") + " or vector(0))";
        var expectations = new StringBuilder();
        for (int minute = 240; minute < end + 240; minute += 240) {
            expectations.append("      - {expr: 'count_over_time((%s)[4h:1m])', eval_time: %dm, exp_samples: []}\n"
                    .formatted(fell, Math.min(minute, end)));
        }
        expectations.append(expected(LEVEL.formatted(""), end, 2));
        check(window, expectations.toString());
    }

    /** 0 is no alert, 1 a ticket, 2 a page. */
    @ParameterizedTest
    @CsvSource({
        "HOURLY, 60, 0.85, 0",
        "HOURLY, 60, 1.1, 1",
        "HOURLY, 60, 3, 2",
        "SESSION, 300, 0.8, 0",
        "SESSION, 300, 1.05, 1",
        "SESSION, 300, 1.5, 2"
    })
    void hoursAndSessionsPageOnlyIfTheyRunOutLongBeforeTheirReset(Window window, int length, double share, int worst)
            throws Exception {
        double perMinute = LIMIT * share / length;
        double[] hours = new double[WALK_MINUTES / 60 + 1];
        var bounds = new HashMap<Long, HourlyUsage.Bounds>();
        for (int minute = 0; minute <= WALK_MINUTES; minute++) {
            Instant now = at(minute);
            Instant start = at(minute / 60 * 60);
            Instant from = Instant.ofEpochSecond(minute / length * 60L * length);
            hours[minute / 60] += perMinute;
            bounds.put(minute / 60L, new HourlyUsage.Bounds(start, now));
            show(
                    minute,
                    (int) (perMinute * (minute % length + 1)),
                    new HourlyUsage(0, Arrays.copyOf(hours, minute / 60 + 1), bounds),
                    new Window.Span(LocalDate.EPOCH, LocalDate.EPOCH, from, from.plusSeconds(length * 60L)));
        }

        String level = "max_over_time((%s or vector(0))[8h:1m])".formatted(LEVEL.formatted(""));
        check(window, expected(level, WALK_MINUTES, worst));
    }

    private static Instant at(int minute) {
        return Instant.ofEpochSecond(minute * 60L + 59);
    }

    private static String expected(String expression, int minute, int value) {
        return "      - {expr: '%s', eval_time: %dm, exp_samples: [{labels: '{}', value: %d}]}\n"
                .formatted(expression, minute, value);
    }

    private void show(int minute, int total, HourlyUsage usage, Window.Span window) {
        var quota = new Quota(BigDecimal.valueOf(total), BigDecimal.valueOf(LIMIT), Thresholds.DEFAULT);
        Instant exhaustedAt =
                Forecast.of(usage, ZoneOffset.UTC, window, at(minute), quota).at();
        used.append(total).append(' ');
        remaining.append(quota.remaining().toPlainString()).append(' ');
        ratio.append(quota.usedRatio()).append(' ');
        status.append(quota.status().level()).append(' ');
        exhaustion
                .append(exhaustedAt == null ? "_" : exhaustedAt.getEpochSecond())
                .append(' ');
        reset.append(window.resetsAt().getEpochSecond()).append(' ');
    }

    private void check(Window window, String expectations) throws Exception {
        String text = """
                rule_files: [%1$s/quotas.yml]
                evaluation_interval: 1m
                group_eval_order: [usage-pace, usage-quotas]
                tests:
                  - interval: 1m
                    input_series:
                      - {series: 'usage_exporter_ledger_open_timestamp_seconds{ledger="1f"}', values: '1x1000'}
                      - {series: 'api_quota_used{provider="a",window="%2$s"}', values: '%3$s'}
                      - {series: 'api_quota_remaining{provider="a",window="%2$s"}', values: '%4$s'}
                      - {series: 'api_quota_used_ratio{provider="a",window="%2$s"}', values: '%5$s'}
                      - {series: 'api_quota_status{provider="a",window="%2$s"}', values: '%6$s'}
                      - {series: 'api_quota_exhaustion_timestamp_seconds{provider="a",window="%2$s"}', values: '%7$s'}
                      - {series: 'api_quota_reset_timestamp_seconds{provider="a",window="%2$s"}', values: '%8$s'}
                    promql_expr_test:
                """.formatted(
                        MonitoringPack.FOLDER.resolve("rules"),
                        window.label(),
                        used,
                        remaining,
                        ratio,
                        status,
                        exhaustion,
                        reset);
        Path test = Files.writeString(folder.resolve("walk.yml"), text + expectations);
        Promtool.run(folder, List.of("test", "rules"), List.of(test));
    }
}
