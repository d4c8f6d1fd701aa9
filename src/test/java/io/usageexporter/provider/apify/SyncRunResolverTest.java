package io.usageexporter.provider.apify;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Source;
import io.usageexporter.testing.FakeApify;
import io.usageexporter.testing.FakeResponse;
import java.time.Duration;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The runs of synchronous calls, whose responses do not name them. */
class SyncRunResolverTest {
    private static final String INSTAGRAM = "shu8hvrXbJbY3Eb9W";
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    @RegisterExtension
    final RunTrackerExtension runs = new RunTrackerExtension("2026-11-24T09:03:07Z");

    @Test
    void runOfASynchronousCallIsFound() throws Exception {
        runs.apify().addListing("apify~instagram-scraper", INSTAGRAM);
        runs.apify().addSample("run-succeeded.json");
        runs.apify().addRun(FakeApify.run("RnEarlier", INSTAGRAM, "SUCCEEDED", "2026-11-24T08:59:50Z", "7"));
        runs.clock().set(Instant.parse("2026-11-24T09:03:07Z"));
        runs.tracker()
                .syncCallEnded(new SyncCall(
                        "apify~instagram-scraper",
                        false,
                        Instant.parse("2026-11-24T09:00:00Z"),
                        new RunAttribution("competitors", "growth"),
                        "Bearer " + FakeApify.TOKEN));
        runs.advanceUntilIdle();

        runs.awaitUnits("competitors", "0.051778");
        assertThat(runs.consumers()).containsExactly("growth");
        assertThat(runs.recordedEvents(Source.GATEWAY)).isEqualTo(1);
        assertThat(runs.apify().targets().get(0))
                .startsWith("/v2/actors/apify~instagram-scraper/runs?desc=1&")
                .contains("startedAfter=2026-11-24T08:59:55Z");
    }

    @Test
    void runOfATasksCallIsSearchedUntilItIsListed() throws Exception {
        runs.apify().addListing("acme~my-task", INSTAGRAM);
        runs.apify().provider().next(FakeResponse.json(503, ""));
        runs.tracker()
                .syncCallEnded(new SyncCall(
                        "acme~my-task", true, Instant.parse("2026-11-24T09:00:00Z"), RunAttribution.NONE, null));
        Awaitility.await().until(() -> runs.apify().requests("/v2/actor-tasks/acme~my-task/runs") == 1);
        runs.clock().advance(TEN_SECONDS);
        Awaitility.await().until(() -> runs.apify().requests("/v2/actor-tasks/acme~my-task/runs") == 2);
        runs.apify().addSample("run-succeeded.json");
        runs.advanceUntilIdle();

        runs.awaitUnits("instagram", "0.051778");
        assertThat(runs.apify().requests("/v2/actor-tasks/acme~my-task/runs")).isEqualTo(3);
    }

    @Test
    void callIsAbandonedIfItsRunIsNeverListed() {
        runs.tracker()
                .syncCallEnded(new SyncCall(
                        "apify~x",
                        false,
                        Instant.parse("2026-11-24T09:00:00Z"),
                        RunAttribution.NONE,
                        "Bearer SECRET-wrong"));
        assertThat(runs.tracker().pendingRunCount()).isEqualTo(1);
        runs.advanceUntilIdle();

        assertThat(runs.apify().requests("/v2/actors/apify~x/runs")).isEqualTo(5);
    }
}
