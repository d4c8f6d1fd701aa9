package io.usageexporter.gateway;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.Folders;
import io.usageexporter.testing.RawHttp;
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
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** For each test a fake provider, and an exporter in this process whose gateway leads to it. */
final class GatewayExtension implements BeforeEachCallback, AfterEachCallback, AutoCloseable {
    static final String MESSAGES = "/gateway/anthropic/v1/messages";
    static final String REQUEST = "{\"model\":\"claude-asked\",\"max_tokens\":9,\"messages\":[]}";
    static final String ANTHROPIC =
            "{limits: {daily: {requests: 1000, tokens: 1000000}, monthly: {requests: 30000, tokens: 30000000}}, "
                    + "gateway: {UPSTREAM}}";
    static final String APIFY =
            "{limits: {daily: {compute_units: 100}, monthly: {compute_units: 3000}}, gateway: {UPSTREAM}}";

    private final String anthropic;
    private final String apify;
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger messages = new AtomicInteger();
    private final SettableClock clock = new SettableClock("2026-11-24T09:15:30Z");
    private boolean respondsWithMessages;
    private @Nullable Path folder;
    private @Nullable FakeProvider provider;
    private @Nullable TestExporter exporter;

    GatewayExtension() {
        this(ANTHROPIC, APIFY);
    }

    /**
     * With other settings of the providers.
     *
     * @param anthropic in YAML's flow style; {@code UPSTREAM} stands for the fake provider's address
     * @param apify in the same style
     */
    GatewayExtension(String anthropic, String apify) {
        this.anthropic = anthropic;
        this.apify = apify;
    }

    /** Adds keys, such as {@code timeout: 1s}, to the settings of both gateways. */
    static GatewayExtension with(String keys) {
        return new GatewayExtension(
                ANTHROPIC.replace("UPSTREAM", "UPSTREAM, " + keys), APIFY.replace("UPSTREAM", "UPSTREAM, " + keys));
    }

    /** With a provider that responds to each request with a message of 10 input and 5 output tokens. */
    GatewayExtension respondingWithMessages() {
        respondsWithMessages = true;
        return this;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        start();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        close();
    }

    /** Starts both, outside the life of a test. */
    GatewayExtension start() throws IOException, InvalidConfigException, LedgerException {
        folder = Files.createTempDirectory("gateway");
        provider = new FakeProvider();
        if (respondsWithMessages) {
            respondWithMessages(10, 5);
        }
        configure(providers(anthropic, apify));
        startExporter();
        return this;
    }

    private void startExporter() throws InvalidConfigException, LedgerException {
        exporter = new TestExporter(ledger(), folder().resolve("usage.yml"), clock);
    }

    private void configure(String yaml) throws IOException {
        Files.writeString(
                folder().resolve("usage.yml"),
                yaml.replace("UPSTREAM", "upstream: '" + provider().url() + "'"));
    }

    private static String providers(String anthropic, String apify) {
        return "providers:\n  anthropic: %s\n  apify: %s\n".formatted(anthropic, apify);
    }

    /** Makes the exporter reload these settings of the providers. */
    void reload(String anthropic, String apify) throws Exception {
        reload(providers(anthropic, apify));
    }

    /** Makes the exporter reload this configuration. */
    void reload(String yaml) throws Exception {
        configure(yaml);
        exporter().application().reload();
    }

    /** Stops the exporter and starts another one on the same ledger. */
    void restart() throws InvalidConfigException, LedgerException {
        exporter().close();
        startExporter();
    }

    private Path folder() {
        return requireNonNull(folder);
    }

    Path ledger() {
        return folder().resolve("usage.db");
    }

    FakeProvider provider() {
        return requireNonNull(provider);
    }

    TestExporter exporter() {
        return requireNonNull(exporter);
    }

    SettableClock clock() {
        return clock;
    }

    /** Makes the provider respond to every request with a message of its own, with these tokens. */
    void respondWithMessages(int input, int output) {
        provider().on(exchange -> true, exchange -> message(input, output));
    }

    /** The response with a message that no caller has received before. */
    FakeResponse message(int input, int output) {
        int number = messages.incrementAndGet();
        return FakeResponse.json(200, """
                        {"id": "msg_%d", "type": "message", "model": "claude-answered", "content": [],
                         "usage": {"input_tokens": %d, "output_tokens": %d}}""".formatted(number, input, output)).header("request-id", "req_" + number);
    }

    /** The counter of requests of a category to the model of these messages. */
    static String requests(String category) {
        return "api_usage_requests_total{category=\"" + category
                + "\",model=\"claude-answered\",provider=\"anthropic\"}";
    }

    /** A client's connection. */
    RawHttp connect() throws IOException {
        return new RawHttp(exporter().http().port());
    }

    HttpResponse<String> get(String path) {
        return exporter().http().get(path);
    }

    HttpResponse<String> post(String path, String... headers) {
        return postAsync(path, headers).join();
    }

    CompletableFuture<HttpResponse<String>> postAsync(String path, String... headers) {
        return sendAsync("POST", path, REQUEST, headers);
    }

    CompletableFuture<HttpResponse<String>> sendAsync(String method, String path, String body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(exporter().http().uri(path)).method(method, BodyPublishers.ofString(body));
        return client.sendAsync(
                (headers.length == 0 ? request : request.headers(headers)).build(), BodyHandlers.ofString());
    }

    /** Waits until so many calls of Anthropic's have been counted with this code and outcome. */
    void awaitCalls(int calls, int code, String outcome) {
        awaitMetric(
                "usage_exporter_gateway_requests_total{code=\"" + code + "\",outcome=\"" + outcome
                        + "\",provider=\"anthropic\"}",
                Integer.toString(calls));
    }

    /** Waits until a series has this value; a missing series has 0. */
    void awaitMetric(String series, String value) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThat(metric(series)).as(series).isEqualByComparingTo(value));
    }

    BigDecimal metric(String series) {
        return exporter().metrics().getOrDefault(series, BigDecimal.ZERO);
    }

    /** Anthropic's usage of today. */
    BigDecimal used(String resource) {
        return new BigDecimal(
                exporter().usage().at("/used/anthropic/daily/" + resource).asText());
    }

    /** Waits until Anthropic's usage of today has reached an amount; it is recorded after the call. */
    void awaitUsed(String resource, int amount) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(
                        () -> assertThat(used(resource)).as(resource).isEqualByComparingTo(Integer.toString(amount)));
    }

    /** Waits until so much is used, and the calls that used it are no longer in flight. */
    void awaitCounted(String resource, int amount) {
        awaitUsed(resource, amount);
        // The thread that counts responds to this after what it had to do before.
        assertThat(exporter()
                        .record("{\"provider\":\"apify\",\"usage\":{\"compute_units\":0}}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Override
    public void close() throws LedgerException, IOException {
        exporter().close();
        provider().close();
        Folders.delete(folder());
    }
}
