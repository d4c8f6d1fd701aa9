package io.usageexporter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.testing.FakeApi;
import io.usageexporter.testing.FakeApi.Deed;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** An exporter in this process whose gateway leads to a fake API, which answers each call as a message of its own. */
final class Gate implements AutoCloseable {
    static final String MESSAGES = "/gateway/anthropic/v1/messages";
    static final String REQUEST = "{\"model\":\"claude-asked\",\"max_tokens\":9,\"messages\":[]}";

    private final HttpClient client = HttpClient.newHttpClient();
    private final SettableClock clock = new SettableClock("2026-11-24T09:15:00Z");
    private final AtomicInteger messages = new AtomicInteger();
    private final FakeApi api = new FakeApi(message(10, 5));
    private final Path config;
    private final TestExporter exporter;

    /**
     * Starts both.
     *
     * @param anthropic keys of the provider besides its gateway's upstream, in braces
     * @param apify likewise
     */
    Gate(Path folder, String anthropic, String apify) throws Exception {
        config = folder.resolve("usage.yml");
        configure(anthropic, apify);
        exporter = new TestExporter(folder.resolve("usage.db"), config, clock);
    }

    private void configure(String anthropic, String apify) throws IOException {
        Files.writeString(
                config,
                "providers:\n  anthropic: %s\n  apify: %s\n"
                        .formatted(anthropic, apify)
                        .replace("UPSTREAM", "upstream: '" + api.uri() + "'"));
    }

    /** Has the exporter take over another configuration. */
    void reload(String anthropic, String apify) throws Exception {
        configure(anthropic, apify);
        exporter.application().reload();
    }

    /** Responds with a message that no caller has got before. */
    Deed message(int input, int output) {
        return exchange -> {
            int number = messages.incrementAndGet();
            FakeApi.answer(
                            200,
                            """
                            {"id": "msg_%d", "type": "message", "model": "claude-answered", "content": [],
                             "usage": {"input_tokens": %d, "output_tokens": %d}}""".formatted(number, input, output),
                            Map.of("content-type", "application/json", "request-id", "req_" + number))
                    .with(exchange);
        };
    }

    SettableClock clock() {
        return clock;
    }

    FakeApi api() {
        return api;
    }

    TestExporter exporter() {
        return exporter;
    }

    HttpResponse<String> post(String path, String... headers) {
        return postAsync(path, headers).join();
    }

    CompletableFuture<HttpResponse<String>> postAsync(String path, String... headers) {
        return sendAsync("POST", path, REQUEST, headers);
    }

    HttpResponse<String> get(String path) {
        return exporter.http().get(path);
    }

    CompletableFuture<HttpResponse<String>> sendAsync(String method, String path, String body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(exporter.http().uri(path)).method(method, BodyPublishers.ofString(body));
        return client.sendAsync(
                (headers.length == 0 ? request : request.headers(headers)).build(), BodyHandlers.ofString());
    }

    /** What today's quota of a resource of Anthropic's has used. */
    BigDecimal used(String resource) {
        JsonNode used = exporter.usage().at("/used/anthropic/daily/" + resource);
        return new BigDecimal(used.asText());
    }

    void awaitUsed(String resource, int amount) {
        Awaitility.await()
                .untilAsserted(() -> assertThat(used(resource)).isEqualByComparingTo(Integer.toString(amount)));
    }

    /** Waits until so much is used, and the calls that used it are no more in flight. */
    void awaitCounted(String resource, int amount) {
        awaitUsed(resource, amount);
        // Is answered by the thread that counts, after what it had to do before.
        assertThat(exporter.record("{\"provider\":\"apify\",\"usage\":{\"compute_units\":0}}")
                        .statusCode())
                .isEqualTo(200);
    }

    /** Waits until a series has a value; one that is not there counts as 0. */
    void awaitMetric(String series, String value) {
        Awaitility.await()
                .untilAsserted(() -> assertThat(metric(series)).as(series).isEqualByComparingTo(value));
    }

    BigDecimal metric(String series) {
        return exporter.metrics().getOrDefault(series, BigDecimal.ZERO);
    }

    @Override
    public void close() throws LedgerException {
        exporter.close();
        api.close();
    }
}
