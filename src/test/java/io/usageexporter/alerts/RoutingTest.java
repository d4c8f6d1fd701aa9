package io.usageexporter.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageexporter.testing.Daemon;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RequiredTool;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Routing and inhibition by the shipped alertmanager.yml. */
class RoutingTest {
    /** The instance of the alerts that are posted last; see {@link #awaitInhibition}. */
    private static final String LAST = "last:5000";

    private static final Path CONFIG = MonitoringPack.FOLDER.resolve("alertmanager.yml");

    @TempDir
    Path folder;

    @BeforeAll
    static void tools() {
        RequiredTool.require("amtool", "prometheus-alertmanager");
        RequiredTool.require("prometheus-alertmanager", "prometheus-alertmanager");
    }

    @Test
    void shippedConfigurationIsValid() throws Exception {
        assertThat(amtool("check-config", CONFIG.toString())).contains("4 receivers");
    }

    @Test
    void configurationWithSlackAndEmailIsValid() throws Exception {
        String filledIn = Files.readString(CONFIG).replaceAll("(?m)^( *)# ( *(?:- )?[a-z_]+: ?.*)$", "$1$2");
        assertThat(filledIn).contains("\n    slack_configs:\n", "\n    email_configs:\n", "\nglobal:\n");
        assertThat(filledIn).doesNotContain("# slack", "# email", "# global");
        Path config = Files.writeString(folder.resolve("alertmanager.yml"), filledIn);
        assertThat(amtool("check-config", config.toString())).contains("global config");
    }

    @ParameterizedTest
    @CsvSource({"critical, critical", "warning, warning", "info, info", "none, heartbeat", "other, warning"})
    void severitySelectsTheReceiver(String severity, String receiver) throws Exception {
        assertThat(amtool("config", "routes", "test", "--config.file=" + CONFIG, "severity=" + severity))
                .isEqualTo(receiver + "\n");
    }

    @Test
    void onlyTheMostSevereAlertPerQuotaIsDelivered() throws Exception {
        assertThat(delivered(List.of(
                        quota("UsageQuotaWarning", "warning", "tokens"),
                        quota("UsageQuotaExhaustionForecast", "warning", "tokens"),
                        quota("UsageQuotaBurnSlow", "warning", "tokens"),
                        quota("UsageQuotaBurnFast", "critical", "tokens"),
                        quota("UsageQuotaCritical", "critical", "tokens"),
                        // Alerts on another quota, of another kind, and on none.
                        quota("UsageQuotaWarning", "warning", "requests"),
                        quota("UsageCategoryJump", "warning", "tokens"),
                        exporter("UsageExporterEventsRejected", "warning", "a:5000"))))
                .containsExactly(
                        "UsageCategoryJump tokens",
                        "UsageExporterEventsRejected ",
                        "UsageQuotaBurnFast tokens",
                        "UsageQuotaWarning requests");
    }

    @Test
    void exhaustedInhibitsCriticalAndBurnFast() throws Exception {
        assertThat(delivered(List.of(
                        quota("UsageQuotaWarning", "warning", "tokens"),
                        quota("UsageQuotaCritical", "critical", "tokens"),
                        quota("UsageQuotaBurnFast", "critical", "tokens"),
                        quota("UsageQuotaExhausted", "critical", "tokens"),
                        quota("UsageQuotaCritical", "critical", "requests"))))
                .containsExactly("UsageQuotaCritical requests", "UsageQuotaExhausted tokens");
    }

    @Test
    void forecastInhibitsTheOtherWarningsOfItsQuota() throws Exception {
        assertThat(delivered(List.of(
                        quota("UsageQuotaWarning", "warning", "tokens"),
                        quota("UsageQuotaBurnSlow", "warning", "tokens"),
                        quota("UsageQuotaExhaustionForecast", "warning", "tokens"),
                        quota("UsageQuotaWarning", "warning", "requests"),
                        quota("UsageQuotaBurnSlow", "warning", "requests"))))
                .containsExactly("UsageQuotaBurnSlow requests", "UsageQuotaExhaustionForecast tokens");
    }

    /** Of hours and sessions all but the page are warnings. */
    @Test
    void onlyTheMostUrgentWarningOfAnHourIsDelivered() throws Exception {
        assertThat(delivered(List.of(
                        quota("UsageQuotaCritical", "warning", "tokens"),
                        quota("UsageQuotaExhaustionForecast", "warning", "tokens"),
                        quota("UsageQuotaCritical", "warning", "requests"),
                        quota("UsageQuotaExhaustionForecast", "warning", "requests"),
                        quota("UsageQuotaBurnFast", "warning", "requests"),
                        quota("UsageQuotaCritical", "warning", "searches"),
                        quota("UsageQuotaExhaustionForecast", "warning", "searches"),
                        quota("UsageQuotaBurnFast", "warning", "searches"),
                        quota("UsageQuotaExhausted", "warning", "searches"),
                        // A page is not inhibited by a ticket.
                        quota("UsageQuotaCritical", "critical", "usd"),
                        quota("UsageQuotaExhaustionForecast", "warning", "usd"))))
                .containsExactly(
                        "UsageQuotaBurnFast requests",
                        "UsageQuotaCritical usd",
                        "UsageQuotaExhausted searches",
                        "UsageQuotaExhaustionForecast tokens");
    }

    @Test
    void onlyTheMostSevereAlertPerWindowOfASubscriptionIsDelivered() throws Exception {
        assertThat(delivered(List.of(
                        subscription("NearlyExhausted", "warning", "a"),
                        subscription("ExhaustionForecast", "warning", "a"),
                        subscription("ExhaustionSoon", "critical", "a"),
                        subscription("Exhausted", "critical", "a"),
                        subscription("NearlyExhausted", "warning", "b"),
                        subscription("ExhaustionForecast", "warning", "b"),
                        subscription("NearlyExhausted", "warning", "c"),
                        subscription("ExhaustionForecast", "warning", "c"),
                        subscription("ExhaustionSoon", "critical", "c"),
                        quota("UsageQuotaWarning", "warning", "tokens"))))
                .containsExactly(
                        "UsageQuotaWarning tokens",
                        "UsageSubscriptionExhausted a",
                        "UsageSubscriptionExhaustionForecast b",
                        "UsageSubscriptionExhaustionSoon c");
    }

    @Test
    void windowsOfTwoOrganizationsAreNotifiedApart() throws Exception {
        try (var receiver = new Receiver();
                var alertmanager = Daemon.alertmanager(folder, MonitoringPack.alertmanager(folder, receiver.port()))) {
            post(
                    alertmanager,
                    List.of(
                            subscription("NearlyExhausted", "warning", "a"),
                            subscription("NearlyExhausted", "warning", "b")),
                    List.of());
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> receiver.notifications().size() == 2);
            assertThat(receiver.notifications())
                    .extracting(Receiver.Notification::groupKey)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void exhaustedQuotaOfAConsumerInhibitsNearOfThatConsumerAlone() throws Exception {
        var near = consumerQuota("UsageConsumerQuotaNear", "growth");
        assertThat(delivered(List.of(
                        near,
                        consumerQuota("UsageConsumerQuotaExhausted", "growth"),
                        quota("UsageQuotaWarning", "warning", "tokens"))))
                .containsExactly("UsageConsumerQuotaExhausted tokens", "UsageQuotaWarning tokens");
        assertThat(delivered(List.of(near, consumerQuota("UsageConsumerQuotaExhausted", "search"))))
                .containsExactly("UsageConsumerQuotaExhausted tokens", "UsageConsumerQuotaNear tokens");
    }

    private static Map<String, String> consumerQuota(String name, String consumer) {
        var labels = new TreeMap<>(quota(name, "warning", "tokens"));
        labels.put("consumer", consumer);
        return labels;
    }

    @Test
    void aKnownCauseInhibitsItsSymptoms() throws Exception {
        var cutOff = new TreeMap<>(exporter("UsageProviderCutOff", "critical", "a:5000"));
        var failing = new TreeMap<>(exporter("UsageGatewayCallsFailing", "warning", "a:5000"));
        var otherFailing = new TreeMap<>(failing);
        cutOff.put("provider", "anthropic");
        failing.put("provider", "anthropic");
        otherFailing.put("provider", "apify");
        assertThat(delivered(List.of(
                        cutOff,
                        failing,
                        otherFailing,
                        exporter("UsageExporterDiskNearlyFull", "critical", "a:5000"),
                        exporter("UsageExporterDiskFilling", "warning", "a:5000"),
                        exporter("UsageExporterDiskFilling", "warning", "b:5000"))))
                .containsExactly(
                        "UsageExporterDiskFilling ",
                        "UsageExporterDiskNearlyFull ",
                        "UsageGatewayCallsFailing ",
                        "UsageProviderCutOff ");
    }

    @Test
    void aWorseningQuotaIsOnePageThatResolvesOnce() throws Exception {
        var fast = quota("UsageQuotaBurnFast", "critical", "tokens");
        var critical = quota("UsageQuotaCritical", "critical", "tokens");
        var exhausted = quota("UsageQuotaExhausted", "critical", "tokens");
        try (var receiver = new Receiver();
                var alertmanager = Daemon.alertmanager(folder, MonitoringPack.alertmanager(folder, receiver.port()))) {
            post(alertmanager, List.of(fast), List.of());
            awaitNotifications(receiver, "critical firing UsageQuotaBurnFast");

            post(alertmanager, List.of(fast, critical), List.of());
            post(alertmanager, List.of(fast, critical, exhausted), List.of());
            awaitNotifications(receiver, "critical firing UsageQuotaBurnFast", "critical firing UsageQuotaExhausted");

            // The burn rate alert resolves while the quota is exhausted.
            post(alertmanager, List.of(critical, exhausted), List.of(fast));
            post(alertmanager, List.of(), List.of(critical, exhausted));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> receiver.notifications().stream().anyMatch(notification -> notification.isResolved()));

            List<Receiver.Notification> notifications = receiver.notifications();
            assertThat(notifications)
                    .extracting(Receiver.Notification::groupKey)
                    .containsOnly(notifications.get(0).groupKey());
            assertThat(notifications.subList(0, notifications.size() - 1)).noneMatch(Receiver.Notification::isResolved);
            assertThat(notifications.get(notifications.size() - 1).isResolved()).isTrue();
        }
    }

    private static void awaitNotifications(Receiver receiver, String... notifications) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(receiver.summaries()).containsExactly(notifications));
    }

    @Test
    void anExporterThatIsDownInhibitsItsOtherAlerts() throws Exception {
        assertThat(delivered(List.of(
                        exporter("UsageExporterDown", "critical", "a:5000"),
                        exporter("UsageExporterLedgerNotWritable", "critical", "a:5000"),
                        exporter("UsageExporterLedgerNotWritable", "critical", "b:5000"),
                        // Another exporter shows its ledger.
                        quota("UsageQuotaExhausted", "critical", "tokens"),
                        Map.of("alertname", "OtherProgramsAlert", "job", "usage-exporter", "instance", "a:5000"),
                        Map.of("alertname", "UsageExporterWatchdog", "severity", "none"))))
                .containsExactly(
                        "OtherProgramsAlert ",
                        "UsageExporterDown ",
                        "UsageExporterLedgerNotWritable ",
                        "UsageExporterWatchdog ",
                        "UsageQuotaExhausted tokens");
    }

    @Test
    void aLedgerThatNoExporterShowsInhibitsItsAlerts() throws Exception {
        var otherLedger = new TreeMap<>(quota("UsageQuotaWarning", "warning", "requests"));
        otherLedger.put("ledger", "2b");
        var alerts = new ArrayList<>(List.of(
                ledger("UsageLedgerAbsent", "warning", "1f"),
                quota("UsageQuotaExhausted", "critical", "tokens"),
                quota("UsageCategoryJump", "warning", "tokens"),
                otherLedger));
        assertThat(delivered(alerts)).containsExactly("UsageLedgerAbsent ", "UsageQuotaWarning requests");

        alerts.add(exporter("UsageExporterDown", "critical", "a:5000"));
        assertThat(delivered(alerts)).containsExactly("UsageExporterDown ", "UsageQuotaWarning requests");
    }

    @Test
    void quotasOfTwoLedgersAreApart() throws Exception {
        var otherLedger = new TreeMap<>(quota("UsageQuotaExhausted", "critical", "tokens"));
        otherLedger.put("ledger", "2b");
        assertThat(delivered(List.of(quota("UsageQuotaWarning", "warning", "tokens"), otherLedger)))
                .containsExactly("UsageQuotaExhausted tokens", "UsageQuotaWarning tokens");
    }

    @Test
    void alertsWithoutAQuotaInhibitNothing() throws Exception {
        assertThat(delivered(List.of(
                        exporter("UsageExporterEventsDropped", "critical", "a:5000"),
                        exporter("UsageExporterEventsRejected", "warning", "a:5000"),
                        exporter("UsageExporterConfigReloadFailed", "warning", "a:5000"))))
                .hasSize(3);
    }

    private static Map<String, String> quota(String name, String severity, String resource) {
        var labels = new TreeMap<>(ledger(name, severity, "1f"));
        labels.putAll(Map.of("provider", "anthropic", "resource", resource, "window", "daily"));
        return labels;
    }

    private static Map<String, String> subscription(String name, String severity, String organization) {
        var labels = new TreeMap<>(ledger("UsageSubscription" + name, severity, "1f"));
        labels.putAll(Map.of("provider", "anthropic", "limit", "unified-5h", "organization", organization));
        return labels;
    }

    private static Map<String, String> ledger(String name, String severity, String ledger) {
        return Map.of("alertname", name, "severity", severity, "job", "usage-exporter", "ledger", ledger);
    }

    private static Map<String, String> exporter(String name, String severity, String instance) {
        return Map.of("alertname", name, "severity", severity, "job", "usage-exporter", "instance", instance);
    }

    /** The names and resources or organizations of the alerts that a real Alertmanager does not inhibit. */
    private List<String> delivered(List<Map<String, String>> alerts) throws Exception {
        try (var receiver = new Receiver();
                var alertmanager = Daemon.alertmanager(folder, MonitoringPack.alertmanager(folder, receiver.port()))) {
            post(alertmanager, alerts, List.of());
            awaitInhibition(alertmanager);
            var names = new TreeSet<String>();
            for (JsonNode labels : notInhibited(alertmanager)) {
                if (!labels.path("instance").asText().equals(LAST)) {
                    names.add(labels.path("alertname").asText() + " "
                            + labels.path("resource").asText()
                            + labels.path("organization").asText());
                }
            }
            return List.copyOf(names);
        }
    }

    /**
     * Alertmanager takes notice of inhibiting alerts one after the other, some time after it has accepted them: once
     * the last one inhibits, so do those before.
     */
    private static void awaitInhibition(Daemon alertmanager) throws JsonProcessingException {
        post(
                alertmanager,
                List.of(last("UsageExporterDown", "critical"), last("UsageExporterEventsRejected", "warning")),
                List.of());
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> notInhibited(alertmanager).stream()
                        .filter(labels -> labels.path("instance").asText().equals(LAST))
                        .map(labels -> labels.path("alertname").asText())
                        .toList()
                        .equals(List.of("UsageExporterDown")));
    }

    /** Of a job of its own, since an exporter that is down hides whether its job lacks a ledger. */
    private static Map<String, String> last(String name, String severity) {
        var labels = new TreeMap<>(exporter(name, severity, LAST));
        labels.put("job", "last");
        return labels;
    }

    /** The labels of the alerts that are not inhibited. */
    private static List<JsonNode> notInhibited(Daemon alertmanager) {
        String query = "/api/v2/alerts?silenced=false&inhibited=false";
        return TestExporter.json(alertmanager.http().get(query).body()).findValues("labels");
    }

    private static void post(Daemon alertmanager, List<Map<String, String>> firing, List<Map<String, String>> resolved)
            throws JsonProcessingException {
        var posted = new ArrayList<Map<String, Object>>();
        firing.forEach(labels -> posted.add(Map.of("labels", labels)));
        String now = Instant.now().toString();
        resolved.forEach(labels -> posted.add(Map.of("labels", labels, "endsAt", now)));
        String json = new ObjectMapper().writeValueAsString(posted);
        assertThat(alertmanager
                        .http()
                        .post("/api/v2/alerts", "application/json", json)
                        .statusCode())
                .isEqualTo(200);
    }

    private static String amtool(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("amtool"));
        command.addAll(List.of(arguments));
        ProcessRunner.Result result = ProcessRunner.run(MonitoringPack.FOLDER, "", command);
        assertThat(result.status()).as(result.out() + result.err()).isZero();
        return result.out();
    }
}
