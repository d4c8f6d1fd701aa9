package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.FakeApify;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.Http;
import io.usageexporter.testing.LogCapture;
import io.usageexporter.testing.RawHttp;
import io.usageexporter.testing.Samples;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.math.BigDecimal;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Apify's webhook, from the request to the metrics. */
class WebhookTest {
    private static final String PATH = "/webhooks/apify";
    private static final String SECRET = "SECRET-of-the-webhook";
    private static final String UNITS = "api_usage_compute_units_total{category=\"%s\",model=\"\"";

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock("2026-11-24T09:03:07Z");
    private LogCapture log;
    private FakeApify apify;
    private TestExporter exporter;

    @BeforeEach
    void start() throws Exception {
        log = new LogCapture();
        apify = new FakeApify();
        exporter = exporter(SECRET);
    }

    @AfterEach
    void stop() throws Exception {
        String scrape = exporter.http().get("/metrics").body();
        String usage = exporter.http().get("/api/usage").body() + exporter.text();
        exporter.close();
        apify.close();
        log.close();
        byte[] ledger = Files.readAllBytes(folder.resolve("usage.db"));
        assertThat(scrape + usage + String.join("\n", log.messages()) + new String(ledger, StandardCharsets.ISO_8859_1))
                .doesNotContain("SECRET");
    }

    private TestExporter exporter(@Nullable String secret) throws Exception {
        String webhook = "";
        if (secret != null) {
            Path file = Files.writeString(folder.resolve("webhook"), secret + "\n");
            webhook = "webhook: {secret_file: '" + file + "'}";
        }
        Path config = Files.writeString(folder.resolve("config.yml"), """
                providers:
                  apify:
                    limits: {daily: {compute_units: 100}}
                    gateway: {upstream: '%s'}
                    %s
                """.formatted(apify.uri(), webhook));
        return new TestExporter(folder.resolve("usage.db"), config, clock);
    }

    private HttpResponse<String> post(String path, String body) {
        return exporter.http().post(path, "application/json", body);
    }

    private HttpResponse<String> post(String body) {
        return post(PATH + "/" + SECRET, body);
    }

    private void awaitUnits(String category, String units) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> exporter.metrics().entrySet().stream()
                                .filter(metric -> metric.getKey().startsWith(UNITS.formatted(category)))
                                .map(Map.Entry::getValue)
                                .reduce(BigDecimal.ZERO, BigDecimal::add),
                        sum -> sum.compareTo(new BigDecimal(units)) == 0);
    }

    @ParameterizedTest
    @CsvSource({
        "webhook-succeeded.json,               run-succeeded.json, instagram, 0.051778",
        "webhook-failed.json,                  run-failed.json,    tiktok,    0.012",
        "webhook-custom-template-minimal.json, run-succeeded.json, instagram, 0.051778"
    })
    void recordsTheAnnouncedRun(String payload, String run, String category, String units) {
        apify.addSample(run);
        HttpResponse<String> response = post(Samples.text("apify/" + payload));

        assertThat(response.statusCode()).isEqualTo(200);
        awaitUnits(category, units);
    }

    private String run(String id, Instant started, Instant finished, String more) {
        return """
                {"id": "%s", "actId": "shu8hvrXbJbY3Eb9W", "buildId": "b1", "status": "SUCCEEDED",
                 "startedAt": "%s", "finishedAt": "%s", "stats": {"computeUnits": 0.25}%s}""".formatted(id, started, finished, more);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "{\"data\": %s}",
                "{\"resource\": {\"data\": %s}}",
                "{\"eventType\": \"ACTOR.RUN.SUCCEEDED\", \"eventData\": {\"actorRunId\": \"Rn1\"}, \"resource\": %s}"
            })
    void wrappedRunCountsOnTheDayItStarted(String payload) {
        Instant now = clock.instant();
        Instant yesterday = now.minus(Duration.ofDays(1));
        String run = run("Rn1", yesterday, now.minusSeconds(1), "");

        assertThat(post(payload.formatted(run)).statusCode()).isEqualTo(200);
        awaitUnits("instagram", "0.25");
        assertThat(exporter.usage().at("/used/apify/daily/compute_units").decimalValue())
                .isZero();
    }

    @Test
    void runPaidByTheDeveloperCountsWithoutUnitsButWithWhatItCosts() {
        Instant now = clock.instant();
        String run = run(
                "Rn1",
                now.minusSeconds(9),
                now.minusSeconds(5),
                ", \"platformUsageBillingModel\": \"DEVELOPER\", \"usageTotalUsd\": 0.031");

        assertThat(post("{\"data\": " + run + "}").statusCode()).isEqualTo(200);
        Awaitility.await()
                .until(
                        () -> exporter.metrics().get("usage_exporter_events_recorded_total{source=\"webhook\"}"),
                        recorded -> recorded != null && recorded.intValue() == 1);
        awaitUnits("instagram", "0");
        assertThat(exporter.usage().at("/used/apify/daily/usd").asText()).isEqualTo("0.031");
    }

    @Test
    void runStartedTooLongAgoCountsOnTheOldestDayAndOneEndedTooLongAgoIsDropped() {
        Instant now = clock.instant();
        Instant longAgo = now.minus(Duration.ofDays(50));

        assertThat(post(run("Rn1", longAgo, now.minusSeconds(5), "")).statusCode())
                .isEqualTo(200);
        awaitUnits("instagram", "0.25");
        for (int i = 0; i < 2; i++) {
            assertThat(post(run("Rn2", longAgo, longAgo.plusSeconds(5), "")).statusCode())
                    .isEqualTo(200);
        }
        Awaitility.await()
                .until(
                        () -> exporter.metrics().get("usage_exporter_events_dropped_total{source=\"webhook\"}"),
                        dropped -> dropped != null && dropped.intValue() == 1);
        awaitUnits("instagram", "0.25");
    }

    @Test
    void tracksARunThatHasJustStarted() {
        apify.addRun(Samples.text("apify/run-succeeded.json").replace("Rn0SampleRunId001", "Rn0SampleRunId007"));
        assertThat(post(Samples.text("apify/webhook-created.json")).statusCode())
                .isEqualTo(200);
        assertThat(exporter.metrics()).doesNotContainKey("api_usage_compute_units_total");

        clock.advance(Duration.ofSeconds(10));
        awaitUnits("instagram", "0.051778");
    }

    @Test
    void runAnnouncedRepeatedlyCountsOnce() {
        apify.addSample("run-succeeded.json");
        for (int i = 0; i < 3; i++) {
            assertThat(post(Samples.text("apify/webhook-succeeded.json")).statusCode())
                    .isEqualTo(200);
            assertThat(post("{\"runId\":\"Rn0SampleRunId001\"}").statusCode()).isEqualTo(200);
        }
        awaitUnits("instagram", "0.051778");
        clock.advance(Duration.ofSeconds(10));
        Awaitility.await().until(() -> apify.requests("/v2/actor-runs/Rn0SampleRunId001") == 1);
        awaitUnits("instagram", "0.051778");
        assertThat(exporter.metric("usage_exporter_events_recorded_total{source=\"webhook\"}"))
                .isEqualByComparingTo("1");
    }

    @Test
    void acceptedRunIsTrackedAfterARestart() throws Exception {
        apify.addSample("run-succeeded-preliminary.json");
        assertThat(post(Samples.text("apify/webhook-succeeded.json").replace("0.05177777777777778", "0.01"))
                        .statusCode())
                .isEqualTo(200);
        exporter.close();
        exporter = exporter(SECRET);
        awaitUnits("instagram", "0.0409");

        apify.addSample("run-succeeded.json");
        clock.advance(Duration.ofSeconds(10));
        awaitUnits("instagram", "0.051778");
    }

    @Test
    void announcedRunKeepsTheConsumerOfTheCallThatStartedIt() throws Exception {
        apify.provider().next(FakeResponse.json(201, Samples.text("apify/run-ready.json")));
        assertThat(exporter.http()
                        .post("/gateway/apify/@growth/v2/actors/apify~instagram-scraper/runs", "application/json", "{}")
                        .statusCode())
                .isEqualTo(201);
        exporter.close();
        exporter = exporter(SECRET);

        apify.addSample("run-succeeded.json");
        assertThat(post(Samples.text("apify/webhook-succeeded.json")).statusCode())
                .isEqualTo(200);

        awaitUnits("instagram\",consumer=\"growth", "0.051778");
    }

    @Test
    void secretIsAcceptedAsABearerToken() throws Exception {
        apify.addSample("run-succeeded.json");
        assertThat(withHeader("Bearer " + SECRET).statusCode()).isEqualTo(200);
        assertThat(withHeader("bearer  " + SECRET).statusCode()).isEqualTo(200);
        for (String wrong : new String[] {SECRET, "Basic " + SECRET, "Bearer", "Bearer SECRET-wrong"}) {
            assertThat(withHeader(wrong).statusCode()).isEqualTo(401);
        }
    }

    private HttpResponse<String> withHeader(String authorization) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(exporter.http().uri(PATH))
                                .header("Authorization", authorization)
                                .POST(BodyPublishers.ofString("{\"runId\":\"Rn0SampleRunId001\"}"))
                                .build(),
                        BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/SECRET-wrong", "/SECRET-of-the-webhook2", "/secret-of-the-webhook"})
    void wrongSecretIsRejectedWith401(String path) {
        HttpResponse<String> response = post(PATH + path, Samples.text("apify/webhook-succeeded.json"));

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.body()).contains("secret").doesNotContain("SECRET");
        assertThat(apify.provider().exchanges()).isEmpty();
    }

    @Test
    void webhookWithoutAConfiguredSecretIs404() throws Exception {
        exporter.close();
        exporter = exporter(null);

        for (String path : new String[] {PATH, PATH + "/", PATH + "/SECRET-unknown"}) {
            HttpResponse<String> response = post(path, Samples.text("apify/webhook-succeeded.json"));
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.body()).contains("secret_file").doesNotContain("SECRET");
        }
    }

    @Test
    void testsAndBuildsAreAcceptedAndIgnored() {
        for (String event : new String[] {"TEST", "ACTOR.BUILD.SUCCEEDED"}) {
            assertThat(post("{\"eventType\":\"" + event + "\",\"eventData\":{},\"resource\":{}}")
                            .statusCode())
                    .isEqualTo(200);
        }
        assertThat(apify.provider().exchanges()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "SECRET", "[]", "{}", "{\"runId\":\"SECRET/..\"}", "{\"eventType\":\"ACTOR.RUN.SUCCEEDED\"}"
            })
    void invalidBodyIsRejectedWith400(String body) {
        HttpResponse<String> response = post(body);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(response.body()).contains("runId").doesNotContain("SECRET");
        assertThat(exporter.metric("usage_exporter_events_rejected_total{reason=\"invalid\"}"))
                .isEqualByComparingTo("1");
    }

    @Test
    void tooLargeBodyIsRejectedWith413() throws Exception {
        String body = "{\"runId\":\"Rn1\",\"x\":\"" + "x".repeat(1 << 20) + "\"}";
        assertThat(post(body).statusCode()).isEqualTo(413);
        HttpResponse<String> chunked = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(exporter.http().uri(PATH + "/" + SECRET))
                                .POST(BodyPublishers.fromPublisher(BodyPublishers.ofString(body)))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(chunked.statusCode()).isEqualTo(413);
    }

    @Test
    void responseIs503WhileTheLedgerCannotBeWritten() throws Exception {
        apify.addSample("run-succeeded.json");
        Path ledger = folder.resolve("usage.db");
        Files.move(ledger, folder.resolve("lost.db"));
        Files.createFile(ledger);
        HttpResponse<String> refused = post(Samples.text("apify/webhook-succeeded.json"));
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(exporter.metric("usage_exporter_events_rejected_total{reason=\"ledger\"}"))
                .isEqualByComparingTo("1");

        Files.delete(ledger);
        Files.move(folder.resolve("lost.db"), ledger);
        assertThat(post(Samples.text("apify/webhook-succeeded.json")).statusCode())
                .isEqualTo(200);
        awaitUnits("instagram", "0.051778");
    }

    @Test
    void requestsAreCountedUnderARouteWithoutTheSecret() {
        post("{}");
        post(PATH + "/SECRET-wrong", "{}");

        assertThat(exporter.http().get("/metrics").body())
                .contains("uri=\"/webhooks/apify/{secret}\"")
                .doesNotContain("SECRET");
    }

    @Test
    void otherMethodsAreRejectedWith405() {
        HttpResponse<String> response = exporter.http().get(PATH + "/" + SECRET);

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).hasValue("POST");
        assertThat(response.body()).contains("POST").doesNotContain("SECRET");
    }

    @Test
    void senderThatDisconnectsDoesNoHarm() throws Exception {
        try (var connection = new RawHttp(exporter.http().port())) {
            connection.write(
                    "POST " + PATH + "/" + SECRET + " HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"runId\":");
        }
        assertThat(post("{\"eventType\":\"TEST\"}").statusCode()).isEqualTo(200);
        assertThat(new Http(exporter.http().port()).get("/-/healthy").statusCode())
                .isEqualTo(200);
    }
}
