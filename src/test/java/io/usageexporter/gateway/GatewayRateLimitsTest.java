package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.Samples;
import java.time.Duration;
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
}
