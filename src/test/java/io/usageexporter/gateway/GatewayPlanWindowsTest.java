package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.Samples;
import io.usageexporter.testing.TestExporter;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rate-limit windows of subscriptions that responses report, in every view. */
class GatewayPlanWindowsTest {
    @RegisterExtension
    private final GatewayExtension gateway = new GatewayExtension();

    private static FakeResponse ofSubscription(FakeResponse response, String organization, String utilization) {
        return response.header("anthropic-organization-id", organization)
                .header("anthropic-ratelimit-unified-5h-utilization", utilization)
                .header("anthropic-ratelimit-unified-5h-reset", "1795518000")
                .header("anthropic-ratelimit-unified-5h-status", "allowed");
    }

    private static String window(String name, String organization) {
        return "api_ratelimit_" + name + "{limit=\"unified-5h\",organization=\"" + organization
                + "\",provider=\"anthropic\"}";
    }

    @Test
    void windowsOfTwoLoginsAreKeptApartUntilTheirReset() {
        gateway.provider()
                .next(ofSubscription(gateway.message(1, 1), "org-a", "0.75"))
                .next(ofSubscription(gateway.message(1, 1), "org-b", "0.05"))
                .next(ofSubscription(
                        FakeResponse.json(429, Samples.text("anthropic/error-429-rate-limit.json")), "org-c", "1.02"));
        for (int i = 0; i < 3; i++) {
            gateway.post(MESSAGES);
        }

        gateway.awaitMetric(window("used_ratio", "org-a"), "0.75");
        gateway.awaitMetric(window("used_ratio", "org-b"), "0.05");
        gateway.awaitMetric(window("used_ratio", "org-c"), "1.02");
        assertThat(gateway.metric(window("reset_timestamp_seconds", "org-a"))).isEqualByComparingTo("1795518000");
        // 3 h 15 min 30 s into its 5 h, a quarter is left.
        assertThat(gateway.metric(window("exhaustion_timestamp_seconds", "org-a")))
                .isEqualByComparingTo("1795515600");
        assertThat(gateway.exporter().metrics())
                .doesNotContainKey(window("exhaustion_timestamp_seconds", "org-b"))
                .doesNotContainKey(window("used_ratio", ""));
        gateway.clock().advance(Duration.ofMinutes(105));
        assertThat(gateway.exporter().metrics())
                .doesNotContainKey(window("used_ratio", "org-a"))
                .doesNotContainKey(window("reset_timestamp_seconds", "org-a"));
    }

    @Test
    void windowsAreKnownWhileTheResponseStreams() {
        var permits = new Semaphore(0);
        gateway.provider()
                .next(ofSubscription(FakeResponse.sample("anthropic/stream-complete.sse"), "org-a", "0.75")
                        .replaceHeader("anthropic-organization-id", "org-a")
                        .pacedBy(permits));
        CompletableFuture<HttpResponse<String>> response = gateway.postAsync(MESSAGES);

        gateway.awaitMetric(window("used_ratio", "org-a"), "0.75");
        assertThat(response).isNotDone();
        permits.release(Integer.MAX_VALUE);
        assertThat(response.join().statusCode()).isEqualTo(200);
    }

    private JsonNode json() {
        return TestExporter.json(gateway.get("/api/usage/reported").body()).get("plan_windows");
    }

    private String page() {
        return gateway.exporter().http().get("/usage", "Accept", "text/html").body();
    }

    /** The text of an element of the page. */
    private static String text(String html, String id) {
        String from = html.substring(html.indexOf("id=\"" + id + "\""));
        return from.substring(from.indexOf('>') + 1, from.indexOf("</section>"))
                .replaceAll("<[^>]*>", "")
                .replaceAll("\\s+", " ");
    }

    @Test
    void withoutASubscriptionNothingIsShown() {
        gateway.provider().next(gateway.message(1, 1));
        gateway.post(MESSAGES);

        assertThat(json()).isEmpty();
        assertThat(gateway.exporter().text()).doesNotContain("Subscription");
        assertThat(page()).doesNotContain("ubscription");
    }

    @Test
    void everyViewShowsTheSame() {
        gateway.provider()
                .next(ofSubscription(gateway.message(1, 1), "org-a", "0.75")
                        .header("anthropic-ratelimit-unified-representative-claim", "five_hour")
                        .header("anthropic-ratelimit-unified-7d-utilization", "0.1"));
        gateway.post(MESSAGES);
        gateway.awaitUsed("requests", 1);

        assertThat(json()).isEqualTo(TestExporter.json("""
                {"anthropic": {"org-a": {
                  "unified-5h": {"used_ratio": 0.75, "status": "warning", "provider_status": "allowed", "binding": true,
                    "resets_at": "2026-11-24T11:00:00Z", "exhausted_at": "2026-11-24T10:20:00Z",
                    "reported_at": "2026-11-24T09:15:30Z"},
                  "unified-7d": {"used_ratio": 0.1, "status": "good", "binding": false,
                    "reported_at": "2026-11-24T09:15:30Z"}}}}
                """));
        assertThat(gateway.exporter().text()).endsWith("""

                🤖 Anthropic API - Subscription org-a
                unified-5h: 75% 🟡
                unified-5h will run out in 1 h 4 min, at 10:20 UTC, 40 min before the reset.
                unified-7d: 10% 🟢
                """);
        String page = page();
        assertThat(text(page, "subscription-anthropic-org-a-unified-5h"))
                .contains(
                        "Limits calls now",
                        "75% Warning",
                        "25% left",
                        "allowed, as of 09:15 UTC",
                        "Will run out in 1 h 4 min, at 10:20 UTC, 40 min before the reset.");
        assertThat(text(page, "subscription-anthropic-org-a-unified-7d"))
                .contains("Used", "10% Good", "90% left", "Not enough data for a forecast.")
                .doesNotContain("allowed");
        assertThat(page)
                .contains("Organization org-a", "resets in 1 h 44 min (11:00 UTC)", "reset unknown")
                .contains(
                        "Anthropic API, subscription, unified-5h</bdi></a>: <bdi>25% left (75% used); will run out in")
                .contains("8 quotas: 1 in warning, ")
                .containsOnlyOnce("id=\"subscription-anthropic-org-a\"");
    }

    @Test
    void windowInWarningIsInTheHeadlineBeforeUsageIsRecorded() {
        gateway.provider().next(ofSubscription(FakeResponse.json(429, "{}"), "org-a", "0.75"));
        gateway.post(MESSAGES);
        gateway.awaitMetric(window("used_ratio", "org-a"), "0.75");

        assertThat(page()).contains("<title>Warning - API usage</title>", "1 in warning", "Record the first event");
    }

    @ParameterizedTest
    @CsvSource({
        "0.4996, good,     49.9% Good,      50.1% left, 🟢",
        "0.5,    warning,  50% Warning,     50% left,   🟡",
        "0.8,    warning,  80% Warning,     20% left,   🟡",
        "0.8004, critical, 80.1% Critical,  19.9% left, 🔴",
        "1.0,    critical, 100% Critical,   0% left,    🔴",
        "1.02,   critical, 102% Critical,   2% over,    🔴"
    })
    void numberAndColourAgree(String used, String status, String mark, String left, String emoji) {
        gateway.provider().next(ofSubscription(gateway.message(1, 1), "", used));
        gateway.post(MESSAGES);
        gateway.awaitMetric(window("used_ratio", ""), used);

        assertThat(json().at("/anthropic//unified-5h/status").asText()).isEqualTo(status);
        assertThat(gateway.exporter().text())
                .contains("- Subscription\nunified-5h: " + mark.substring(0, mark.indexOf(' ')) + " " + emoji + "\n");
        assertThat(text(page(), "subscription-anthropic--unified-5h")).contains(mark, left);
    }

    @Test
    void goodIsUnknownADayAfterTheLastResponse() {
        gateway.provider()
                .next(FakeResponse.json(429, "{}")
                        .header("anthropic-ratelimit-unified-7d-utilization", "0.1")
                        .header("anthropic-ratelimit-unified-7d-reset", "1795856400"));
        gateway.post(MESSAGES);
        gateway.awaitMetric(window("used_ratio", "").replace("5h", "7d"), "0.1");
        gateway.clock().advance(Duration.ofDays(1));

        assertThat(gateway.exporter().text()).contains("unified-7d: 10% ⚪\n");
        assertThat(text(page(), "subscription-anthropic--unified-7d"))
                .contains("10% Unknown", "as of Tue 24 Nov, 09:15 UTC");
    }
}
