package io.usageexporter.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Promtool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the dashboards show, by promtool, when the exporter of a ledger is replaced by two others with other names, as in a
 * rollout of Kubernetes. They show the usage of the others late. Beside them is an exporter with a ledger of its own.
 */
class ReplacedExportersTest {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)}?");

    /** A sample every 15 seconds: a is there for 20 minutes, b and c from 19 and 19:30 on, x all the time. */
    private static final String SERIES = """
            rule_files: []
            evaluation_interval: 1m
            tests:
              - interval: 15s
                input_series:
                  - {series: 'usage_exporter_ledger_open_timestamp_seconds{job="j",instance="a",ledger="1f"}', values: '1x80 stale'}
                  - {series: 'usage_exporter_ledger_open_timestamp_seconds{job="j",instance="b",ledger="1f"}', values: '_x76 1140x100'}
                  - {series: 'usage_exporter_ledger_open_timestamp_seconds{job="j",instance="c",ledger="1f"}', values: '_x78 1170x100'}
                  - {series: 'usage_exporter_ledger_open_timestamp_seconds{job="j",instance="x",ledger="2b"}', values: '1x200'}
                  - {series: 'api_quota_used{job="j",instance="a",provider="anthropic",resource="requests",window="daily"}', values: '1000+1x80 stale'}
                  - {series: 'api_quota_used{job="j",instance="b",provider="anthropic",resource="requests",window="daily"}', values: '_x76 1075+1x100'}
                  - {series: 'api_quota_used{job="j",instance="c",provider="anthropic",resource="requests",window="daily"}', values: '_x78 1077+1x100'}
                  - {series: 'api_quota_used{job="j",instance="x",provider="anthropic",resource="requests",window="daily"}', values: '500+2x200'}
                  - {series: 'api_usage_requests_total{job="j",instance="a",provider="anthropic",category="search"}', values: '1000+1x80 stale'}
                  - {series: 'api_usage_requests_total{job="j",instance="b",provider="anthropic",category="search"}', values: '_x76 1075+1x100'}
                  - {series: 'api_usage_requests_total{job="j",instance="c",provider="anthropic",category="search"}', values: '_x78 1077+1x100'}
                  - {series: 'api_usage_requests_total{job="j",instance="x",provider="anthropic",category="search"}', values: '500+2x200'}
                  - {series: 'api_usage_requests_total{job="j",instance="b",provider="anthropic",category="new"}', values: '_x100 7x100'}
                  - {series: 'api_usage_requests_total{job="j",instance="c",provider="anthropic",category="new"}', values: '_x101 7x100'}
                promql_expr_test:
                  # Samples are there until the last time asked for.
                  - {expr: 'vector(1)', eval_time: 40m, exp_samples: [{labels: '{}', value: 1}]}
            """;

    @TempDir
    Path folder;

    private final StringBuilder expected = new StringBuilder();

    @Test
    void usageOfARangeGoesOn() throws Exception {
        String requests = query("usage-anthropic / Requests", query -> true);
        // From 1040 to 1159, from 580 to 820, and what is new.
        expect(requests, "30m", 40, "{labels: '{}', value: 366}");
        String byModel = query(
                "usage-anthropic / Request types and models",
                query -> query.contains("requests_total") && !query.contains("tokens_total"));
        expect(
                byModel,
                "30m",
                40,
                "{labels: '{provider=\"anthropic\",category=\"search\"}', value: 359},"
                        + "{labels: '{provider=\"anthropic\",category=\"new\"}', value: 7}");
        check();
    }

    /** The same in bars of ten minutes, the second of which has the replacement. */
    @Test
    void barsAddUpToTheUsageOfTheRange() throws Exception {
        String bars = query("usage-overview / $resource, by category", query -> true);
        String search = "{labels: '{provider=\"anthropic\",category=\"search\"}', value: ";
        expect(bars, "10m", 10, search + "120}");
        expect(bars, "10m", 20, search + "119},{labels: '{provider=\"anthropic\",category=\"new\"}', value: 7}");
        expect(bars, "10m", 30, search + "120},{labels: '{provider=\"anthropic\",category=\"new\"}', value: 0}");
        check();
    }

    private static String query(String where, Predicate<String> which) throws IOException {
        List<String> found = Dashboard.all().stream()
                .flatMap(dashboard -> dashboard.panelQueries().stream())
                .filter(query -> query.where().equals(where))
                .map(Dashboard.Query::expression)
                .filter(which)
                .toList();
        assertThat(found).as(where).hasSize(1);
        return found.get(0);
    }

    private void expect(String query, String range, int minute, String samples) {
        var values = Map.of("__range", range, "__interval", range, "resource", "requests");
        String filled = VARIABLE.matcher(query).replaceAll(match -> values.getOrDefault(match.group(1), ".*"));
        expected.append("      - {expr: '%s', eval_time: %dm, exp_samples: [%s]}\n".formatted(filled, minute, samples));
    }

    private void check() throws Exception {
        Path test = Files.writeString(folder.resolve("test.yml"), SERIES + expected);
        Promtool.run(folder, List.of("test", "rules"), List.of(test));
    }
}
