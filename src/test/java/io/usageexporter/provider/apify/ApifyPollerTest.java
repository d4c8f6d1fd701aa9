package io.usageexporter.provider.apify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.polling.PollLoop;
import io.usageexporter.polling.ProviderException;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.quota.AccountPlan;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Window;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.FakeApi;
import io.usageexporter.testing.FakeApify;
import io.usageexporter.testing.Samples;
import io.usageexporter.testing.SettableClock;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApifyPollerTest {
    @TempDir
    Path folder;

    private RunTrackerFixture tracked;
    private ApifyPoller poller;

    @BeforeEach
    void start() throws Exception {
        tracked = new RunTrackerFixture(
                folder,
                new SettableClock("2026-11-04T12:00:00Z"),
                RunTrackerFixture.settings(Map.of()),
                ProviderHttpClient.TIMEOUT);
        ProviderConfig apify =
                Objects.requireNonNull(Configs.defaults().providers().get("apify"));
        poller = new ApifyPoller(
                tracked.tracker(),
                new RunBackfill(tracked.tracker(), tracked.recorder(), tracked.clock),
                () -> apify,
                tracked.clock);
    }

    @AfterEach
    void stop() throws Exception {
        tracked.close();
    }

    private static ProviderReportedUsage reported(Window window, @Nullable String used, @Nullable String limit) {
        return new ProviderReportedUsage(
                "apify",
                "compute_units",
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
                        reported(Window.MONTHLY, "212.784475", "1000"), reported(Window.DAILY, "203.284475", null));
        assertThat(poller.plan()).isEqualTo(new AccountPlan(new BigDecimal("1000"), 2));
    }

    @Test
    void reportsNoDayThatApifyDoesNotList() throws Exception {
        tracked.clock.set(Instant.parse("2026-11-24T12:00:00Z"));
        poller.run();

        assertThat(poller.reported()).containsExactly(reported(Window.MONTHLY, "212.784475", "1000"));
    }

    @Test
    void figuresExpireWithTheirDayAndCycle() throws Exception {
        poller.run();
        tracked.clock.set(Instant.parse("2026-11-04T23:59:59.999Z"));
        assertThat(poller.reported()).hasSize(2);
        tracked.clock.set(Instant.parse("2026-11-05T00:00:00Z"));
        assertThat(poller.reported()).extracting(ProviderReportedUsage::window).containsExactly(Window.MONTHLY);
        tracked.clock.set(Instant.parse("2026-12-01T23:59:59.999Z"));
        assertThat(poller.reported()).hasSize(1);
        tracked.clock.set(Instant.parse("2026-12-02T00:00:00Z"));
        assertThat(poller.reported()).isEmpty();
    }

    @Test
    void accountWithoutLimitHasNoPlan() throws Exception {
        poller.run();
        tracked.apify.tellsLimits(Samples.text("apify/users-me-limits.json")
                .replace("\"maxMonthlyActorComputeUnits\": 1000", "\"maxMonthlyActorComputeUnits\": null"));
        poller.run();

        assertThat(poller.plan()).isNull();
        assertThat(poller.reported()).contains(reported(Window.MONTHLY, "212.784475", null));
    }

    @Test
    void usageOfTheMonthFallsBackToTheMonthlyReport() throws Exception {
        tracked.apify.tellsLimits("{\"data\":{\"limits\":{},\"current\":{}}}");
        poller.run();

        assertThat(poller.reported()).contains(reported(Window.MONTHLY, "212.784475", null));
    }

    @Test
    void findsRunsFromTheEarlierStartOfWindowAndCycle() throws Exception {
        tracked.apify.hasRun(FakeApify.run("Rn1", "shu8hvrXbJbY3Eb9W", "SUCCEEDED", "2026-11-01T10:00:00Z", "1"));
        poller.run();
        tracked.awaitUnits("instagram", "1");
        assertThat(tracked.apify.api().targets())
                .anyMatch(target -> target.contains("startedAfter=2026-11-01T00:00:00Z"));

        tracked.apify.tellsLimits(Samples.text("apify/users-me-limits.json").replace("2026-11-02T", "2026-10-20T"));
        tracked.clock.advance(Duration.ofHours(7));
        poller.run();
        assertThat(tracked.apify.api().targets())
                .anyMatch(target -> target.contains("startedAfter=2026-10-20T00:00:00Z"));
    }

    @Test
    void findsRunsWithATokenThatMayNotReadTheAccount() throws Exception {
        tracked.apify.has("run-succeeded.json");
        tracked.clock.set(Instant.parse("2026-11-24T12:00:00Z"));
        tracked.apify.api().then(FakeApi.answer(403, "{}", Map.of()));

        assertThatThrownBy(poller::run).hasMessageContaining("GET /v2/users/me/limits", "403");
        tracked.awaitUnits("instagram", "0.051778");
        assertThat(poller.reported()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503})
    void sendsNoFurtherRequestAfterAFailure(int status) {
        tracked.apify.api().then(FakeApi.answer(status, "{}", Map.of()));

        assertThatThrownBy(poller::run).isInstanceOf(ProviderException.class);
        assertThat(tracked.apify.api().targets()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "[]", "null", "{\"data\":null}", "{\"data\":{\"limits\":5,\"dailyServiceUsages\":{}}}"})
    void keepsFiguresWhenTheResponseIsInvalid(String nonsense) throws IOException, InterruptedException {
        poller.run();
        tracked.apify.tellsLimits(nonsense);
        assertThatThrownBy(poller::run).isInstanceOf(ProviderException.class);
        tracked.apify.tellsLimits(Samples.text("apify/users-me-limits.json"));
        tracked.apify.tellsMonthly(nonsense);
        assertThatThrownBy(poller::run).isInstanceOf(ProviderException.class);

        assertThat(poller.reported()).hasSize(2);
        assertThat(poller.plan()).isNotNull();
    }

    @Test
    void recoversFromAnOutageInAPollLoop() {
        tracked.apify.has("run-succeeded.json");
        tracked.clock.set(Instant.parse("2026-11-24T12:00:00Z"));
        tracked.apify.api().then(FakeApi.answer(401, "{}", Map.of())).then(FakeApi.answer(401, "{}", Map.of()));
        var rests = new Semaphore(2);
        try (PollLoop loop = PollLoop.start(
                "apify", Duration.ofMinutes(5), poller, tracked.clock, rest -> rests.acquire(), () -> 1)) {
            Awaitility.await().until(() -> Boolean.TRUE.equals(loop.state().success()));
            tracked.awaitUnits("instagram", "0.051778");
        }
    }
}
