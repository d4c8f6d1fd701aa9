package io.usageexporter.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DashboardFilesTest {
    /** A selector of a metric with a provider label. */
    private static final Pattern PROVIDER_SELECTOR = Pattern.compile(
            "\\b(?:api_(?:usage|quota_(?!threshold)|consumer_quota|ratelimit|provider|price)|usage_exporter_(?:last_event|poll|gateway))\\w*\\{[^}]*}");

    /** A rate of a counter whose series starts with its first event; those of histograms exist from the start. */
    private static final Pattern RATE =
            Pattern.compile("\\bi?(?:rate|increase|delta)\\((?:api|usage_exporter)_\\w+(?<!_bucket|_sum|_count)[{\\[]");

    private static final Pattern SUM_OF_A_LEDGER = Pattern.compile(
            "\\b(?:sum|count)\\b.*(?:\\bapi_|usage_exporter_events_recorded_|usage_exporter_poll_)", Pattern.DOTALL);

    private static final Pattern HEX = Pattern.compile("#[0-9a-fA-F]{6}");

    /** Panel types of Grafana 11 to 13. */
    private static final Set<String> CORE_PANELS = Set.of(
            "alertlist",
            "bargauge",
            "barchart",
            "gauge",
            "heatmap",
            "piechart",
            "row",
            "stat",
            "state-timeline",
            "status-history",
            "table",
            "text",
            "timeseries");

    /** A selector of a metric with a consumer label. */
    private static final Pattern CONSUMER_SELECTOR =
            Pattern.compile("(?:\\b(?:api_usage_\\w+_total|api_quota_used_by_consumer|api_consumer_quota_\\w+)\\{[^}]*}"
                    + "|\\{__name__=\"api_usage_\\$\\{resource}_total\"[^}]*})");

    static List<Dashboard> dashboards() throws IOException {
        return Dashboard.all();
    }

    static List<Dashboard> withProviderVariable() throws IOException {
        return Dashboard.all().stream()
                .filter(dashboard -> dashboard.variables().stream()
                        .anyMatch(variable -> variable.get("name").asText().endsWith("provider")))
                .toList();
    }

    static List<Dashboard> withConsumerVariable() throws IOException {
        return Dashboard.all().stream()
                .filter(dashboard -> dashboard.variables().stream()
                        .anyMatch(variable -> variable.get("name").asText().equals("consumer")))
                .toList();
    }

    @Test
    void dashboardsOfUsageHaveAConsumerVariable() throws Exception {
        assertThat(withConsumerVariable().stream().map(Dashboard::uid))
                .containsExactlyInAnyOrder("usage-overview", "usage-cost", "usage-anthropic", "usage-apify");
    }

    @Test
    void everyDashboardHasItsOwnUid() throws Exception {
        assertThat(Dashboard.all().stream().map(Dashboard::uid))
                .containsExactlyInAnyOrder(
                        "usage-overview", "usage-cost", "usage-anthropic", "usage-apify", "usage-exporter-health");
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void panelsAreCorePanelsWithDescriptions(Dashboard dashboard) {
        var ids = new HashSet<Integer>();
        for (JsonNode panel : dashboard.panels()) {
            String title = panel.path("title").asText();
            assertThat(panel.get("type").asText()).as(title).isIn(CORE_PANELS);
            assertThat(ids.add(panel.get("id").asInt())).as(title).isTrue();
            if (!panel.get("type").asText().equals("row")) {
                assertThat(panel.path("description").asText()).as(title).endsWith(".");
            }
        }
    }

    /** So that any Prometheus can be selected. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void everyDataSourceIsTheSelectedOne(Dashboard dashboard) {
        for (JsonNode source : dashboard.json().findValues("datasource")) {
            assertThat(source.path("uid").asText()).isIn("${datasource}", "-- Grafana --", "-- Dashboard --");
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyQueryFiltersBySelectedExporters(Dashboard dashboard) {
        assertThat(dashboard.panelQueries())
                .allSatisfy(query ->
                        assertThat(query.expression()).contains("job=~\"$job").contains("instance=~\"$instance"));
        assertThat(dashboard.annotationQueries())
                .allSatisfy(query ->
                        assertThat(query.expression()).contains("job=~\"$job").contains("instance=~\"$instance"));
    }

    @ParameterizedTest
    @MethodSource("withProviderVariable")
    void everyQueryFiltersBySelectedProviders(Dashboard dashboard) {
        List<String> selectors = Stream.concat(
                        dashboard.panelQueries().stream(), dashboard.annotationQueries().stream())
                .flatMap(query -> PROVIDER_SELECTOR.matcher(query.expression()).results())
                .map(MatchResult::group)
                .toList();
        assertThat(selectors)
                .isNotEmpty()
                .allSatisfy(selector -> assertThat(selector).containsPattern("provider=~\"\\$(\\w+_)?provider\""));
    }

    /** Gauges by category cannot be filtered: they are of all consumers together. */
    @ParameterizedTest
    @MethodSource("withConsumerVariable")
    void everyQueryOfUsageByConsumerFiltersBySelectedConsumers(Dashboard dashboard) {
        List<String> selectors = dashboard.panelQueries().stream()
                .flatMap(query -> CONSUMER_SELECTOR.matcher(query.expression()).results())
                .map(MatchResult::group)
                .toList();
        assertThat(selectors)
                .isNotEmpty()
                .allSatisfy(selector -> assertThat(selector).contains("consumer=~\"$consumer\""));
        assertThat(dashboard.variables())
                .filteredOn(variable -> variable.get("name").asText().equals("consumer"))
                .singleElement()
                .satisfies(variable -> assertThat(variable.get("allValue").asText())
                        .as("also of usage without a consumer")
                        .isEqualTo(".*"));
    }

    /** Exporters of one ledger show the same figures: a sum must not be over exporters. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void everySumOfFiguresOfALedgerIsPerLedger(Dashboard dashboard) {
        assertThat(dashboard.panelQueries())
                .filteredOn(query -> SUM_OF_A_LEDGER.matcher(query.expression()).find())
                .isNotEmpty()
                .allSatisfy(query -> assertThat(query.expression())
                        .containsPattern("\\bbottomk by \\(ledger\\) |\\bmax without \\(instance, pod\\) "));
    }

    /** Older versions of Grafana run {@code expr}, newer ones {@code target.expr}. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void annotationsHaveTheSameQueryInBothPlaces(Dashboard dashboard) {
        assertThat(dashboard.json().at("/annotations/list"))
                .isNotEmpty()
                .allSatisfy(
                        annotation -> assertThat(annotation.at("/target/expr").asText())
                                .isEqualTo(annotation.get("expr").asText()));
    }

    /** Colours follow api_quota_status, lines api_quota_threshold_ratio. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void noQuotaThresholdIsHardCoded(Dashboard dashboard) {
        for (JsonNode thresholds : dashboard.json().findValues("thresholds")) {
            for (JsonNode step : thresholds.path("steps")) {
                assertThat(step.path("value").asDouble()).isNotIn(0.5, 0.8, 50.0, 80.0);
            }
        }
        assertThat(dashboard.panelQueries())
                .allSatisfy(
                        query -> assertThat(query.expression()).doesNotContainPattern("[<>=]=? *(0\\.[58]|[58]0)\\b"));
    }

    /** A rate alone misses the first value of a series. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void everyRateIncludesTheFirstValueOfANewSeries(Dashboard dashboard) {
        assertThat(dashboard.panelQueries())
                .filteredOn(query -> RATE.matcher(query.expression()).find())
                .allSatisfy(
                        query -> assertThat(query.expression()).contains(" or ").contains(" offset "));
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void noTwoSeriesOfAPanelHaveTheSameColour(Dashboard dashboard) {
        for (JsonNode panel : dashboard.panels()) {
            var seen = new HashSet<String>();
            for (JsonNode override : panel.at("/fieldConfig/overrides")) {
                String of = override.at("/matcher/options").asText();
                // Compute units and tokens belong to different providers, and are drawn in different panels.
                String drawnWith = of.startsWith("/^compute_units") ? "compute_units " : "";
                for (JsonNode property : override.path("properties")) {
                    String colour = property.at("/value/fixedColor").asText();
                    if (HEX.matcher(colour).matches()) {
                        assertThat(seen.add(drawnWith + colour))
                                .as("%s: %s of %s", panel.path("title").asText(), colour, of)
                                .isTrue();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void importVariantAsksForTheDataSource(Dashboard dashboard) {
        JsonNode variant = ImportVariant.of(dashboard);

        assertThat(variant.at("/__inputs/0/name").asText()).isEqualTo("DS_PROMETHEUS");
        assertThat(variant.findValues("datasource"))
                .isNotEmpty()
                .allSatisfy(
                        source -> assertThat(source.path("uid").asText()).isIn("${DS_PROMETHEUS}", "-- Grafana --"));
        assertThat(variant.toString()).doesNotContain("${datasource");
        assertThat(variant.at("/templating/list"))
                .hasSize(dashboard.json().at("/templating/list").size() - 1)
                .noneMatch(variable -> variable.get("type").asText().equals("datasource"));
        var required = new HashSet<String>();
        variant.get("__requires").forEach(each -> required.add(each.get("id").asText()));
        assertThat(required).contains("grafana", "prometheus");
        dashboard.panels().stream()
                .map(panel -> panel.get("type").asText())
                .filter(type -> !type.equals("row"))
                .forEach(type -> assertThat(required).contains(type));
        assertThat(variant.get("panels")).hasSameSizeAs(dashboard.json().get("panels"));
    }
}
