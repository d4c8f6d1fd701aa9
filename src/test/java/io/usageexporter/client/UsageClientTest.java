package io.usageexporter.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.TokenKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What reaches the exporter, and when. */
class UsageClientTest extends UsageClientTestBase {
    @Test
    void recordsAmountsTokenKindsAndVerbatimUsage() {
        client.record(UsageRecord.of("apify").category("tiktok").amount("compute_units", 0.1f));
        client.batch(List.of(
                RECORD.model("claude-sonnet-4-5").tokens(TokenKind.INPUT, 1200).tokens(TokenKind.OUTPUT, 800L),
                RECORD.amount("requests", 2).amount("tokens", 100),
                RECORD.usage("{\"input_tokens\": 57,\n \"output_tokens\": 203, \"a_new_field\": [null]}")));

        assertThat(client.flush(LONG)).isZero();
        JsonNode used = exporter.usage().get("used");
        assertThat(used.at("/apify/daily/compute_units").asText()).isEqualTo("0.1");
        assertThat(used.at("/anthropic/daily/requests").asInt()).isEqualTo(4);
        assertThat(used.at("/anthropic/daily/tokens").asInt()).isEqualTo(2360);
        assertThat(
                        exporter.metric(
                                "api_usage_tokens_total{category=\"recommendations\",kind=\"input\",model=\"claude-sonnet-4-5\",provider=\"anthropic\"}"))
                .isEqualByComparingTo("1200");
    }

    @Test
    void countsAtTheTimeOfUsageNotOfDelivery() {
        relay.otherwise(Relay.respond(503));
        client.record(RECORD.amount("requests", 0).amount("tokens", 5).at(Instant.parse("2026-11-23T12:00:00Z")));
        client.record(RECORD);
        Awaitility.await().until(() -> !relay.requests().isEmpty());
        clock.advance(Duration.ofSeconds(1));
        relay.otherwise(relay::pass);

        assertThat(client.flush(LONG)).isZero();
        assertThat(requests()).isZero();
        assertThat(exporter.usageAt("2026-11-24T00:00:00Z")
                        .at("/used/anthropic/daily/requests")
                        .asInt())
                .isEqualTo(1);
        assertThat(exporter.usageAt("2026-11-23T00:00:00Z")
                        .at("/used/anthropic/daily/tokens")
                        .asInt())
                .isEqualTo(5);
    }

    @Test
    void countsOnceWhenTheResponseIsLost() {
        relay.then(relay::passAndHangUp).then(relay::hangUp).then(relay::passAndHangUp);
        client.record(RECORD);

        assertThat(client.flush(LONG)).isZero();
        assertThat(requests()).isEqualTo(1);
        assertThat(relay.requests()).hasSize(4);
        assertThat(relay.requests().stream().map(Relay.Request::body).distinct())
                .hasSize(1);
        assertThat(exporter.metric("usage_exporter_events_duplicate_total{source=\"api\"}"))
                .isEqualByComparingTo("2");
    }

    @Test
    void countsOnceWhenTheResponseTimesOut() {
        replaceClient(settings().timeout(Duration.ofMillis(300)));
        relay.then((request, exchange) -> {
            exporter.record(request.body());
            relay.stall(request, exchange);
        });
        relay.then(relay::trickle);
        client.record(RECORD);

        assertThat(client.flush(LONG)).isZero();
        assertThat(requests()).isEqualTo(1);
        assertThat(relay.requests()).hasSize(3);
        assertThat(logged.messages()).first(STRING).contains("WARNING", "no response in time; ", "1 queued");
    }

    @Test
    void keepsEventsWhenAProxyResponds() {
        List<Integer> statuses = List.of(200, 204, 302, 400, 401, 403, 404, 408, 409, 418, 429, 500, 502, 503);
        for (int status : statuses) {
            relay.then(Relay.respond(status, "<html>sorry</html>", Map.of("Content-Type", "text/html")));
        }
        client.record(RECORD);

        assertThat(client.flush(LONG)).isZero();
        assertThat(requests()).isEqualTo(1);
        assertThat(relay.requests()).hasSize(statuses.size() + 1);
        assertThat(logged.messages())
                .containsExactly(
                        "WARNING " + relay.url()
                                + " accepted no events: responded with status 200; check that the exporter"
                                + " is at this url, which must not include /api/usage; 1 queued for retry",
                        "INFO " + relay.url() + " accepts events again");
    }

    @Test
    void treatsAConflictingIdAsDelivered() {
        client.record(withId("a", 1));
        assertThat(client.flush(LONG)).isZero();
        client.batch(List.of(withId("b", 1), withId("a", 2), withId("c", 1), withId("c", 2), withId("b", 1)));

        assertThat(client.flush(LONG)).isZero();
        assertThat(client.dropped()).isZero();
        assertThat(requests()).isEqualTo(3);
        assertThat(exporter.usage().at("/used/anthropic/daily/tokens").asInt()).isEqualTo(3);
        assertThat(logged.messages()).singleElement(STRING).contains("WARNING an event was recorded before");
    }

    @Test
    void sendsLargeEventsInSeveralBatches() {
        String large = "{\"input_tokens\": 1, \"x\": \"" + "x".repeat(700_000) + "\"}";
        relay.then(Relay.respond(503));
        client.batch(IntStream.range(0, 5).mapToObj(i -> RECORD.usage(large)).toList());

        assertThat(client.flush(LONG)).isZero();
        assertThat(requests()).isEqualTo(5);
        assertThat(relay.requests()).allMatch(request -> request.body().length() <= 1 << 20);
    }

    @Test
    void recordingDoesNotWaitForTheExporter() {
        relay.otherwise(relay::stall);
        long start = System.nanoTime();
        for (int i = 0; i < 10_000; i++) {
            client.record(RECORD);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG.dividedBy(2));
        assertThat(client.waiting()).isEqualTo(10_000);
        assertThat(client.dropped()).isZero();
    }

    @Test
    void waitsAsLongAsRetryAfterRequests() {
        relay.then(Relay.respond(503, "", Map.of("Retry-After", "1")));
        client.record(RECORD);
        Awaitility.await().until(() -> !relay.requests().isEmpty());

        assertThat(client.flush(LONG)).isZero();
        long delay = relay.requests().get(1).nanos() - relay.requests().get(0).nanos();
        assertThat(Duration.ofNanos(delay)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(10));
    }

    @Test
    void sendsPathPrefixAndPasswordButDoesNotLogThem() throws Exception {
        replaceClient(settings().url("http://us%20er:se%3Acr%40et@127.0.0.1:" + relay.port() + "/some/prefix/"));
        relay.then(Relay.respond(401));
        client.record(RECORD);

        assertThat(client.flush(LONG)).isZero();
        client.summary();
        assertThat(requests()).isEqualTo(1);
        assertThat(relay.requests())
                .hasSize(3)
                .allMatch(request -> request.path().equals("/some/prefix/api/usage"))
                .allMatch(request -> "Basic dXMgZXI6c2U6Y3JAZXQ=".equals(request.authorization()));
        assertThat(logged.messages())
                .contains("INFO " + relay.url() + "/some/prefix accepts events again")
                .noneMatch(line -> line.contains("cr%40et") || line.contains("cr@et"));
    }
}
