package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import io.usageexporter.testing.TestLedger;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits of two exporters that share a ledger and reject calls once a quota is used up. */
class SharedLimitsTest {
    private static final int LIMIT = 20;
    private static final String GROWTH = "/gateway/anthropic/@growth/v1/messages";

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock("2026-11-24T09:15:30Z");
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger messages = new AtomicInteger();
    private FakeProvider provider;
    private TestExporter one;
    private TestExporter other;

    @BeforeEach
    void start() throws Exception {
        provider = new FakeProvider();
        provider.on(exchange -> true, exchange -> message());
        Path config = Files.writeString(folder.resolve("usage.yml"), """
                providers:
                  anthropic:
                    limits: {daily: {requests: %d, tokens: 1000}}
                    resources: [requests, tokens]
                    gateway: {upstream: '%s', on_exhausted: reject}
                consumers:
                  growth: {limits: {anthropic: {daily: {requests: 3}}}}
                """.formatted(LIMIT, provider.url()));
        LedgerAddress ledger = TestLedger.shared();
        one = new TestExporter(ledger, config, null, clock);
        other = new TestExporter(ledger, config, null, clock);
    }

    @AfterEach
    void stop() throws Exception {
        one.close();
        other.close();
        provider.close();
    }

    private FakeResponse message() {
        int number = messages.incrementAndGet();
        return FakeResponse.json(200, """
                {"id": "msg_%d", "type": "message", "model": "claude-answered", "content": [],
                 "usage": {"input_tokens": 10, "output_tokens": 5}}""".formatted(number)).header("request-id", "req_" + number);
    }

    private CompletableFuture<Integer> call(TestExporter exporter, String path) {
        HttpRequest request = HttpRequest.newBuilder(exporter.http().uri(path))
                .POST(BodyPublishers.ofString("{\"model\":\"claude-asked\",\"max_tokens\":9,\"messages\":[]}"))
                .build();
        return client.sendAsync(request, BodyHandlers.discarding()).thenApply(HttpResponse::statusCode);
    }

    private int post(TestExporter exporter, String path) {
        return call(exporter, path).join();
    }

    private List<CompletableFuture<Integer>> calls(int count, TestExporter exporter) {
        var calls = new ArrayList<CompletableFuture<Integer>>();
        for (int i = 0; i < count; i++) {
            calls.add(call(exporter, MESSAGES));
        }
        return calls;
    }

    private static long passed(List<CompletableFuture<Integer>> calls) {
        return calls.stream().filter(call -> call.join() == 200).count();
    }

    private static int used(TestExporter exporter, String path) {
        return exporter.usage().at(path).asInt();
    }

    private static void awaitUsed(TestExporter exporter, int requests) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> used(exporter, "/used/anthropic/daily/requests") == requests);
    }

    @Test
    void callsThroughOneCountAtAllWithinASecond() {
        for (int calls = 1; calls <= LIMIT; calls++) {
            TestExporter caller = calls % 2 == 0 ? one : other;
            assertThat(post(caller, MESSAGES)).isEqualTo(200);
            awaitUsed(caller, calls);
            long counted = System.nanoTime();
            awaitUsed(caller == one ? other : one, calls);
            assertThat(Duration.ofNanos(System.nanoTime() - counted)).isLessThan(Duration.ofSeconds(1));
        }

        assertThat(post(one, MESSAGES)).isEqualTo(429);
        assertThat(post(other, MESSAGES)).isEqualTo(429);
        assertThat(provider.exchanges()).hasSize(LIMIT);
    }

    @Test
    void quotaOfAConsumerIsThatOfItsCallsThroughAll() {
        assertThat(post(one, GROWTH)).isEqualTo(200);
        awaitUsed(other, 1);
        assertThat(post(other, GROWTH)).isEqualTo(200);
        awaitUsed(one, 2);
        assertThat(post(one, GROWTH)).isEqualTo(200);
        awaitUsed(other, 3);

        assertThat(post(one, GROWTH)).isEqualTo(429);
        assertThat(post(other, GROWTH)).isEqualTo(429);
        assertThat(post(other, MESSAGES)).isEqualTo(200);
    }

    /** Each exporter knows its own calls in flight, but not those of the other. */
    @Test
    void callsInFlightExceedTheLimitByThoseOfTheOtherExporterAtMost() {
        var released = new Semaphore(0);
        provider.on(exchange -> true, exchange -> message().startsOn(released));

        List<CompletableFuture<Integer>> all = calls(3 * LIMIT, one);
        all.addAll(calls(3 * LIMIT, other));
        Awaitility.await()
                .until(() -> all.stream().filter(CompletableFuture::isDone).count() == 4 * LIMIT);
        released.release(2 * LIMIT);

        assertThat(passed(all)).isEqualTo(2 * LIMIT);
        awaitUsed(one, 2 * LIMIT);
        awaitUsed(other, 2 * LIMIT);
        assertThat(passed(calls(LIMIT, one)) + passed(calls(LIMIT, other))).isZero();
        assertThat(provider.exchanges()).hasSize(2 * LIMIT);
    }

    /** What is seen of the other's commits limits further: with few at a time, little passes beyond the limit. */
    @Test
    void callsThatEndMeanwhileExceedTheLimitByThoseOfASecondAtMost() {
        int atATime = 2;
        int passed = 0;
        long lastPassed = 0;
        for (int round = 0; round < 4 * LIMIT; round++) {
            List<CompletableFuture<Integer>> calls = calls(atATime, one);
            calls.addAll(calls(atATime, other));
            long now = passed(calls);
            passed += (int) now;
            if (passed >= LIMIT && lastPassed == 0) {
                lastPassed = System.nanoTime();
            }
            if (now > 0 && lastPassed != 0) {
                assertThat(Duration.ofNanos(System.nanoTime() - lastPassed)).isLessThan(Duration.ofSeconds(1));
            }
        }
        assertThat(passed).isBetween(LIMIT, 2 * LIMIT);
        awaitUsed(one, passed);
        awaitUsed(other, passed);
    }

    @Test
    void allShowTheSameSharesForecastsAndStates() {
        for (int i = 0; i < 15; i++) {
            assertThat(post(i % 3 == 0 ? one : other, i % 5 == 0 ? GROWTH : MESSAGES))
                    .isEqualTo(200);
            awaitUsed(one, i + 1);
            awaitUsed(other, i + 1);
            clock.advance(Duration.ofMinutes(30));
        }
        JsonNode shown = shown(one);
        assertThat(shown(other)).isEqualTo(shown);
        assertThat(shown.at("/exhausted_at/anthropic/daily/requests").asText()).startsWith("2026-11-24T");
        assertThat(other.text()).isEqualTo(one.text());
    }

    private static JsonNode shown(TestExporter exporter) {
        ObjectNode usage = (ObjectNode) exporter.usage();
        usage.remove("generated_at");
        return usage;
    }
}
