package io.usageexporter.provider.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonProviderTest {
    @TempDir
    Path folder;

    private FakeProvider provider;
    private TestExporter exporter;

    @BeforeEach
    void start() throws Exception {
        provider = new FakeProvider();
        exporter = new TestExporter(
                folder.resolve("usage.db"),
                config("usage: {tokens: /meta/usage/tokens, pages: /results/0/pages, requests: 1}"),
                new SettableClock("2026-11-24T09:15:30Z"));
    }

    @AfterEach
    void stop() throws Exception {
        exporter.close();
        provider.close();
    }

    private Path config(String gateway) throws Exception {
        return Files.writeString(folder.resolve("usage.yml"), """
                providers:
                  maps:
                    kind: json
                    limits: {daily: {requests: 3, tokens: 100, pages: 10}}
                    gateway: {upstream: '%s', on_exhausted: reject, %s}
                """.formatted(provider.url(), gateway));
    }

    private int call(FakeResponse response) throws Exception {
        provider.on("POST", "/v1/route", response);
        return exporter.http()
                .post("/gateway/maps/v1/route", "application/json", "{}")
                .statusCode();
    }

    private void assertUsed(String tokens, String pages, String requests) {
        Awaitility.await()
                .untilAsserted(() -> assertThat(
                                Map.of("tokens", used("tokens"), "pages", used("pages"), "requests", used("requests")))
                        .isEqualTo(Map.of("tokens", tokens, "pages", pages, "requests", requests)));
    }

    private String used(String resource) {
        return exporter.usage()
                .at("/used/maps/daily/" + resource)
                .decimalValue()
                .toPlainString();
    }

    private Map<String, Integer> unmetered() {
        var counts = new TreeMap<String, Integer>();
        exporter.metrics().forEach((series, value) -> {
            if (series.startsWith("usage_exporter_gateway_unmetered_total{provider=\"maps\"")
                    && value.compareTo(BigDecimal.ZERO) > 0) {
                counts.put(series.replaceAll(".*reason=\"(\\w+)\".*", "$1"), value.intValue());
            }
        });
        return counts;
    }

    @Test
    void amountsAtThePointersAreRecorded() throws Exception {
        assertThat(call(FakeResponse.json(
                        200,
                        "{\"text\": \"" + "x".repeat(200_000) + "\", \"meta\": {\"usage\": {\"tokens\": 12}},"
                                + " \"results\": [{\"pages\": \"2.0\"}]}")))
                .isEqualTo(200);
        assertUsed("12", "2", "1");
        assertThat(call(FakeResponse.json(200, "{\"meta\":{\"usage\":{\"tokens\":0.5}},\"results\":[{\"pages\":1}]}")
                        .gzip()
                        .inPiecesOf(7)))
                .isEqualTo(200);
        assertUsed("12.5", "3", "2");
        assertThat(unmetered()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"meta\":{}, \"results\":[{\"pages\":1}]} | no_usage | 0 | 1 | 1",
                "{\"meta\":{\"usage\":{\"tokens\":null}}, \"results\":[]} | no_usage | 0 | 0 | 1",
                "{\"meta\":{\"usage\":{\"tokens\":-1}}, \"results\":[{\"pages\":1}]} | invalid_amount | 0 | 1 | 1",
                "{\"meta\":{\"usage\":{\"tokens\":1e30}}, \"results\":[{\"pages\":true}]} | invalid_amount | 0 | 0 | 1",
                "[1] | unexpected_body | 0 | 0 | 0",
                "<html> | unexpected_body | 0 | 0 | 0"
            })
    void missingAmountIsUnmeteredAndNotZero(String body, String reason, String tokens, String pages, String requests)
            throws Exception {
        assertThat(call(FakeResponse.json(200, body))).isEqualTo(200);

        Awaitility.await().untilAsserted(() -> assertThat(unmetered()).isEqualTo(Map.of(reason, 1)));
        assertUsed(tokens, pages, requests);
    }

    @Test
    void errorResponseIsNotCounted() throws Exception {
        assertThat(call(FakeResponse.json(500, "{\"meta\":{\"usage\":{\"tokens\":12}}}")))
                .isEqualTo(500);
        assertThat(call(FakeResponse.json(200, "{\"meta\":{\"usage\":{\"tokens\":1}},\"results\":[{\"pages\":1}]}")))
                .isEqualTo(200);
        assertUsed("1", "1", "1");
    }

    @Test
    void callsAreRejectedOnceAQuotaIsExhausted() throws Exception {
        assertThat(call(FakeResponse.json(200, "{\"meta\":{\"usage\":{\"tokens\":100}},\"results\":[{\"pages\":1}]}")))
                .isEqualTo(200);
        assertUsed("100", "1", "1");

        var rejected = exporter.http().post("/gateway/maps/v1/route", "application/json", "{}");

        assertThat(rejected.statusCode()).isEqualTo(429);
        assertThat(TestExporter.json(rejected.body()).at("/error/message").asText())
                .contains("quota of tokens");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "usage: {tokens: meta/tokens} | gateway.usage.tokens: must be a JSON pointer",
                "usage: {requests: -1} | gateway.usage.requests: must be a JSON pointer",
                "usage: {seconds: 1} | gateway.usage.seconds: the provider does not count this",
                "category: x | gateway.usage: is required",
                "usage: {tokens: /a}, webhook: 1 | gateway.webhook: unknown key"
            })
    void invalidRuleIsNamedWithTheAllowedValues(String gateway, String message) throws Exception {
        Path file = config(gateway);
        assertThatThrownBy(() -> Configs.load(file))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining(message);
    }

    @Test
    void unknownKindAndMissingUpstreamAreNamed() {
        assertThatThrownBy(() -> Configs.read("my.yml", "providers: {maps: {kind: xml, resources: [requests]}}"))
                .hasMessageContaining("kind: must be json");
        assertThatThrownBy(() -> Configs.read(
                        "my.yml",
                        "providers: {maps: {kind: json, resources: [requests], gateway: {usage: {requests: 1}}}}"))
                .hasMessageContaining("gateway: upstream is required");
    }

    @Test
    void apisThatChargePerCallNeedNoPointer() throws Exception {
        exporter.close();
        exporter = new TestExporter(
                folder.resolve("usage.db"), config("usage: {requests: 1}"), new SettableClock("2026-11-24T09:15:30Z"));
        assertThat(call(FakeResponse.status(200).body("an image".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(200);
        assertUsed("0", "0", "1");
    }
}
