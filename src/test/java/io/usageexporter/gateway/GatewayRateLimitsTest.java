package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.Samples;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rate limits that responses report. */
class GatewayRateLimitsTest {
    @RegisterExtension
    private final GatewayExtension gateway = new GatewayExtension();

    private static FakeResponse withLimits(FakeResponse response, String remaining, String reset) {
        return response.header("anthropic-ratelimit-requests-limit", "50")
                .header("anthropic-ratelimit-requests-remaining", remaining)
                .header("anthropic-ratelimit-requests-reset", reset);
    }

    private static String rateLimit(String name, String model) {
        return "api_ratelimit_" + name + "{limit=\"requests\",model=\"" + model + "\",provider=\"anthropic\"}";
    }

    @Test
    void rateLimitsBelongToTheModelThatResponded() {
        gateway.provider()
                .next(withLimits(
                        FakeResponse.json(200, "{\"model\":\"claude-answered\",\"usage\":{}}"),
                        "49",
                        "2026-11-24T09:16:00Z"));
        gateway.post(MESSAGES);

        gateway.awaitMetric(rateLimit("remaining", "claude-answered"), "49");
        assertThat(gateway.metric(rateLimit("limit", "claude-answered"))).isEqualByComparingTo("50");
        assertThat(gateway.metric(rateLimit("reset_timestamp_seconds", "claude-answered")))
                .isEqualByComparingTo("1795511760");
        gateway.clock().advance(Duration.ofMinutes(1));
        assertThat(gateway.exporter().metrics()).doesNotContainKey(rateLimit("limit", "claude-answered"));
    }

    @Test
    void rateLimitsOfARejectedCallBelongToTheRequestedModel() {
        gateway.provider()
                .next(withLimits(
                        FakeResponse.json(429, Samples.text("anthropic/error-429-rate-limit.json")),
                        "0",
                        "2026-11-24T09:15:39Z"));
        gateway.post(MESSAGES);

        gateway.awaitMetric(rateLimit("limit", "claude-asked"), "50");
        assertThat(gateway.exporter().metric(rateLimit("remaining", "claude-asked")))
                .isEqualByComparingTo("0");
    }

    @Test
    void rateLimitsOfACallWithoutModelAreReported() {
        gateway.provider().next(withLimits(FakeResponse.json(200, "{\"data\":[]}"), "3", "2026-11-24T09:16:00Z"));
        gateway.get("/gateway/anthropic/v1/models");

        gateway.awaitMetric(rateLimit("remaining", ""), "3");
    }

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
}
