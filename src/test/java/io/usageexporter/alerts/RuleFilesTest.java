package io.usageexporter.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.metrics.SelfMetrics.Rejection;
import io.usageexporter.testing.Documentation;
import io.usageexporter.testing.Promtool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules and their unit tests, run by promtool; and the completeness of each alert's tests, texts and runbook. */
class RuleFilesTest {
    private static final Pattern SECTION =
            Pattern.compile("^## (\\S+)\\n(.*?)(?=^## |\\z)", Pattern.MULTILINE | Pattern.DOTALL);

    private static final Pattern FIGURE_OF_A_LEDGER =
            Pattern.compile("\\b(?:api_|ledger_|usage_exporter_(?:last_event|poll|events_recorded)_)");

    @Test
    void configurationAndRulesAreValid() throws Exception {
        Promtool.run(MonitoringPack.FOLDER, List.of("check", "config", "prometheus.yml"), List.of());
        Promtool.run(
                MonitoringPack.FOLDER,
                List.of("check", "rules", "--lint=all", "--lint-fatal"),
                MonitoringPack.in("rules"));
    }

    @Test
    void rulesPassTheirUnitTests() throws Exception {
        Promtool.run(MonitoringPack.FOLDER, List.of("test", "rules"), MonitoringPack.in("tests"));
    }

    @Test
    void everyAlertIsTestedBothFiringAndSilent() throws Exception {
        var firing = new TreeSet<String>();
        var silent = new TreeSet<String>(List.of("UsageExporterWatchdog"));
        for (JsonNode each : MonitoringPack.alertCases()) {
            (each.get("exp_alerts").isEmpty() ? silent : firing)
                    .add(each.get("alertname").asText());
        }
        assertThat(firing).isEqualTo(names(MonitoringPack.alerts()));
        assertThat(silent).isEqualTo(names(MonitoringPack.alerts()));
    }

    /** For promtool, an alert whose rule is not loaded is silent. */
    @Test
    void everyFileOfTestsLoadsTheRulesOfItsAlerts() throws Exception {
        for (Path file : MonitoringPack.in("tests")) {
            var loaded = new ArrayList<JsonNode>();
            for (Path rules : MonitoringPack.loadedBy(file)) {
                loaded.addAll(MonitoringPack.alerts(rules));
            }
            assertThat(MonitoringPack.alertCases(file))
                    .as(file.toString())
                    .extracting(each -> each.get("alertname").asText())
                    .isSubsetOf(names(loaded));
        }
    }

    @Test
    void everyAlertHasSeverityDelayShortSummaryAndDescription() throws Exception {
        for (JsonNode alert : MonitoringPack.alerts()) {
            String name = alert.get("alert").asText();
            JsonNode annotations = alert.get("annotations");
            String severity = alert.at("/labels/severity").asText();
            assertThat(name).matches("Usage([A-Z][a-z]+)+");
            assertThat(alert.get("labels").size()).as(name).isEqualTo(1);
            assertThat(severity).as(name).isIn("critical", "warning", "info", "none");
            assertThat(annotations.get("summary").asText()).as(name).matches("[A-Z][^ {]*( [^ {]+){0,7}\\.");
            assertThat(annotations.get("description").asText().contains("{{ $labels."))
                    .as(name)
                    .isEqualTo(!severity.equals("none"));
            assertThat(alert.has("for")).as(name).isEqualTo(!severity.equals("none"));
        }
    }

    /** Exporters of one ledger show the same figures: per exporter, each alert would fire as often as there are exporters. */
    @Test
    void alertsOnFiguresOfALedgerNameTheLedgerAndNoExporter() throws Exception {
        List<JsonNode> onLedgers = MonitoringPack.alerts().stream()
                .filter(alert ->
                        FIGURE_OF_A_LEDGER.matcher(alert.get("expr").asText()).find())
                .toList();
        assertThat(onLedgers).hasSizeGreaterThan(15).allSatisfy(alert -> {
            assertThat(alert.get("expr").asText())
                    .containsPattern(
                            "(?s)without \\(instance, pod\\) \\(.+\\* on \\(job, instance\\) group_left \\(ledger\\)"
                                    + "|\\bledger_\\w+:");
            assertThat(alert.get("annotations").toString()).doesNotContain("$labels.instance");
        });
    }

    @Test
    void everyAlertLinksThePageADashboardAndItsRunbookSection() throws Exception {
        for (JsonNode alert : MonitoringPack.alerts()) {
            String name = alert.get("alert").asText();
            JsonNode annotations = alert.get("annotations");
            assertThat(annotations.get("page_url").asText())
                    .as(name)
                    .isEqualTo("{{ or $externalLabels.usage_exporter_url \"http://localhost:5000\" }}/usage");
            assertThat(annotations.get("dashboard_url").asText())
                    .as(name)
                    .matches(
                            "\\{\\{ or \\$externalLabels\\.usage_grafana_url \"http://localhost:3000\" }}/d/"
                                    + "usage-((overview|cost|\\{\\{ if eq \\$labels\\.resource \"usd\" }}cost\\{\\{ else }}overview\\{\\{ end }})"
                                    + "\\?var-provider=|anthropic\\?var-token_provider=|exporter-health(\\?var-instance=|$)).*");
            assertThat(annotations.get("runbook_url").asText())
                    .isEqualTo("{{ or $externalLabels.usage_runbook_url "
                            + "\"http://localhost:3000/public/usage-exporter/RUNBOOK.md\" }}#" + anchor(name));
        }
    }

    @Test
    void everyAlertHasARunbookSection() throws Exception {
        var sections = new TreeMap<String, String>();
        Matcher matcher = SECTION.matcher(Files.readString(MonitoringPack.FOLDER.resolve("RUNBOOK.md")));
        while (matcher.find()) {
            sections.put(matcher.group(1), matcher.group(2));
        }
        assertThat(sections.keySet()).isEqualTo(names(MonitoringPack.alerts()));
        assertThat(sections.values())
                .allSatisfy(text -> assertThat(text)
                        .containsSubsequence("**Meaning.** ", "**Impact.** ", "**Look at.** ", "**Do.** "));
    }

    @Test
    void runbookExplainsEveryReasonForWhichEventsAreRejected() throws Exception {
        String runbook = Files.readString(MonitoringPack.FOLDER.resolve("RUNBOOK.md"));
        String section = SECTION.matcher(runbook)
                .results()
                .filter(match -> match.group(1).equals("UsageExporterEventsRejected"))
                .map(match -> match.group(2))
                .collect(Collectors.joining());
        assertThat(EnumSet.complementOf(EnumSet.of(Rejection.SHUTDOWN)))
                .allSatisfy(reason ->
                        assertThat(section).contains("`" + reason.name().toLowerCase(Locale.ROOT) + "`"));
    }

    @Test
    void runbookIndexListsEveryAlertExactlyOnce() throws Exception {
        String runbook = Files.readString(MonitoringPack.FOLDER.resolve("RUNBOOK.md"));
        String index = runbook.substring(0, runbook.indexOf("\n## "))
                .lines()
                .filter(line -> line.startsWith("- ") || line.startsWith("  "))
                .collect(Collectors.joining("\n"));
        Matcher links = Pattern.compile("\\[(\\w+)]\\(#(\\w+)\\)").matcher(index);
        List<String> listed = links.results()
                .map(link -> {
                    assertThat(link.group(2)).isEqualTo(anchor(link.group(1)));
                    return link.group(1);
                })
                .toList();
        assertThat(listed).containsExactlyInAnyOrderElementsOf(names(MonitoringPack.alerts()));
    }

    @Test
    void runbookLinksResolve() throws Exception {
        String runbook = Files.readString(MonitoringPack.FOLDER.resolve("RUNBOOK.md"));
        Matcher links = Pattern.compile("\\]\\(#([^)]+)\\)").matcher(runbook);
        List<String> anchors = names(MonitoringPack.alerts()).stream()
                .map(RuleFilesTest::anchor)
                .toList();
        assertThat(links.results().map(link -> link.group(1))).isNotEmpty().isSubsetOf(anchors);
    }

    @Test
    void documentationNamesEveryAlert() throws Exception {
        assertThat(Documentation.page("alerts.md").text())
                .contains(names(MonitoringPack.alerts()).stream()
                        .map(name -> "`" + name + "`")
                        .toList());
    }

    @ParameterizedTest
    @CsvSource({
        "UsageQuotaBurnSlow, UsageQuotaExhaustionForecast",
        "UsageQuotaBurnSlow, UsageQuotaBurnFast",
        "UsageQuotaExhaustionForecast, UsageQuotaBurnFast",
        "UsageQuotaBurnFast, UsageQuotaCritical",
        "UsageQuotaBurnFast, UsageQuotaExhausted",
        "UsageQuotaCritical, UsageQuotaExhausted",
        "UsageSubscriptionNearlyExhausted, UsageSubscriptionExhaustionForecast",
        "UsageSubscriptionExhaustionForecast, UsageSubscriptionExhaustionSoon",
        "UsageSubscriptionExhaustionSoon, UsageSubscriptionExhausted"
    })
    void anAlertThatTakesOverFiresBeforeItsPredecessorResolves(String predecessor, String successor) throws Exception {
        assertThat(Collections.min(durations(predecessor, "keep_firing_for")))
                .isGreaterThanOrEqualTo(Collections.max(durations(successor, "for")));
    }

    /** Of each rule with this name: those for hours and sessions have rules of their own. */
    private static List<Duration> durations(String name, String key) throws IOException {
        return MonitoringPack.alerts().stream()
                .filter(each -> each.get("alert").asText().equals(name))
                .map(each -> Duration.parse("PT" + each.get(key).asText().toUpperCase(Locale.ROOT)))
                .toList();
    }

    private static Set<String> names(List<JsonNode> alerts) {
        var names = new TreeSet<String>();
        alerts.forEach(alert -> names.add(alert.get("alert").asText()));
        return names;
    }

    /** The anchor of a heading. */
    private static String anchor(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
