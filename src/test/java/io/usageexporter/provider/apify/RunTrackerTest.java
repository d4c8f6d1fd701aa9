package io.usageexporter.provider.apify;

import static io.usageexporter.provider.apify.RunTrackerExtension.run;
import static io.usageexporter.provider.apify.RunTrackerExtension.sample;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Source;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.testing.FakeApify;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.Samples;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The life of a run, from the first observation to its final figures. */
class RunTrackerTest {
    private static final String RUN = "Rn0SampleRunId001";
    private static final String INSTAGRAM = "shu8hvrXbJbY3Eb9W";
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    @RegisterExtension
    final RunTrackerExtension runs = new RunTrackerExtension("2026-11-24T09:03:07Z");

    @Test
    void startedRunIsTrackedUntilItsFiguresAreFinal() throws Exception {
        runs.clock().set(Instant.parse("2026-11-24T09:00:01Z"));
        runs.apify().addSample("run-running.json");
        runs.observe(sample("run-ready.json"), Source.GATEWAY);
        assertThat(runs.tracker().pendingRunCount()).isEqualTo(1);

        runs.advance(TEN_SECONDS, RUN, 1);
        runs.awaitUnits("instagram", "0.017");

        runs.apify().addSample("run-succeeded-preliminary.json");
        runs.clock().set(Instant.parse("2026-11-24T09:03:07Z"));
        runs.awaitReads(RUN, 2);
        runs.awaitUnits("instagram", "0.0409");

        runs.apify().addSample("run-succeeded.json");
        runs.advance(TEN_SECONDS, RUN, 3);
        runs.awaitUnits("instagram", "0.051778");
        runs.advanceUntilIdle();
        assertThat(runs.apify().requests("/v2/actor-runs/" + RUN)).isEqualTo(3);
        assertThat(runs.day("2026-11-24"))
                .containsOnly(
                        Map.entry("instagram compute_units", new BigDecimal("0.051778")),
                        Map.entry("instagram runs", BigDecimal.ONE),
                        Map.entry("instagram usd", new BigDecimal("0.579904")));
        assertThat(runs.recordedEvents(Source.GATEWAY)).isEqualTo(1);
        assertThat(runs.pendingRuns()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "run-failed.json,    Rn0SampleRunId002, tiktok,    0.012",
        "run-aborted.json,   Rn0SampleRunId003, tiktok,    0.0085",
        "run-timed-out.json, Rn0SampleRunId004, instagram, 1.000028"
    })
    void runsThatDidNotSucceedCountAsWell(String name, String id, String category, String units) {
        runs.apify().addSample(name);
        runs.observe(sample(name), Source.GATEWAY);
        runs.advanceUntilIdle();

        runs.awaitUnits(category, units);
        assertThat(runs.tracker().isTracked(id)).isFalse();
    }

    @Test
    void runObservedByGatewayWebhookAndPollerCountsOnce() throws Exception {
        runs.apify().addSample("run-succeeded.json");
        runs.observe(sample("run-ready.json"), Source.GATEWAY);
        assertThat(runs.announce(RUN, sample("run-running.json")).get()).isTrue();
        runs.observe(sample("run-succeeded-preliminary.json"), Source.POLLER);
        assertThat(runs.announce(RUN, sample("run-succeeded-preliminary.json")).get())
                .isTrue();
        assertThat(runs.announce(RUN, null).get()).isTrue();
        runs.advanceUntilIdle();
        assertThat(runs.announce(RUN, sample("run-succeeded.json")).get()).isTrue();
        runs.advanceUntilIdle();
        runs.clock().advance(Duration.ofMinutes(5));
        runs.observe(sample("run-succeeded.json"), Source.POLLER);
        runs.observe(sample("run-succeeded-preliminary.json"), Source.GATEWAY);

        runs.awaitUnits("instagram", "0.051778");
        assertThat(runs.day("2026-11-24")).containsEntry("instagram runs", BigDecimal.ONE);
        assertThat(runs.recordedEvents(Source.GATEWAY)
                        + runs.recordedEvents(Source.WEBHOOK)
                        + runs.recordedEvents(Source.POLLER))
                .isEqualTo(1);
    }

    @Test
    void finalRunThatIsFetchedRepeatedlyIsRecordedOnceAndNotRead() {
        runs.clock().advance(Duration.ofMinutes(5));
        for (int i = 0; i < 5; i++) {
            runs.observe(sample("run-succeeded.json"), Source.GATEWAY);
        }
        runs.awaitUnits("instagram", "0.051778");
        assertThat(runs.tracker().pendingRunCount()).isZero();
        assertThat(runs.apify().provider().exchanges()).isEmpty();
    }

    @Test
    void runAnnouncedByIdIsReadAtOnceAndOnceMore() throws Exception {
        runs.apify().addSample("run-succeeded-preliminary.json");
        assertThat(runs.announce(RUN, null).get()).isTrue();
        runs.awaitUnits("instagram", "0.0409");

        runs.apify().addSample("run-succeeded.json");
        runs.advance(TEN_SECONDS, RUN, 2);
        runs.awaitUnits("instagram", "0.051778");
        assertThat(runs.recordedEvents(Source.WEBHOOK)).isEqualTo(1);
    }

    @Test
    void webhookDeliveredDaysLateCountsOnTheDayOfTheRun() throws Exception {
        runs.clock().set(Instant.parse("2026-11-29T12:00:00Z"));
        runs.apify().addSample("run-succeeded.json");

        assertThat(runs.announce(RUN, sample("run-succeeded-preliminary.json")).get())
                .isTrue();
        runs.advanceUntilIdle();

        runs.awaitUnits("instagram", "0.051778");
        assertThat(runs.day("2026-11-24")).containsKey("instagram compute_units");
        assertThat(runs.day("2026-11-29")).isEmpty();
    }

    @Test
    void runDeletedByApifyCountsAsAnnounced() throws Exception {
        assertThat(runs.announce(RUN, sample("run-succeeded-preliminary.json")).get())
                .isTrue();
        runs.advanceUntilIdle();

        runs.awaitUnits("instagram", "0.0409");
        assertThat(runs.pendingRuns()).isEmpty();
    }

    @Test
    void runOfMoreThanFortyDaysAgoIsIgnored() throws Exception {
        runs.clock().set(Instant.parse("2027-01-03T10:00:00Z"));
        runs.apify().addSample("run-succeeded.json");

        runs.observe(sample("run-succeeded.json"), Source.GATEWAY);
        assertThat(runs.announce(RUN, sample("run-succeeded.json")).get()).isTrue();
        assertThat(runs.tracker().pendingRunCount()).isZero();
        assertThat(runs.announce(RUN, null).get()).isTrue();
        runs.advanceUntilIdle();

        assertThat(runs.units("instagram")).isEqualByComparingTo("0");
        assertThat(runs.pendingRuns()).isEmpty();
    }

    @Test
    void runStartedInTheFutureByApifysClockCountsNow() {
        runs.clock().set(Instant.parse("2026-11-23T23:59:58Z"));
        runs.observe(run(FakeApify.run("Rn1", INSTAGRAM, "RUNNING", "2026-11-24T00:00:01Z", "0.5")), Source.GATEWAY);

        runs.awaitUnits("instagram", "0.5");
        assertThat(runs.day("2026-11-23")).containsKey("instagram compute_units");
    }

    @Test
    void resurrectedRunIsTrackedAgainAndAmended() {
        runs.apify().addSample("run-succeeded.json");
        runs.observe(sample("run-succeeded.json"), Source.GATEWAY);
        runs.advanceUntilIdle();
        runs.awaitUnits("instagram", "0.051778");

        String started = "2026-11-24T09:00:00.114Z";
        runs.apify().addRun(FakeApify.run(RUN, INSTAGRAM, "RUNNING", started, "0.06"));
        runs.observe(run(FakeApify.run(RUN, INSTAGRAM, "RUNNING", started, "0.051778")), Source.GATEWAY);
        runs.advance(TEN_SECONDS, RUN, 2);
        runs.awaitUnits("instagram", "0.06");
        runs.apify().addRun(FakeApify.run(RUN, INSTAGRAM, "ABORTED", started, "0.0625"));
        runs.advanceUntilIdle();

        runs.awaitUnits("instagram", "0.0625");
        assertThat(runs.day("2026-11-24")).containsEntry("instagram runs", BigDecimal.ONE);
    }

    @Test
    void moneyIsRaisedWhenOnlyItIsHigher() {
        String preliminary = Samples.text("apify/run-succeeded-preliminary.json");
        runs.apify().addRun(preliminary.replace("0.425728", "0.5"));
        runs.observe(run(preliminary), Source.GATEWAY);
        runs.advanceUntilIdle();

        assertThat(runs.day("2026-11-24"))
                .containsEntry("instagram compute_units", new BigDecimal("0.0409"))
                .containsEntry("instagram usd", new BigDecimal("0.5"));
    }

    @Test
    void runRecordedWithoutMoneyGetsItWhenSeenAgain() {
        var units = Map.of(
                Measure.of("compute_units"), Amount.of(new BigDecimal("0.051778")), Measure.of("runs"), Amount.of(1));
        Instant started = Instant.parse("2026-11-24T09:00:00.114Z");
        var event = new UsageEvent("apify:" + RUN, "apify", "instagram", "", started, Usage.of(units));
        runs.recorder().submit(List.of(event), Source.API, outcome -> {});
        runs.awaitUnits("instagram", "0.051778");

        runs.clock().advance(Duration.ofMinutes(5));
        runs.observe(sample("run-succeeded.json"), Source.GATEWAY);
        runs.observe(sample("run-succeeded.json"), Source.POLLER);
        Awaitility.await().until(() -> runs.day("2026-11-24").containsKey("instagram usd"));

        assertThat(runs.day("2026-11-24"))
                .containsOnly(
                        Map.entry("instagram compute_units", new BigDecimal("0.051778")),
                        Map.entry("instagram runs", BigDecimal.ONE),
                        Map.entry("instagram usd", new BigDecimal("0.579904")));
    }

    @Test
    void lowerFiguresAreIgnored() {
        runs.apify().addSample("run-succeeded-preliminary.json");
        runs.observe(sample("run-succeeded.json"), Source.GATEWAY);
        runs.advanceUntilIdle();

        runs.awaitUnits("instagram", "0.051778");
    }

    @Test
    void callersCategoryWinsOverThePlatform() throws Exception {
        runs.apify().addSample("run-succeeded.json");
        var competitors = new RunAttribution("competitors", "");
        runs.tracker().observed(sample("run-ready.json"), Source.GATEWAY, competitors, null);
        assertThat(runs.pendingRuns()).containsExactly(new PendingRun(RUN, competitors));
        runs.restart();
        runs.advanceUntilIdle();

        runs.awaitUnits("competitors", "0.051778");
        assertThat(runs.units("instagram")).isEqualByComparingTo("0");
    }

    @Test
    void runWithAnInvalidCategoryCountsAsOther() {
        runs.clock().advance(Duration.ofMinutes(5));
        runs.tracker()
                .observed(sample("run-succeeded.json"), Source.GATEWAY, new RunAttribution("line\nbreak", ""), null);

        runs.awaitUnits("other", "0.051778");
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void runKeepsTheConsumerOfItsCallHoweverItsFiguresAreRead(boolean announcedFirst) throws Exception {
        runs.apify().addSample("run-running.json");
        if (announcedFirst) {
            assertThat(runs.announce(RUN, sample("run-ready.json")).get()).isTrue();
        }
        var growth = new RunAttribution(null, "growth");
        runs.tracker().observed(sample("run-ready.json"), Source.GATEWAY, growth, null);
        assertThat(runs.pendingRuns()).containsExactly(new PendingRun(RUN, growth));
        assertThat(runs.announce(RUN, sample("run-running.json")).get()).isTrue();
        runs.awaitUnits("instagram", "0.017");
        runs.restart();

        runs.apify().addSample("run-succeeded.json");
        assertThat(runs.announce(RUN, sample("run-succeeded-preliminary.json")).get())
                .isTrue();
        runs.advanceUntilIdle();
        runs.observe(sample("run-succeeded.json"), Source.POLLER);

        runs.awaitUnits("instagram", "0.051778");
        assertThat(runs.consumers()).containsExactly("growth");
    }

    @ParameterizedTest
    @CsvSource({"'', '', ''", "tiktok, '', tiktok", "'', growth, '\tgrowth'", "tiktok, growth, 'tiktok\tgrowth'"})
    void attributionIsStoredAsTextAsEarlierVersionsDid(String category, String consumer, String text) {
        var attribution = new RunAttribution(category.isEmpty() ? null : category, consumer);
        assertThat(attribution.state()).isEqualTo(text);
        assertThat(RunAttribution.ofState(text)).isEqualTo(attribution);
    }

    @Test
    void beyondTheLimitOfTrackedRunsFiguresCountAsObserved() throws Exception {
        runs.apify().fail(FakeResponse.silence());
        var last = CompletableFuture.completedFuture(true);
        for (int i = 0; i < RunTrackerExtension.MAX_RUNS; i++) {
            last = runs.announce("Rn" + i, null);
        }
        assertThat(last.get()).isTrue();

        assertThat(runs.announce("RnOneMore", null).get()).isFalse();
        runs.observe(sample("run-running.json"), Source.GATEWAY);
        runs.awaitUnits("instagram", "0.017");
        assertThat(runs.tracker().isTracked(RUN)).isFalse();
        assertThat(runs.log().warnings()).hasSize(1);
    }
}
