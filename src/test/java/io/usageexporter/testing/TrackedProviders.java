package io.usageexporter.testing;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * Fakes of both providers with accounts that can be polled, so that an exporter has every kind of tracked data. Its
 * figures are of today.
 */
public final class TrackedProviders implements AutoCloseable {
    private final FakeProvider provider = new FakeProvider();

    public TrackedProviders() throws IOException {
        Instant today = Instant.now().truncatedTo(ChronoUnit.DAYS);
        LocalDate date = LocalDate.ofInstant(today, ZoneOffset.UTC);
        provider.on(
                "POST",
                "/v1/messages",
                FakeResponse.sample("anthropic/messages-response-cached.json")
                        .header("request-id", "req_1")
                        .header("anthropic-ratelimit-requests-limit", "1000")
                        .header("anthropic-ratelimit-requests-remaining", "997")
                        .header(
                                "anthropic-ratelimit-requests-reset",
                                today.plus(Duration.ofDays(2)).toString())
                        .header("anthropic-ratelimit-unified-representative-claim", "five_hour")
                        .header("anthropic-ratelimit-unified-5h-utilization", "0.9")
                        .header("anthropic-ratelimit-unified-5h-status", "allowed_warning")
                        .header("anthropic-ratelimit-unified-5h-reset", epochSecond(Duration.ofHours(1)))
                        .header("anthropic-ratelimit-unified-7d-utilization", "0.4")
                        .header("anthropic-ratelimit-unified-7d-status", "allowed")
                        .header("anthropic-ratelimit-unified-7d-reset", epochSecond(Duration.ofDays(3))),
                FakeResponse.sample("anthropic/error-529-overloaded.json").statusLine("HTTP/1.1 529 "));
        provider.on("GET", "/v1/organizations/analytics/usage", FakeResponse.json(200, """
                {"data": [{"starting_at": "%s", "ending_at": "%s", "group": {"model": "claude-sonnet-5-5"},
                  "usage": {"uncached_input_tokens": 1200, "output_tokens": 300, "cache_read_input_tokens": 0,
                            "requests": 4, "total_tokens": 1500}}],
                 "has_more": false, "next_page": null}
                """.formatted(
                        today, today.plus(Duration.ofDays(1)))));
        provider.on("GET", "/v1/organizations/analytics/cost", FakeResponse.json(200, """
                {"data": [{"starting_at": "%s", "ending_at": "%s", "group": {"model": "claude-sonnet-5-5"},
                  "cost": {"amount": "123.45", "list_amount": "130", "currency": "USD"}}],
                 "has_more": false, "next_page": null}
                """.formatted(
                        today, today.plus(Duration.ofDays(1)))));
        provider.on("GET", "/v2/users/me/limits", FakeResponse.json(200, """
                {"data": {"monthlyUsageCycle": {"startAt": "%s", "endAt": "%s"},
                  "limits": {"maxMonthlyActorComputeUnits": 1000, "maxMonthlyUsageUsd": 300},
                  "current": {"monthlyActorComputeUnits": 12.5, "monthlyUsageUsd": 2.7}}}
                """.formatted(
                        date.withDayOfMonth(1).atStartOfDay(ZoneOffset.UTC).toInstant(),
                        date.withDayOfMonth(1)
                                .plusMonths(1)
                                .atStartOfDay(ZoneOffset.UTC)
                                .toInstant()
                                .minusMillis(1))));
        provider.on("GET", "/v2/users/me/usage/monthly", FakeResponse.json(200, """
                {"data": {"monthlyServiceUsage": {"ACTOR_COMPUTE_UNITS": {"quantity": 12.5}}, "dailyServiceUsages": [
                  {"date": "%s", "serviceUsage": {"ACTOR_COMPUTE_UNITS": {"quantity": 2.5}}, "totalUsageCreditsUsd": 0.5}],
                  "totalUsageCreditsUsdBeforeVolumeDiscount": 2.7, "totalUsageCreditsUsdAfterVolumeDiscount": 2.5}}
                """.formatted(today)));
        provider.on("GET", "/v2/actor-runs", FakeResponse.json(200, """
                {"data": {"total": 0, "offset": 0, "limit": 1000, "count": 0, "desc": true, "items": []}}
                """));
    }

    /** How often the account of a provider was polled, whose exporters have this fake alone. */
    public long polls() {
        return provider.exchanges().stream()
                .filter(exchange -> exchange.path().equals("/v2/users/me/limits"))
                .count();
    }

    private static String epochSecond(Duration ahead) {
        return Long.toString(Instant.now().plus(ahead).getEpochSecond());
    }

    /** Refuses to report Anthropic's costs. */
    public void refuseCosts() {
        for (String report : List.of("analytics/cost", "cost_report")) {
            provider.on("GET", "/v1/organizations/" + report, FakeResponse.json(403, "{}"));
        }
    }

    /** Writes a configuration that tracks both, with the built-in limits, and a consumer with limits of its own. */
    public Path config(Path folder) throws IOException {
        return Files.writeString(
                folder.resolve("tracked.yml"), """
                providers:
                  anthropic:
                    limits: {daily: {requests: 1000, tokens: 1000000}, monthly: {requests: 30000, tokens: 30000000}}
                %s
                  apify:
                    limits: {daily: {compute_units: 100}, monthly: {compute_units: 3000}}
                %s
                consumers:
                  growth: {display_name: Growth, limits: {anthropic: {daily: {requests: 3}, monthly: {tokens: 200000}}}}
                """.formatted(anthropicKeys(folder), apifyKeys(folder)));
    }

    /** The configuration of gateway and polls of Anthropic, indented by four. */
    public String anthropicKeys(Path folder) throws IOException {
        return keys(folder, "admin_key_file");
    }

    /** The same of Apify. */
    public String apifyKeys(Path folder) throws IOException {
        return keys(folder, "token_file");
    }

    private String keys(Path folder, String key) throws IOException {
        Path secret = Files.writeString(folder.resolve(key), "secret");
        return "    gateway: {upstream: '%s'}\n    poll: {%s: '%s'}\n".formatted(provider.url(), key, secret);
    }

    /** Sends calls through an exporter's gateway, of which the last fails, and waits until both accounts are polled. */
    public void use(Http exporter) {
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> response = exporter.post(
                    "/gateway/anthropic/@growth/v1/messages", "application/json", "{\"model\": \"claude\"}");
            if (response.statusCode() != 200 && response.statusCode() != 529) {
                throw new AssertionError(response.body());
            }
        }
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
            String scrape = exporter.get("/metrics").body();
            return scrape.contains("usage_exporter_poll_success{provider=\"anthropic\"} 1")
                    && scrape.contains("usage_exporter_poll_success{provider=\"apify\"} 1");
        });
    }

    @Override
    public void close() throws IOException {
        provider.close();
    }
}
