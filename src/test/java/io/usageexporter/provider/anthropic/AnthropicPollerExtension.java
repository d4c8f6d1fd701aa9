package io.usageexporter.provider.anthropic;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.config.Secret;
import io.usageexporter.event.TokenKind;
import io.usageexporter.polling.ProviderException;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.quota.Icon;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.testing.LogCapture;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.window.WindowCalendar;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** For each test a poller, and fake reports that are empty at first. */
final class AnthropicPollerExtension implements BeforeEachCallback, AfterEachCallback {
    static final String KEY = "sk-ant-admin01-secret";
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final SettableClock clock = new SettableClock("2026-11-24T09:15:00Z");
    private @Nullable LogCapture log;
    private @Nullable FakeReports reports;
    private @Nullable ProviderHttpClient api;
    private @Nullable AnthropicPoller poller;
    private final ReportApi current;
    private final ReportApi older;
    private ProviderConfig provider = provider("UTC", 1, "requests", "tokens");

    private AnthropicPollerExtension(ReportApi current, ReportApi older) {
        this.current = current;
        this.older = older;
    }

    /** Polls the reports of usage. */
    static AnthropicPollerExtension ofUsage() {
        return new AnthropicPollerExtension(ReportApi.ANALYTICS_USAGE, ReportApi.USAGE_REPORT);
    }

    /** Polls the reports of costs. */
    static AnthropicPollerExtension ofCosts() {
        return new AnthropicPollerExtension(ReportApi.ANALYTICS_COST, ReportApi.COST_REPORT);
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        log = new LogCapture();
        reports = new FakeReports();
        reports.on(FakeReports.ANALYTICS, FakeReports.report()).on(FakeReports.ANALYTICS_COST, FakeReports.report());
        connect(TIMEOUT);
    }

    private void connect(Duration timeout) {
        api = new ProviderHttpClient(reports().uri(), timeout, clock);
        poller = new AnthropicPoller(api, new Secret(KEY), () -> provider, clock, current, older);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        requireNonNull(api).close();
        reports().close();
        log().close();
    }

    /** Continues with another timeout of requests. */
    void setTimeout(Duration timeout) {
        requireNonNull(api).close();
        connect(timeout);
    }

    /** Configures the provider, which does not count reads from the cache. */
    void configure(String zone, int resetDay, String... resources) {
        provider = provider(zone, resetDay, resources);
    }

    private static ProviderConfig provider(String zone, int resetDay, String... resources) {
        return new ProviderConfig(
                "anthropic",
                "anthropic",
                "Anthropic API",
                Icon.ROBOT,
                "Request type",
                List.of(),
                WindowCalendar.of(ZoneId.of(zone), resetDay),
                new TreeSet<>(Set.of(resources)),
                Map.of(),
                Map.of(TokenKind.CACHE_READ, BigDecimal.ZERO),
                ProviderConfig.DEFAULT_MAX_SERIES,
                new TreeMap<>());
    }

    SettableClock clock() {
        return clock;
    }

    LogCapture log() {
        return requireNonNull(log);
    }

    FakeReports reports() {
        return requireNonNull(reports);
    }

    AnthropicPoller poller() {
        return requireNonNull(poller);
    }

    /** Polls once. */
    void run() throws ProviderException, InterruptedException {
        poller().run();
    }

    /** Polls once, which must fail without showing the key or the query. */
    AbstractThrowableAssert<?, ? extends Throwable> assertFails() {
        return assertThatThrownBy(this::run)
                .isInstanceOf(ProviderException.class)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(KEY).doesNotContain("?"));
    }

    /** The reported usage as text: {@code window resource amount}. */
    List<String> reported() {
        return reported(clock.instant());
    }

    List<String> reported(Instant at) {
        return poller().reported(at).stream()
                .map(reported -> reported.window().label() + " " + reported.resource() + " " + reported.used())
                .toList();
    }
}
