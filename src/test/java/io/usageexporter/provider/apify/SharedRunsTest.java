package io.usageexporter.provider.apify;

import static io.usageexporter.provider.apify.RunTrackerExtension.sample;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.config.Config;
import io.usageexporter.config.Secret;
import io.usageexporter.event.Source;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.provider.ServiceContext;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.RecorderMetrics;
import io.usageexporter.recording.RetryQueue;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.FakeApify;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestLedger;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs of exporters that share a ledger, of which one is in charge. Each has a fake of its own, which tells who read. */
class SharedRunsTest {
    private static final String RUN = "Rn0SampleRunId001";
    private static final String READ = "/v2/actor-runs/" + RUN;
    private static final String OWN = "Bearer " + FakeApify.TOKEN;
    private static final Duration REFRESH = Duration.ofSeconds(2);

    private final SettableClock clock = new SettableClock("2026-11-24T09:03:07Z");
    private Exporter one;
    private Exporter other;

    private final class Exporter {
        private final FakeApify apify = new FakeApify();
        private final Recorder recorder;
        private final RetryQueue queue;
        private final ProviderHttpClient api;
        private final RunTracker tracker;
        private volatile boolean isInCharge;

        Exporter(LedgerAddress ledger, boolean isInCharge) throws Exception {
            this.isInCharge = isInCharge;
            Config config = Configs.defaults();
            recorder = Recorder.start(
                    ledger.open(), config.providers().values(), config.prices(), clock, RecorderMetrics.NONE);
            queue = new RetryQueue(recorder);
            api = new ProviderHttpClient(apify.uri(), clock);
            var settings =
                    new ApifySettings(Set.of("compute_units"), new Platforms(Map.of()), new Secret(FakeApify.TOKEN));
            tracker = RunTracker.start(
                    settings,
                    api,
                    new ServiceContext(
                            requireNonNull(config.tracking().get("apify")),
                            () -> requireNonNull(config.providers().get("apify")),
                            recorder,
                            queue,
                            recorder.state("apify"),
                            plan -> {},
                            () -> this.isInCharge,
                            clock));
        }

        void announce() {
            var accepted = new CompletableFuture<Boolean>();
            tracker.announced(RUN, null, Source.WEBHOOK, accepted::complete);
            assertThat(accepted.join()).isTrue();
        }

        void observe(String sample, @Nullable String authorization) {
            tracker.observed(sample(sample), Source.GATEWAY, RunAttribution.NONE, authorization);
        }

        long reads() {
            return apify.requests(READ);
        }

        BigDecimal units() {
            return recorder.totals().snapshot().series().entrySet().stream()
                    .filter(entry -> entry.getKey().measure().resource().equals("compute_units"))
                    .map(Map.Entry::getValue)
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
        }

        void close() throws Exception {
            tracker.close();
            api.close();
            queue.close();
            recorder.close();
            apify.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        LedgerAddress ledger = TestLedger.shared();
        one = new Exporter(ledger, true);
        other = new Exporter(ledger, false);
    }

    @AfterEach
    void stop() throws Exception {
        one.close();
        other.close();
    }

    private void apify(String sample) {
        one.apify.addSample(sample);
        other.apify.addSample(sample);
    }

    /** Advances the clock step by step until something holds. */
    private void advanceUntil(ThrowingRunnable assertion) {
        Awaitility.await().pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
            clock.advance(REFRESH);
            assertion.run();
        });
    }

    private void awaitFinished(String units) {
        advanceUntil(() -> {
            for (Exporter each : new Exporter[] {one, other}) {
                assertThat(each.tracker.pendingRunCount()).isZero();
                assertThat(each.units()).isEqualByComparingTo(units);
            }
        });
    }

    @Test
    void oneThatIsInChargeReadsARunAnnouncedToAnother() throws Exception {
        apify("run-succeeded.json");
        other.announce();
        assertThat(other.tracker.pendingRunCount()).isEqualTo(1);

        awaitFinished("0.051778");
        assertThat(one.reads()).isBetween(1L, 2L);
        assertThat(other.reads()).isZero();
        assertThat(one.recorder.totals().snapshot().events()).isEqualTo(1);
        assertThat(one.recorder.state("apify").all().get()).isEmpty();
    }

    @Test
    void allCountARunThatIsNotRecordedYet() {
        apify("run-running.json");
        other.observe("run-ready.json", OWN);
        advanceUntil(() -> assertThat(one.tracker.pendingRunCount()).isEqualTo(1));
        apify("run-succeeded.json");
        awaitFinished("0.051778");
        assertThat(other.reads()).isZero();
    }

    @Test
    void runsGoOnWhenAnotherTakesCharge() {
        apify("run-running.json");
        one.announce();
        advanceUntil(() -> assertThat(one.reads()).isPositive());
        advanceUntil(() -> assertThat(other.tracker.pendingRunCount()).isEqualTo(1));
        assertThat(other.reads()).isZero();

        one.isInCharge = false;
        other.isInCharge = true;
        apify("run-succeeded.json");
        awaitFinished("0.051778");
        assertThat(other.reads()).isPositive();
    }

    @Test
    void runWithACredentialOfItsCallerIsReadWhereThatIsKnown() {
        one.apify.provider().on(exchange -> exchange.path().equals(READ), FakeResponse.json(403, "{}"));
        other.apify.addSample("run-succeeded.json");
        other.observe("run-ready.json", "Bearer of-the-caller");

        advanceUntil(() -> assertThat(other.units()).isEqualByComparingTo("0.051778"));
        assertThat(other.reads()).isPositive();
    }

    @Test
    void runThatIsSeenAgainWhileAnotherForgetsItIsReadOnceMore() {
        apify("run-succeeded.json");
        other.announce();
        advanceUntil(() -> assertThat(other.units()).isEqualByComparingTo("0.051778"));
        long before = one.reads();
        other.observe("run-ready.json", OWN); // it was resurrected

        advanceUntil(() -> assertThat(one.reads()).isGreaterThan(before));
        awaitFinished("0.051778");
        assertThat(other.reads()).isZero();
    }
}
