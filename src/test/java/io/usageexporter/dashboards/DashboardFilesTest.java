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
    /** What is asked of a metric that tells providers apart. */
    private static final Pattern OF_A_PROVIDER = Pattern.compile(
            "\\b(?:api_(?:usage|quota_(?!threshold)|ratelimit|provider)|usage_exporter_(?:last_event|poll|gateway))\\w*\\{[^}]*}");

    /** A pace of a counter whose series begins with its first event; a histogram's is there from the start. */
    private static final Pattern PACE =
            Pattern.compile("\\bi?(?:rate|increase|delta)\\((?:api|usage_exporter)_\\w+(?<!_bucket|_sum|_count)[{\\[]");

    private static final Pattern HEX = Pattern.compile("#[0-9a-fA-F]{6}");

    /** Those that come with Grafana 11 to 13. */
    private static final Set<String> CORE = Set.of(
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

    static List<Dashboard> dashboards() throws IOException {
        return Dashboard.all();
    }

    static List<Dashboard> whereProvidersAreChosen() throws IOException {
        return Dashboard.all().stream()
                .filter(dashboard -> dashboard.variables().stream()
                        .anyMatch(variable -> variable.get("name").asText().endsWith("provider")))
                .toList();
    }

    @Test
    void eachHasAnIdOfItsOwn() throws Exception {
        assertThat(Dashboard.all().stream().map(Dashboard::uid))
                .containsExactlyInAnyOrder("usage-overview", "usage-anthropic", "usage-apify", "usage-exporter-health");
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void panelsAreOfGrafanasCoreAndSayWhatTheyShow(Dashboard dashboard) {
        var ids = new HashSet<Integer>();
        for (JsonNode panel : dashboard.panels()) {
            String title = panel.path("title").asText();
            assertThat(panel.get("type").asText()).as(title).isIn(CORE);
            assertThat(ids.add(panel.get("id").asInt())).as(title).isTrue();
            if (!panel.get("type").asText().equals("row")) {
                assertThat(panel.path("description").asText()).as(title).endsWith(".");
            }
        }
    }

    /** So that they can be asked of any Prometheus. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void everyDataSourceIsTheChosenOne(Dashboard dashboard) {
        for (JsonNode source : dashboard.json().findValues("datasource")) {
            assertThat(source.path("uid").asText()).isIn("${datasource}", "-- Grafana --", "-- Dashboard --");
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyQueryHonoursTheChoiceOfExporters(Dashboard dashboard) {
        assertThat(dashboard.panelQueries())
                .allSatisfy(query ->
                        assertThat(query.expression()).contains("job=~\"$job").contains("instance=~\"$instance"));
        assertThat(dashboard.annotationQueries())
                .allSatisfy(query ->
                        assertThat(query.expression()).contains("job=~\"$job").contains("instance=~\"$instance"));
    }

    @ParameterizedTest
    @MethodSource("whereProvidersAreChosen")
    void everyQueryHonoursTheChoiceOfProviders(Dashboard dashboard) {
        List<String> asked = Stream.concat(dashboard.panelQueries().stream(), dashboard.annotationQueries().stream())
                .flatMap(query -> OF_A_PROVIDER.matcher(query.expression()).results())
                .map(MatchResult::group)
                .toList();
        assertThat(asked)
                .isNotEmpty()
                .allSatisfy(selector -> assertThat(selector).containsPattern("provider=~\"\\$(\\w+_)?provider\""));
    }

    /** Older versions of Grafana run the one, newer the other. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void annotationsAskTheSameInBothPlaces(Dashboard dashboard) {
        assertThat(dashboard.json().at("/annotations/list"))
                .isNotEmpty()
                .allSatisfy(
                        annotation -> assertThat(annotation.at("/target/expr").asText())
                                .isEqualTo(annotation.get("expr").asText()));
    }

    /** Colours follow api_quota_status, lines api_quota_threshold_ratio. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void noneHasTheThresholdsOfAQuotaByHand(Dashboard dashboard) {
        for (JsonNode thresholds : dashboard.json().findValues("thresholds")) {
            for (JsonNode step : thresholds.path("steps")) {
                assertThat(step.path("value").asDouble()).isNotIn(0.5, 0.8, 50.0, 80.0);
            }
        }
        assertThat(dashboard.panelQueries())
                .allSatisfy(
                        query -> assertThat(query.expression()).doesNotContainPattern("[<>=]=? *(0\\.[58]|[58]0)\\b"));
    }

    /** A pace alone does not see what a series begins with. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void everyPaceIncludesTheFirstFigureOfANewSeries(Dashboard dashboard) {
        assertThat(dashboard.panelQueries())
                .filteredOn(query -> PACE.matcher(query.expression()).find())
                .allSatisfy(
                        query -> assertThat(query.expression()).contains(" or ").contains(" offset "));
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void noTwoSeriesOfAPanelAreGivenTheSameColour(Dashboard dashboard) {
        for (JsonNode panel : dashboard.panels()) {
            var seen = new HashSet<String>();
            for (JsonNode override : panel.at("/fieldConfig/overrides")) {
                String of = override.at("/matcher/options").asText();
                // Compute units are used by other providers than tokens are, and drawn in a panel of their own.
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
    void theOneForImportAsksForTheDataSource(Dashboard dashboard) {
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
