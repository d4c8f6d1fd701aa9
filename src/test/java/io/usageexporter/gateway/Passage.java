package io.usageexporter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.GatewayConfig;
import io.usageexporter.testing.RawHttp;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/** A fake provider, and an exporter in this process whose gateway leads to it. */
final class Passage implements AutoCloseable {
    static final String MESSAGES = "/gateway/anthropic/v1/messages";

    private final FakeProvider provider = new FakeProvider();
    private final TestExporter exporter;

    Passage(Path folder) throws IOException, InvalidConfigException, LedgerException {
        this(folder, "");
    }

    /** @see GatewayConfig#write(Path, String, String) */
    Passage(Path folder, String settings) throws IOException, InvalidConfigException, LedgerException {
        exporter = new TestExporter(
                folder.resolve("usage.db"),
                GatewayConfig.write(folder, provider.url(), settings),
                new SettableClock("2026-11-24T09:15:30Z"));
    }

    FakeProvider provider() {
        return provider;
    }

    TestExporter exporter() {
        return exporter;
    }

    /** A client's connection. */
    RawHttp connect() throws IOException {
        return new RawHttp(exporter.http().port());
    }

    /** Waits until so many calls of Anthropic's have been counted with this code and outcome. */
    void awaitCalls(int calls, int code, String outcome) {
        awaitMetric(
                "usage_exporter_gateway_requests_total{code=\"" + code + "\",outcome=\"" + outcome
                        + "\",provider=\"anthropic\"}",
                Integer.toString(calls));
    }

    /** Waits until this series has this value; a series that is not there counts as 0. */
    void awaitMetric(String series, String value) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThat(exporter.metrics().getOrDefault(series, BigDecimal.ZERO))
                        .as(series)
                        .isEqualByComparingTo(value));
    }

    /** Waits until Anthropic's use of today has come to this; it is recorded after the call. */
    void awaitUsedToday(String resource, int amount) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThat(exporter.usage()
                                .at("/used/anthropic/daily/" + resource)
                                .asInt())
                        .as(resource)
                        .isEqualTo(amount));
    }

    @Override
    public void close() throws LedgerException, IOException {
        exporter.close();
        provider.close();
    }
}
