package io.usageexporter.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.TokenKind;
import io.usageexporter.testing.LogCapture;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client of a real exporter, with a relay in between that can misbehave. */
class UsageClientTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final UsageRecord USE = UsageRecord.of("anthropic").category("recommendations");

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock("2026-11-24T23:59:59Z");
    private final LogCapture logged = new LogCapture(UsageClient.class.getName());
    private TestExporter exporter;
    private Relay relay;
    private UsageClient client;

    @BeforeEach
    void start() throws Exception {
        exporter = new TestExporter(folder.resolve("usage.db"), null, clock);
        relay = new Relay(exporter.http());
        client = settings().build();
    }

    private UsageClientBuilder settings() {
        return UsageClient.builder()
                .url(relay.url())
                .clock(clock)
                .timeout(LONG)
                .retryDelays(Duration.ofMillis(1), Duration.ofMillis(20));
    }

    /** Replaces the client by one with other settings. */
    private void use(UsageClientBuilder settings) {
        client.close();
        client = settings.build();
    }

    @AfterEach
    void stop() throws Exception {
        client.close(Duration.ZERO);
        relay.close();
        exporter.close();
        logged.close();
    }

    private int requests() {
        return exporter.usage().at("/used/anthropic/daily/requests").asInt();
    }

    private static UsageRecord withId(String id, int tokens) {
        return USE.id(id).amount("tokens", tokens);
    }

    private static List<UsageRecord> uses(int count) {
        return IntStream.range(0, count).mapToObj(i -> withId("use-" + i, 1)).toList();
    }

    @Test
    void recordsAmountsTokenKindsAndVerbatimUsage() {
        client.record(UsageRecord.of("apify").category("tiktok").amount("compute_units", 0.1f));
        client.batch(List.of(
                USE.model("claude-sonnet-4-5").tokens(TokenKind.INPUT, 1200).tokens(TokenKind.OUTPUT, 800L),
                USE.amount("requests", 2).amount("tokens", 100),
                USE.usage("{\"input_tokens\": 57,\n \"output_tokens\": 203, \"a_new_field\": [null]}")));

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
        client.record(USE.amount("requests", 0).amount("tokens", 5).at(Instant.parse("2026-11-23T12:00:00Z")));
        client.record(USE);
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
        client.record(USE);

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
        use(settings().timeout(Duration.ofMillis(300)));
        relay.then((request, exchange) -> {
            exporter.record(request.body());
            relay.stall(request, exchange);
        });
        relay.then(relay::trickle);
        client.record(USE);

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
        client.record(USE);

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
    void invalidInputNeverThrows() {
        var broken = new AbstractCollection<UsageRecord>() {
            @Override
            public Iterator<UsageRecord> iterator() {
                throw new IllegalStateException("broken\ncollection");
            }

            @Override
            public int size() {
                return 1;
            }
        };
        client.record(null);
        client.batch(null);
        client.batch(broken);
        client.batch(Arrays.asList(null, USE, null));
        client.batch(List.of());
        client.record(UsageRecord.of(null));
        client.record(USE.amount("requests", Double.NaN));
        client.record(USE.id("x".repeat(1000)));
        client.record(USE.category("half a \ud83e pair"));
        client.record(USE.usage("{\"input_tokens\": 1}}"));

        assertThat(client.flush(LONG)).isEqualTo(10);
        assertThat(requests()).isEqualTo(1);
        assertThat(logged.messages())
                .hasSize(7)
                .startsWith("WARNING dropped 1 event: it is null (1 dropped in total)")
                .doesNotHaveDuplicates();
    }

    @Test
    void worksThoughLoggingThrows() {
        logged.breakDown();
        relay.then(Relay.respond(500));
        client.record(null);
        client.record(USE);

        assertThat(client.flush(LONG)).isEqualTo(1);
        assertThat(requests()).isEqualTo(1);
    }

    @Test
    void dropsOnlyTheInvalidEventsOfABatch() {
        var uses = new ArrayList<UsageRecord>(uses(10));
        uses.set(3, USE.amount("tiles", 1));
        uses.set(7, USE.at(clock.instant().minus(Duration.ofDays(41))));
        relay.then(Relay.respond(503)); // so that they form one batch
        client.batch(uses);

        assertThat(client.flush(LONG)).isEqualTo(2);
        assertThat(client.flush(LONG)).isZero();
        assertThat(client.dropped()).isEqualTo(2);
        assertThat(client.waiting()).isZero();
        assertThat(requests()).isEqualTo(8);
        assertThat(logged.messages())
                .filteredOn(line -> line.contains("dropped"))
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("WARNING dropped 1 event: usage.tiles: anthropic does not count this"),
                        line -> assertThat(line).startsWith("WARNING dropped 1 event: at must be from 40 days back"));
    }

    @Test
    void findsAndDropsAnEventThatBreaksItsBatch() {
        var uses = new ArrayList<UsageRecord>(uses(20));
        String deep = "{\"input_tokens\": 1, \"x\": " + "[".repeat(40) + "]".repeat(40) + "}";
        uses.set(13, USE.usage(deep));
        client.batch(uses);

        assertThat(client.flush(LONG)).isEqualTo(1);
        assertThat(requests()).isEqualTo(19);
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
    void halvesABatchThatIsTooLarge() {
        int most = 500;
        relay.otherwise((request, exchange) -> {
            if (request.body().length() > most) {
                Relay.respond(413).with(request, exchange);
            } else {
                relay.pass(request, exchange);
            }
        });
        var uses = new ArrayList<UsageRecord>(uses(50));
        uses.set(20, USE.id("large").usage("{\"input_tokens\": 1, \"x\": \"" + "x".repeat(most) + "\"}"));
        client.batch(uses);

        assertThat(client.flush(LONG)).isEqualTo(1);
        assertThat(requests()).isEqualTo(49);
    }

    @Test
    void doesNotSendAnEventThatNoExporterAccepts() {
        client.record(USE.usage("{\"input_tokens\": 1, \"x\": \"" + "x".repeat(1 << 20) + "\"}"));

        assertThat(client.flush(LONG)).isEqualTo(1);
        assertThat(relay.requests()).isEmpty();
    }

    @Test
    void sendsLargeEventsInSeveralBatches() {
        String large = "{\"input_tokens\": 1, \"x\": \"" + "x".repeat(700_000) + "\"}";
        relay.then(Relay.respond(503));
        client.batch(IntStream.range(0, 5).mapToObj(i -> USE.usage(large)).toList());

        assertThat(client.flush(LONG)).isZero();
        assertThat(requests()).isEqualTo(5);
        assertThat(relay.requests()).allMatch(request -> request.body().length() <= 1 << 20);
    }

    @Test
    void dropsEventsWhenTheQueueIsFull() {
        use(settings().maxQueue(3));
        relay.otherwise(relay::stall);
        client.batch(uses(10));

        assertThat(client.waiting()).isEqualTo(3);
        assertThat(client.dropped()).isEqualTo(7);
        assertThat(client.flush(Duration.ZERO)).isEqualTo(3 + 7);
        assertThat(client.flush(Duration.ofMillis(1))).isEqualTo(3);
        assertThat(logged.messages()).singleElement(STRING).contains("WARNING dropped 1 event: the queue is full");
    }

    @Test
    void recordingDoesNotWaitForTheExporter() {
        relay.otherwise(relay::stall);
        long start = System.nanoTime();
        for (int i = 0; i < 10_000; i++) {
            client.record(USE);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG.dividedBy(2));
        assertThat(client.waiting()).isEqualTo(10_000);
        assertThat(client.dropped()).isZero();
    }

    @Test
    void waitsAsLongAsRetryAfterRequests() {
        relay.then(Relay.respond(503, "", Map.of("Retry-After", "1")));
        client.record(USE);
        Awaitility.await().until(() -> !relay.requests().isEmpty());

        assertThat(client.flush(LONG)).isZero();
        long rest = relay.requests().get(1).nanos() - relay.requests().get(0).nanos();
        assertThat(Duration.ofNanos(rest)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(10));
    }

    @Test
    void flushCutsALongDelayShort() {
        use(settings().retryDelays(Duration.ofHours(1), Duration.ofHours(1)));
        relay.then(Relay.respond(503));
        client.record(USE);
        Awaitility.await().until(() -> logged.messages().size() == 1);

        Awaitility.await().until(() -> client.flush(Duration.ofMillis(100)) == 0);
        assertThat(requests()).isEqualTo(1);
    }

    @Test
    void flushWaitsOnlyForEarlierEvents() throws Exception {
        use(settings().batchSize(1));
        var goOn = new CountDownLatch(1);
        relay.then((request, exchange) -> {
            await(goOn);
            relay.pass(request, exchange);
        });
        relay.otherwise(relay::stall);
        client.record(withId("before", 1));
        var flushed = new FutureTask<>(() -> client.flush(LONG));
        var flusher = new Thread(flushed);
        flusher.start();
        Awaitility.await().until(() -> flusher.getState() == Thread.State.TIMED_WAITING);
        client.record(withId("after", 1));
        goOn.countDown();

        assertThat(flushed.get()).isZero();
        assertThat(client.flush(Duration.ZERO)).isEqualTo(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void interruptEndsFlushAndCloseAndIsKept() {
        relay.otherwise(relay::stall);
        client.record(USE);
        Thread.currentThread().interrupt();

        assertThat(client.flush(LONG)).isEqualTo(1);
        assertThat(client.close(LONG)).isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(senders()).isEmpty();
    }

    @Test
    void closeEndsInTimeAndReportsLostEvents() {
        relay.otherwise(relay::stall);
        client.batch(uses(5));
        long start = System.nanoTime();

        assertThat(client.close(Duration.ofMillis(100))).isEqualTo(5);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(senders()).isEmpty();
        assertThat(client.dropped()).isEqualTo(5);
        assertThat(client.close(LONG)).isZero();
        assertThat(logged.messages()).singleElement(STRING).contains("WARNING dropped 5 events: the client was closed");
    }

    @Test
    void closeDeliversAndEndsTheThread() {
        client.batch(uses(1000));
        client.close();

        assertThat(requests()).isEqualTo(1000);
        assertThat(senders()).isEmpty();
        client.record(USE);
        assertThat(client.dropped()).isEqualTo(1);
        assertThat(client.flush(LONG)).isEqualTo(1);
        assertThat(logged.messages()).singleElement(STRING).contains("WARNING dropped 1 event: the client is closed");
    }

    private static List<String> senders() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.equals("usage-client"))
                .toList();
    }

    @Test
    void sendsPathPrefixAndPasswordButDoesNotLogThem() throws Exception {
        use(settings().url("http://us%20er:se%3Acr%40et@127.0.0.1:" + relay.port() + "/some/prefix/"));
        relay.then(Relay.respond(401));
        client.record(USE);

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
