package io.usageexporter.provider.apify;

import static io.usageexporter.provider.apify.RunTrackerExtension.sample;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Source;
import io.usageexporter.testing.FakeApify;
import io.usageexporter.testing.FakeResponse;
import java.math.BigDecimal;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs survive restarts, an unwritable ledger, refused credentials and a failing API. */
class RunTrackerFailureTest {
    private static final String RUN = "Rn0SampleRunId001";
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    @RegisterExtension
    final RunTrackerExtension runs = new RunTrackerExtension("2026-11-24T09:03:07Z");

    @Test
    void announcedRunIsTrackedAfterARestart() throws Exception {
        runs.apify().addSample("run-succeeded.json");
        runs.apify().provider().next(FakeResponse.silence());
        assertThat(runs.announce(RUN, null).get()).isTrue();
        runs.awaitReads(RUN, 1);
        runs.restart();
        runs.advanceUntilIdle();

        runs.awaitUnits("instagram", "0.051778");
        assertThat(runs.pendingRuns()).isEmpty();
    }

    @Test
    void runBetweenItsReadsIsTrackedAfterARestart() throws Exception {
        runs.apify().addSample("run-succeeded-preliminary.json");
        assertThat(runs.announce(RUN, sample("run-running.json")).get()).isTrue();
        runs.advance(TEN_SECONDS, RUN, 1);
        runs.awaitUnits("instagram", "0.0409");

        runs.restart();
        runs.apify().addSample("run-succeeded.json");
        runs.advanceUntilIdle();

        runs.awaitUnits("instagram", "0.051778");
        assertThat(runs.day("2026-11-24")).containsEntry("instagram runs", BigDecimal.ONE);
        assertThat(runs.pendingRuns()).isEmpty();
        runs.restart();
        assertThat(runs.tracker().pendingRunCount()).isZero();
    }

    @Test
    void webhookIsNotAcceptedWhileTheLedgerCannotBeWritten() throws Exception {
        runs.apify().addSample("run-succeeded.json");
        runs.removeLedger();
        assertThat(runs.announce(RUN, sample("run-succeeded.json")).get()).isFalse();

        runs.restoreLedger();
        assertThat(runs.announce(RUN, sample("run-succeeded.json")).get()).isTrue();
        assertThat(runs.pendingRuns()).hasSize(1);
        runs.advanceUntilIdle();
        runs.awaitUnits("instagram", "0.051778");
        assertThat(runs.pendingRuns()).isEmpty();
    }

    @Test
    void runObservedWhileTheLedgerCannotBeWrittenIsRecordedLater() throws Exception {
        runs.apify().addSample("run-succeeded.json");
        runs.removeLedger();
        runs.observe(sample("run-ready.json"), Source.GATEWAY);
        runs.advance(TEN_SECONDS, RUN, 1);
        runs.advance(TEN_SECONDS, RUN, 2);
        assertThat(runs.tracker().pendingRunCount()).isEqualTo(1);

        runs.restoreLedger();
        runs.awaitUnits("instagram", "0.051778");
        Awaitility.await().until(() -> runs.tracker().pendingRunCount() == 0);
        Awaitility.await().until(() -> runs.pendingRuns().isEmpty());
    }

    @Test
    void runsAreReadWithTheExportersToken() {
        runs.apify().addSample("run-succeeded.json");
        runs.observe(sample("run-ready.json"), Source.GATEWAY);
        runs.advanceUntilIdle();
        assertThat(runs.apify().provider().exchanges())
                .isNotEmpty()
                .allSatisfy(
                        request -> assertThat(request.header("authorization")).isEqualTo("Bearer " + FakeApify.TOKEN));
    }

    @Test
    void refusedCredentialIsReplacedByTheNext() throws Exception {
        runs.removeToken();
        runs.apify().addSample("run-succeeded-without-token.json");
        runs.tracker()
                .observed(sample("run-ready.json"), Source.GATEWAY, RunAttribution.NONE, "Bearer SECRET-of-the-caller");
        runs.advanceUntilIdle();

        runs.awaitUnits("instagram", "0.051778");
        assertThat(runs.apify().provider().exchanges())
                .extracting(request -> request.header("authorization"))
                .startsWith("Bearer SECRET-of-the-caller", null);
        assertThat(runs.log().warnings()).isEmpty();
    }

    @Test
    void failedReadsAreRetriedAndLoggedOnce() {
        runs.apify().addSample("run-succeeded.json");
        runs.apify()
                .provider()
                .next(FakeResponse.json(429, "{\"error\":{}}"))
                .next(FakeResponse.json(500, "SECRET"))
                .next(FakeResponse.json(200, "<html>SECRET</html>"))
                .next(FakeResponse.json(200, "{\"data\":{\"id\":\"RnAnother\"}}"))
                .next(FakeResponse.status(200).rawHead("").closesAfter(0));
        runs.observe(sample("run-ready.json"), Source.GATEWAY);
        runs.advanceUntilIdle();

        runs.awaitUnits("instagram", "0.051778");
        assertThat(runs.log().warnings()).hasSize(1);
        assertThat(runs.log().warnings().get(0)).contains("/v2/actor-runs/" + RUN, "429");
        assertThat(runs.log().messages()).anyMatch(message -> message.equals("INFO reading Apify runs succeeds again"));
    }
}
