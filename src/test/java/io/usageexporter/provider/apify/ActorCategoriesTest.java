package io.usageexporter.provider.apify;

import static io.usageexporter.provider.apify.RunTrackerExtension.run;
import static io.usageexporter.provider.apify.RunTrackerExtension.sample;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Source;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.testing.FakeApify;
import io.usageexporter.testing.FakeResponse;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The category of a run is the platform of its actor, which is looked up. */
class ActorCategoriesTest {
    private static final String NOW = "2026-11-24T09:03:07Z";

    @RegisterExtension
    final RunTrackerExtension runs =
            new RunTrackerExtension(NOW, Map.of("acme/profiles", "linkedin"), ProviderHttpClient.TIMEOUT);

    @Test
    void actorIsLookedUpOnce() {
        runs.apify().addActor("AcMine", "acme", "profiles").addActor("AcOther", "acme", "news");
        for (int i = 0; i < 3; i++) {
            observeFinal("RnMine" + i, "AcMine");
            observeFinal("RnOther" + i, "AcOther");
        }
        runs.advanceUntilIdle();

        runs.awaitUnits("linkedin", "3");
        runs.awaitUnits("other", "3");
        assertThat(runs.apify().requests("/v2/actors/AcMine")).isEqualTo(1);
        assertThat(runs.apify().requests("/v2/actors/AcOther")).isEqualTo(1);
        assertThat(runs.log().warnings()).hasSize(1);
        assertThat(runs.log().warnings().get(0)).contains("acme/news");
    }

    private void observeFinal(String id, String actId) {
        String run = FakeApify.run(id, actId, "SUCCEEDED", "2026-11-24T08:00:00Z", "1");
        runs.apify().addRun(run);
        runs.observe(run(run), Source.GATEWAY);
    }

    @Test
    void privateActorIsLookedUpWithTheTokenOfExporterOrCaller() throws Exception {
        runs.apify().addPrivateActor("AcOne", "acme", "instagram-one").addPrivateActor("AcTwo", "acme", "tiktok-two");
        String one = FakeApify.run("Rn1", "AcOne", "SUCCEEDED", "2026-11-24T08:00:00Z", "1");
        String two = FakeApify.run("Rn2", "AcTwo", "SUCCEEDED", "2026-11-24T08:00:00Z", "1");
        runs.apify().addRun(one).addRun(two);
        assertThat(runs.announce("Rn1", run(one)).get()).isTrue();
        runs.awaitUnits("instagram", "1");

        runs.removeToken();
        runs.tracker().observed(run(two), Source.GATEWAY, RunAttribution.NONE, "Bearer " + FakeApify.TOKEN);
        runs.awaitUnits("tiktok", "1");
        runs.advanceUntilIdle();
    }

    @Test
    void unknownActorIsOtherAndLookedUpAgainLater() {
        observeFinal("Rn1", "AcPrivate");
        observeFinal("Rn2", "AcPrivate");
        runs.advanceUntilIdle();
        runs.awaitUnits("other", "2");
        assertThat(runs.apify().requests("/v2/actors/AcPrivate")).isEqualTo(2); // with the token and without

        runs.apify().addActor("AcPrivate", "acme", "instagram-private");
        runs.clock().advance(Duration.ofMinutes(11));
        observeFinal("Rn3", "AcPrivate");
        runs.advanceUntilIdle();
        runs.awaitUnits("instagram", "1");
        assertThat(runs.units("other")).isEqualByComparingTo("2");
        assertThat(runs.log().warnings()).hasSize(1);
        assertThat(runs.log().warnings().get(0)).contains("AcPrivate", "404");
    }

    @Test
    void stalledLookUpDelaysNoOtherRunAndEndsAsOther() throws Exception {
        try (var impatient = new RunTrackerExtension(NOW, Map.of(), Duration.ofSeconds(2)).start()) {
            impatient.apify().provider().next(FakeResponse.silence());
            String run = FakeApify.run("Rn1", "AcStalled", "SUCCEEDED", "2026-11-24T08:00:00Z", "1");
            impatient.apify().addRun(run);
            impatient.observe(run(run), Source.GATEWAY);
            Awaitility.await().until(() -> impatient.apify().requests("/v2/actors/AcStalled") == 1);
            impatient.observe(sample("run-running.json"), Source.GATEWAY);

            impatient.awaitUnits("instagram", "0.017");
            assertThat(impatient.units("other")).isEqualByComparingTo("0");
            impatient.awaitUnits("other", "1");
        }
    }
}
