package io.usageexporter.alerts;

import io.usageexporter.quota.Forecast;
import io.usageexporter.quota.HourlyUsage;
import io.usageexporter.quota.Quota;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.window.Window;
import io.usageexporter.window.WindowCalendar;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The severity of a quota that is consumed at a steady rate, minute by minute, with the exporter's own forecasts. */
class SeverityWalkTest {
    private static final int LIMIT = 1_000_000;
    private static final int CALM = 50;
    private static final Window.Span DAY = WindowCalendar.of(ZoneOffset.UTC, 1).containing(Window.DAILY, Instant.EPOCH);

    @TempDir
    Path folder;

    private final StringBuilder used = new StringBuilder();
    private final StringBuilder remaining = new StringBuilder();
    private final StringBuilder ratio = new StringBuilder();
    private final StringBuilder status = new StringBuilder();
    private final StringBuilder exhaustion = new StringBuilder();

    @ParameterizedTest
    @CsvSource({"5, 4000", "180, 20000", "60, 1800"})
    void severityNeverFallsUntilTheQuotaIsExhausted(int calmMinutes, int perMinute) throws Exception {
        int end = calmMinutes + LIMIT / perMinute + 60;
        double[] hours = new double[end / 60 + 1];
        int total = 0;
        for (int minute = 0; minute <= end; minute++) {
            int usage = minute < calmMinutes ? CALM : perMinute;
            total += usage;
            hours[minute / 60] += usage;
            show(minute, total, new HourlyUsage(0, Arrays.copyOf(hours, minute / 60 + 1), Map.of()));
        }

        Path test = Files.writeString(folder.resolve("walk.yml"), test(end));
        Promtool.run(folder, List.of("test", "rules"), List.of(test));
    }

    private void show(int minute, int total, HourlyUsage usage) {
        var quota = new Quota(BigDecimal.valueOf(total), BigDecimal.valueOf(LIMIT), Thresholds.DEFAULT);
        Instant now = Instant.ofEpochSecond(minute * 60L + 59);
        Instant at = Forecast.of(usage, ZoneOffset.UTC, DAY, now, quota).at();
        used.append(total).append(' ');
        remaining.append(quota.remaining().toPlainString()).append(' ');
        ratio.append(quota.usedRatio()).append(' ');
        status.append(quota.status().level()).append(' ');
        exhaustion.append(at == null ? "_" : at.getEpochSecond()).append(' ');
    }

    private String test(int end) {
        var text = new StringBuilder(
                """
                rule_files: [%1$s/quotas.yml]
                evaluation_interval: 1m
                group_eval_order: [usage-pace, usage-quotas]
                tests:
                  - interval: 1m
                    input_series:
                      - {series: 'api_quota_used{provider="a",window="daily"}', values: '%2$s'}
                      - {series: 'api_quota_remaining{provider="a",window="daily"}', values: '%3$s'}
                      - {series: 'api_quota_used_ratio{provider="a",window="daily"}', values: '%4$s'}
                      - {series: 'api_quota_status{provider="a",window="daily"}', values: '%5$s'}
                      - {series: 'api_quota_exhaustion_timestamp_seconds{provider="a",window="daily"}', values: '%6$s'}
                      - {series: 'api_quota_reset_timestamp_seconds{provider="a",window="daily"}', values: '86400x%7$d'}
                    promql_expr_test:
                """.formatted(MonitoringPack.FOLDER.resolve("rules"), used, remaining, ratio, status, exhaustion, end));
        String level = "max(2 * ALERTS{alertstate=\"firing\",alertname=~\"UsageQuota.+\",severity=\"critical\"}%1$s"
                + " or ALERTS{alertstate=\"firing\",alertname=~\"UsageQuota.+\",severity=\"warning\"}%1$s)";
        String fell = level.formatted(" offset 1m") + " > (" + level.formatted("") + " or vector(0))";
        for (int minute = 240; minute < end + 240; minute += 240) {
            text.append("      - {expr: 'count_over_time((%s)[4h:1m])', eval_time: %dm, exp_samples: []}\n"
                    .formatted(fell, Math.min(minute, end)));
        }
        return text.append("      - {expr: '%s', eval_time: %dm, exp_samples: [{labels: '{}', value: 2}]}\n"
                        .formatted(level.formatted(""), end))
                .toString();
    }
}
