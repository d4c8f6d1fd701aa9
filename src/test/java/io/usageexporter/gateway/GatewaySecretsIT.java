package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.FakeExchange;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.Http;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RawHttp;
import io.usageexporter.testing.Samples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No secret that passes through, wherever it stands and however its call ends, appears anywhere afterwards. */
class GatewaySecretsIT {
    /** Part of every secret. */
    private static final String MARK = "S3CR3T";

    private static final String WEBHOOK = MARK + "-webhook";
    private static final String BODY =
            "{\"metadata\":{\"user_id\":\"" + MARK + "-user\"},\"messages\":\"" + MARK + "\"}";
    private static final String[] HEADERS = {
        "x-api-key: sk-ant-api03-" + MARK,
        "Authorization: Bearer apify_api_" + MARK,
        "Proxy-Authorization: Basic " + MARK,
        "Cookie: session=" + MARK,
        "anthropic-beta: " + MARK,
        "skyfire-pay-id: " + MARK,
        "X-Usage-Category: recommendations"
    };

    @TempDir
    Path folder;

    @Test
    void secretsAppearInNoOutput() throws Exception {
        var responses = new ArrayList<String>();
        try (var provider = new FakeProvider();
                var exporter = exporter(provider)) {
            script(provider);
            for (String target : targets()) {
                responses.add(call(exporter.http(), target, BODY));
            }
            responses.addAll(webhooks(exporter.http()));
            assertThat(provider.exchanges())
                    .filteredOn(exchange -> exchange.path().equals("/v1/messages"))
                    .isNotEmpty()
                    .allMatch(exchange -> exchange.head().contains("sk-ant-api03-" + MARK)
                            && exchange.bodyText().equals(BODY));
            Awaitility.await()
                    .until(() -> exporter.http().get("/api/usage").body().contains("recommendations"));

            Map<String, String> left = new TreeMap<>(read(exporter.http()));
            left.put("responses", String.join("\n", responses));
            left.put("log", exporter.log());
            exporter.kill();
            try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    left.put(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
                }
            }
            assertThat(left).hasSizeGreaterThan(8);
            left.forEach((place, text) -> assertThat(text).as(place).doesNotContain(MARK));
        }
    }

    private JarExporter exporter(FakeProvider provider) throws IOException {
        Path secret = Files.writeString(folder.resolve("webhook"), WEBHOOK);
        Path config = Files.writeString(folder.resolve("config.yml"), """
                providers:
                  anthropic:
                    limits: {daily: {requests: 1000, tokens: 1000000}}
                    gateway: {upstream: '%1$s', timeout: 1s}
                  apify:
                    limits: {daily: {compute_units: 100}}
                    gateway: {upstream: '%1$s', timeout: 1s}
                    webhook: {secret_file: '%2$s'}
                """.formatted(provider.url(), secret));
        return new JarExporter(
                folder,
                Map.of(),
                ProcessRunner.jar("--web.listen-address=127.0.0.1:0", "--config.file=" + config, "--log.level=debug"));
    }

    /** What a path of the provider's does with a call is its name. */
    private static void script(FakeProvider provider) {
        FakeResponse whole = FakeResponse.sample("anthropic/messages-response-minimal.json");
        provider.on("POST", "/v1/messages", whole.header("set-cookie", "session=" + MARK));
        provider.on("POST", "/v1/messages/stream", FakeResponse.sample("anthropic/stream-complete.sse"));
        provider.on(
                "POST",
                "/v1/complete",
                FakeResponse.sample("anthropic/stream-truncated.sse").closesAfter(Long.MAX_VALUE));
        provider.on("POST", "/reset", FakeResponse.status(200).rawHead("").resetsAfter(0));
        provider.on(
                "POST",
                "/nonsense",
                FakeResponse.status(200)
                        .rawHead(MARK + "\r\n" + MARK + "\r\n\r\n")
                        .closesAfter(0));
        provider.on(
                "POST",
                "/half",
                FakeResponse.status(200)
                        .rawHead("HTTP/1.1 200 OK\r\nx: " + MARK)
                        .closesAfter(0));
        provider.on("POST", "/stall", FakeResponse.status(200).rawHead("").stallsAfter(0));
        provider.on(
                "POST",
                "/length",
                FakeResponse.status(200).rawHead("HTTP/1.1 200 OK\r\ncontent-length: " + MARK + "\r\n\r\n"));
        provider.on(
                "POST",
                "/chunks",
                FakeResponse.status(200)
                        .rawHead("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + MARK + "\r\n")
                        .closesAfter(0));
        provider.on("POST", "/gzip", FakeResponse.json(200, MARK).header("content-encoding", "gzip"));
        provider.on("POST", "/v1/messages/batches", FakeResponse.json(200, "{\"results_url\":\"" + MARK));
        provider.on("POST", "/v2/actors/apify~instagram-scraper/runs", FakeResponse.sample("apify/run-ready.json"));
        provider.on(GatewaySecretsIT::isRun, FakeResponse.sample("apify/run-succeeded.json"));
    }

    private static boolean isRun(FakeExchange exchange) {
        return exchange.path().startsWith("/v2/actor-runs/");
    }

    private static List<String> targets() {
        String query = "?token=apify_api_" + MARK + "&webhooks=" + MARK;
        var targets = new ArrayList<>(List.of(MESSAGES, MESSAGES + query));
        for (String path : List.of(
                "/v1/messages/stream",
                "/v1/complete",
                "/reset",
                "/nonsense",
                "/half",
                "/stall",
                "/length",
                "/chunks",
                "/gzip",
                "/v1/messages/batches",
                "/v1/v1/messages",
                "/nothing")) {
            targets.add("/gateway/anthropic" + path + query);
        }
        targets.add("/gateway/apify/v2/actors/apify~instagram-scraper/runs" + query);
        targets.add("/gateway/apify/v2/actor-runs/Rn0SampleRunId001" + query);
        targets.add("/gateway/apify/v2/actors/" + "a".repeat(17) + "/run-sync" + query);
        targets.add("/gateway/unknown/v1/messages" + query);
        targets.add("/gateway/apify/v2/x" + query + "&bad=%zz");
        targets.add("/webhooks/unknown" + query);
        targets.add("/api/usage" + query);
        return targets;
    }

    /** All that comes back for it, but for the provider's own words. */
    private static String call(Http exporter, String target, String body) throws IOException {
        try (var client = new RawHttp(exporter.port())) {
            RawHttp.Response response = client.post(target, body, HEADERS).read();
            boolean own = response.status() >= 400;
            return own ? response.statusLine() + response.headers() + response.text() : "";
        } catch (IOException e) {
            return ""; // The connection broke, as it should with some.
        }
    }

    private static List<String> webhooks(Http exporter) throws IOException {
        String run = Samples.text("apify/webhook-succeeded.json");
        var responses = new ArrayList<String>();
        for (String path : List.of("/webhooks/apify/" + WEBHOOK, "/webhooks/apify/" + MARK, "/webhooks/apify")) {
            for (String body : List.of(run, "{\"secret\":\"" + MARK + "\"}", MARK)) {
                responses.add(call(exporter, path, body));
                responses.add(call(exporter, path + "/" + MARK + "?secret=" + MARK, body));
            }
        }
        return responses;
    }

    private static Map<String, String> read(Http exporter) {
        var all = new TreeMap<String, String>();
        for (String path : List.of("/", "/usage", "/api/usage", "/api/usage/history?days=30", "/metrics")) {
            all.put(path, exporter.get(path).body());
        }
        all.put("page", exporter.get("/usage", "Accept", "text/html").body());
        return all;
    }
}
