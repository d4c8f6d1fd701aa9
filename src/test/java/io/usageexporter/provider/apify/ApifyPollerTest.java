package io.usageexporter.provider.apify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.polling.PollLoop;
import io.usageexporter.polling.ProviderException;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.quota.AccountPlan;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.FakeApify;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.Samples;
import io.usageexporter.window.Window;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApifyPollerTest {
    @RegisterExtension
    final RunTrackerExtension runs = new RunTrackerExtension("2026-11-04T12:00:00Z");

    private ApifyPoller poller;

    @BeforeEach
    void start() {
        ProviderConfig apify =
                Objects.requireNonNull(Configs.defaults().providers().get("apify"));
        poller = new ApifyPoller(
                runs.tracker(),
                new RunBackfill(runs.tracker(), runs.recorder(), runs.clock()),
                () -> apify,
                runs.clock());
    }

    private static ProviderReportedUsage reported(Window window, @Nullable String used, @Nullable String limit) {
        return reported("compute_units", window, used, limit);
    }

    private static ProviderReportedUsage money(Window window, @Nullable String used, @Nullable String limit) {
        return reported("usd", window, used, limit);
    }

    private static ProviderReportedUsage reported(
            String resource, Window window, @Nullable String used, @Nullable String limit) {
        return new ProviderReportedUsage(
                "apify",
                resource,
                window,
                used == null ? null : new BigDecimal(used),
                limit == null ? null : new BigDecimal(limit));
    }

    @Test
    void reportsUsageOfMonthAndDay() throws Exception {
        assertThat(poller.reported()).isEmpty();
        assertThat(poller.plan()).isNull();
        poller.run();

        assertThat(poller.reported())
                .containsExactly(
                        reported(Window.MONTHLY, "212.784475", "1000"),
                        reported(Window.DAILY, "203.284475", null),
                        money(Window.MONTHLY, "45.846895", "300"),
                        money(Window.DAILY, "43.946895", null));
        assertThat(poller.plan())
                .isEqualTo(new AccountPlan(
                        Map.of("compute_units", new BigDecimal("1000"), "usd", new BigDecimal("300")), 2));
    }

    @Test
    void reportsNoDayThatApifyDoesNotList() throws Exception {
        runs.clock().set(Instant.parse("2026-11-24T12:00:00Z"));
        poller.run();

        assertThat(poller.reported())
                .containsExactly(
                        reported(Window.MONTHLY, "212.784475", "1000"), money(Window.MONTHLY, "45.846895", "300"));
    }

    @Test
    void figuresExpireWithTheirDayAndCycle() throws Exception {
        poller.run();
        runs.clock().set(Instant.parse("2026-11-04T23:59:59.999Z"));
        assertThat(poller.reported()).hasSize(4);
        runs.clock().set(Instant.parse("2026-11-05T00:00:00Z"));
        assertThat(poller.reported()).extracting(ProviderReportedUsage::window).containsOnly(Window.MONTHLY);
        runs.clock().set(Instant.parse("2026-12-01T23:59:59.999Z"));
        assertThat(poller.reported()).hasSize(2);
        runs.clock().set(Instant.parse("2026-12-02T00:00:00Z"));
        assertThat(poller.reported()).isEmpty();
    }

    @Test
    void accountWithoutLimitsHasNoPlan() throws Exception {
        poller.run();
        String limits = Samples.text("apify/users-me-limits.json")
                .replace("\"maxMonthlyActorComputeUnits\": 1000", "\"maxMonthlyActorComputeUnits\": null");
        runs.apify().setLimits(limits);
        poller.run();
        assertThat(poller.plan()).isEqualTo(new AccountPlan(Map.of("usd", new BigDecimal("300")), 2));

        runs.apify().setLimits(limits.replace("\"maxMonthlyUsageUsd\": 300", "\"maxMonthlyUsageUsd\": null"));
        poller.run();
        assertThat(poller.plan()).isNull();
        assertThat(poller.reported())
                .contains(reported(Window.MONTHLY, "212.784475", null), money(Window.MONTHLY, "45.846895", null));
    }

    @Test
    void usageOfTheMonthFallsBackToTheMonthlyReport() throws Exception {
        runs.apify().setLimits("{\"data\":{\"limits\":{},\"current\":{}}}");
        poller.run();

        assertThat(poller.reported()).contains(reported(Window.MONTHLY, "212.784475", null));
    }

    @Test
    void moneyOfTheMonthFallsBackToTheLimits() throws Exception {
        runs.apify().setMonthlyUsage("{\"data\":{\"dailyServiceUsages\":[]}}");
        poller.run();

        assertThat(poller.reported()).contains(money(Window.MONTHLY, "43.18", "300"));
    }

    @Test
    void findsRunsFromTheEarlierStartOfWindowAndCycle() throws Exception {
        runs.apify().addRun(FakeApify.run("Rn1", "shu8hvrXbJbY3Eb9W", "SUCCEEDED", "2026-11-01T10:00:00Z", "1"));
        poller.run();
        runs.awaitUnits("instagram", "1");
        assertThat(runs.apify().targets()).anyMatch(target -> target.contains("startedAfter=2026-11-01T00:00:00Z"));

        runs.apify().setLimits(Samples.text("apify/users-me-limits.json").replace("2026-11-02T", "2026-10-20T"));
        runs.clock().advance(Duration.ofHours(7));
        poller.run();
        assertThat(runs.apify().targets()).anyMatch(target -> target.contains("startedAfter=2026-10-20T00:00:00Z"));
    }

    @Test
    void findsRunsWithATokenThatMayNotReadTheAccount() throws Exception {
        runs.apify().addSample("run-succeeded.json");
        runs.clock().set(Instant.parse("2026-11-24T12:00:00Z"));
        runs.apify().provider().next(FakeResponse.json(403, "{}"));

        assertThatThrownBy(poller::run).hasMessageContaining("GET /v2/users/me/limits", "403");
        runs.awaitUnits("instagram", "0.051778");
        assertThat(poller.reported()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503})
    void sendsNoFurtherRequestAfterAFailure(int status) {
        runs.apify().provider().next(FakeResponse.json(status, "{}"));

        assertThatThrownBy(poller::run).isInstanceOf(ProviderException.class);
        assertThat(runs.apify().targets()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "[]", "null", "{\"data\":null}", "{\"data\":{\"limits\":5,\"dailyServiceUsages\":{}}}"})
    void keepsFiguresWhenTheResponseIsInvalid(String invalid) throws IOException, InterruptedException {
        poller.run();
        runs.apify().setLimits(invalid);
        assertThatThrownBy(poller::run).isInstanceOf(ProviderException.class);
        runs.apify().setLimits(Samples.text("apify/users-me-limits.json"));
        runs.apify().setMonthlyUsage(invalid);
        assertThatThrownBy(poller::run).isInstanceOf(ProviderException.class);

        assertThat(poller.reported()).hasSize(4);
        assertThat(poller.plan()).isNotNull();
    }

    @Test
    void recoversFromAnOutageInAPollLoop() {
        runs.apify().addSample("run-succeeded.json");
        runs.clock().set(Instant.parse("2026-11-24T12:00:00Z"));
        runs.apify().provider().next(FakeResponse.json(401, "{}")).next(FakeResponse.json(401, "{}"));
        var permits = new Semaphore(2);
        try (PollLoop loop = PollLoop.start(
                "apify",
                Duration.ofMinutes(5),
                poller,
                () -> true,
                runs.clock(),
                delay -> permits.acquire(),
                () -> 1)) {
            Awaitility.await().until(() -> Boolean.TRUE.equals(loop.state().success()));
            runs.awaitUnits("instagram", "0.051778");
        }
    }
}
