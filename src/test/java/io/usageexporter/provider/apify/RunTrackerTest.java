package io.usageexporter.provider.apify;

import static io.usageexporter.provider.apify.RunTrackerFixture.run;
import static io.usageexporter.provider.apify.RunTrackerFixture.sample;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Source;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.testing.FakeApi;
import io.usageexporter.testing.FakeApify;
import io.usageexporter.testing.LogCapture;
import io.usageexporter.testing.SettableClock;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunTrackerTest {
    private static final String RUN = "Rn0SampleRunId001";
    private static final String INSTAGRAM = "shu8hvrXbJbY3Eb9W";
    private static final Duration TEN = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private LogCapture log;
    private RunTrackerFixture tracked;

    @BeforeEach
    void start() throws Exception {
        log = new LogCapture();
        tracked = tracked(folder, ProviderHttpClient.TIMEOUT);
    }

    private static RunTrackerFixture tracked(Path folder, Duration timeout) throws Exception {
        return new RunTrackerFixture(
                folder,
                new SettableClock("2026-11-24T09:03:07Z"),
                RunTrackerFixture.settings(Map.of("acme/profiles", "linkedin")),
                timeout);
    }

    @AfterEach
    void stop() throws Exception {
        tracked.close();
        log.close();
        byte[] ledger = Files.readAllBytes(folder.resolve("usage.db"));
        assertThat(String.join("\n", log.messages()) + new String(ledger, StandardCharsets.ISO_8859_1))
                .doesNotContain("SECRET");
    }

    private void seen(String sample, Source source) {
        tracked.tracker().observed(sample(sample), source, null, null);
    }

    @Test
    void aStartedRunIsFollowedToItsFinalFigures() throws Exception {
        tracked.clock.set(Instant.parse("2026-11-24T09:00:01Z"));
        tracked.apify.has("run-running.json");
        seen("run-ready.json", Source.GATEWAY);
        assertThat(tracked.tracker().pendingRunCount()).isEqualTo(1);

        tracked.later(TEN, RUN, 1);
        tracked.awaitUnits("instagram", "0.017");

        tracked.apify.has("run-succeeded-preliminary.json");
        tracked.clock.set(Instant.parse("2026-11-24T09:03:07Z"));
        tracked.awaitReads(RUN, 2);
        tracked.awaitUnits("instagram", "0.0409");

        tracked.apify.has("run-succeeded.json");
        tracked.later(TEN, RUN, 3);
        tracked.awaitUnits("instagram", "0.051778");
        tracked.finish();
        assertThat(tracked.apify.asked("/v2/actor-runs/" + RUN)).isEqualTo(3);
        assertThat(tracked.day("2026-11-24"))
                .containsOnly(
                        Map.entry("instagram compute_units", new BigDecimal("0.051778")),
                        Map.entry("instagram runs", BigDecimal.ONE));
        assertThat(tracked.recorded(Source.GATEWAY)).isEqualTo(1);
        assertThat(tracked.pending()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "run-failed.json,    Rn0SampleRunId002, tiktok,    0.012",
        "run-aborted.json,   Rn0SampleRunId003, tiktok,    0.0085",
        "run-timed-out.json, Rn0SampleRunId004, instagram, 1.000028"
    })
    void runsThatDidNotSucceedCountToo(String name, String id, String category, String units) {
        tracked.apify.has(name);
        seen(name, Source.GATEWAY);
        tracked.finish();

        tracked.awaitUnits(category, units);
        assertThat(tracked.tracker().isTracked(id)).isFalse();
    }

    @Test
    void gatewayWebhookAndPollerTogetherCountARunOnce() throws Exception {
        tracked.apify.has("run-succeeded.json");
        seen("run-ready.json", Source.GATEWAY);
        assertThat(tracked.announce(RUN, sample("run-running.json")).get()).isTrue();
        seen("run-succeeded-preliminary.json", Source.POLLER);
        assertThat(tracked.announce(RUN, sample("run-succeeded-preliminary.json"))
                        .get())
                .isTrue();
        assertThat(tracked.announce(RUN, null).get()).isTrue();
        tracked.finish();
        assertThat(tracked.announce(RUN, sample("run-succeeded.json")).get()).isTrue();
        tracked.finish();
        tracked.clock.advance(Duration.ofMinutes(5));
        seen("run-succeeded.json", Source.POLLER);
        seen("run-succeeded-preliminary.json", Source.GATEWAY);

        tracked.awaitUnits("instagram", "0.051778");
        assertThat(tracked.day("2026-11-24")).containsEntry("instagram runs", BigDecimal.ONE);
        assertThat(tracked.recorded(Source.GATEWAY)
                        + tracked.recorded(Source.WEBHOOK)
                        + tracked.recorded(Source.POLLER))
                .isEqualTo(1);
    }

    @Test
    void aFinalRunThatIsLookedAtTimeAndAgainIsRecordedOnceAndNotRead() {
        tracked.clock.advance(Duration.ofMinutes(5));
        for (int i = 0; i < 5; i++) {
            seen("run-succeeded.json", Source.GATEWAY);
        }
        tracked.awaitUnits("instagram", "0.051778");
        assertThat(tracked.tracker().pendingRunCount()).isZero();
        assertThat(tracked.apify.api().requests()).isEmpty();
    }

    @Test
    void aMinimalWebhookIsReadAtOnceAndOnceMore() throws Exception {
        tracked.apify.has("run-succeeded-preliminary.json");
        assertThat(tracked.announce(RUN, null).get()).isTrue();
        tracked.awaitUnits("instagram", "0.0409");

        tracked.apify.has("run-succeeded.json");
        tracked.later(TEN, RUN, 2);
        tracked.awaitUnits("instagram", "0.051778");
        assertThat(tracked.recorded(Source.WEBHOOK)).isEqualTo(1);
    }

    @Test
    void aWebhookThatComesDaysLateCountsOnTheDayOfTheRun() throws Exception {
        tracked.clock.set(Instant.parse("2026-11-29T12:00:00Z"));
        tracked.apify.has("run-succeeded.json");

        assertThat(tracked.announce(RUN, sample("run-succeeded-preliminary.json"))
                        .get())
                .isTrue();
        tracked.finish();

        tracked.awaitUnits("instagram", "0.051778");
        assertThat(tracked.day("2026-11-24")).containsKey("instagram compute_units");
        assertThat(tracked.day("2026-11-29")).isEmpty();
    }

    @Test
    void aRunThatApifyHasForgottenCountsAsItWasAnnounced() throws Exception {
        assertThat(tracked.announce(RUN, sample("run-succeeded-preliminary.json"))
                        .get())
                .isTrue();
        tracked.finish();

        tracked.awaitUnits("instagram", "0.0409");
        assertThat(tracked.pending()).isEmpty();
    }

    @Test
    void aRunOfMoreThanFortyDaysAgoIsIgnored() throws Exception {
        tracked.clock.set(Instant.parse("2027-01-03T10:00:00Z"));
        tracked.apify.has("run-succeeded.json");

        seen("run-succeeded.json", Source.GATEWAY);
        assertThat(tracked.announce(RUN, sample("run-succeeded.json")).get()).isTrue();
        assertThat(tracked.tracker().pendingRunCount()).isZero();
        assertThat(tracked.announce(RUN, null).get()).isTrue();
        tracked.finish();

        assertThat(tracked.units("instagram")).isEqualByComparingTo("0");
        assertThat(tracked.pending()).isEmpty();
    }

    @Test
    void aRunThatBeginsInTheFutureByApifysClockBeginsNow() {
        tracked.clock.set(Instant.parse("2026-11-23T23:59:58Z"));
        tracked.tracker()
                .observed(
                        run(FakeApify.run("Rn1", INSTAGRAM, "RUNNING", "2026-11-24T00:00:01Z", "0.5")),
                        Source.GATEWAY,
                        null,
                        null);

        tracked.awaitUnits("instagram", "0.5");
        assertThat(tracked.day("2026-11-23")).containsKey("instagram compute_units");
    }

    @Test
    void aResurrectedRunIsFollowedAgainAndRaised() {
        tracked.apify.has("run-succeeded.json");
        seen("run-succeeded.json", Source.GATEWAY);
        tracked.finish();
        tracked.awaitUnits("instagram", "0.051778");

        String started = "2026-11-24T09:00:00.114Z";
        tracked.apify.hasRun(FakeApify.run(RUN, INSTAGRAM, "RUNNING", started, "0.06"));
        tracked.tracker()
                .observed(
                        run(FakeApify.run(RUN, INSTAGRAM, "RUNNING", started, "0.051778")), Source.GATEWAY, null, null);
        tracked.later(TEN, RUN, 2);
        tracked.awaitUnits("instagram", "0.06");
        tracked.apify.hasRun(FakeApify.run(RUN, INSTAGRAM, "ABORTED", started, "0.0625"));
        tracked.finish();

        tracked.awaitUnits("instagram", "0.0625");
        assertThat(tracked.day("2026-11-24")).containsEntry("instagram runs", BigDecimal.ONE);
    }

    @Test
    void figuresThatFallAreNotTakenBack() {
        tracked.apify.has("run-succeeded-preliminary.json");
        seen("run-succeeded.json", Source.GATEWAY);
        tracked.finish();

        tracked.awaitUnits("instagram", "0.051778");
    }

    @Test
    void theCallersCategoryWinsOverThePlatform() throws Exception {
        tracked.apify.has("run-succeeded.json");
        tracked.tracker().observed(sample("run-ready.json"), Source.GATEWAY, "competitors", null);
        assertThat(tracked.pending()).containsExactly(new PendingRun(RUN, "competitors"));
        tracked.restart();
        tracked.finish();

        tracked.awaitUnits("competitors", "0.051778");
        assertThat(tracked.units("instagram")).isEqualByComparingTo("0");
    }

    @Test
    void aCategoryThatCanBeNoneDoesNotLoseTheRun() {
        tracked.clock.advance(Duration.ofMinutes(5));
        tracked.tracker().observed(sample("run-succeeded.json"), Source.GATEWAY, "line\nbreak", null);

        tracked.awaitUnits("other", "0.051778");
    }

    @Test
    void whatWasAnnouncedIsReadToItsEndAfterAKill() throws Exception {
        tracked.apify.has("run-succeeded.json");
        tracked.apify.api().then(tracked.apify.api()::stall);
        assertThat(tracked.announce(RUN, null).get()).isTrue();
        tracked.awaitReads(RUN, 1);
        tracked.restart();
        tracked.finish();

        tracked.awaitUnits("instagram", "0.051778");
        assertThat(tracked.pending()).isEmpty();
    }

    @Test
    void aRunBetweenItsReadsIsFollowedOnAfterAKill() throws Exception {
        tracked.apify.has("run-succeeded-preliminary.json");
        assertThat(tracked.announce(RUN, sample("run-running.json")).get()).isTrue();
        tracked.later(TEN, RUN, 1);
        tracked.awaitUnits("instagram", "0.0409");

        tracked.restart();
        tracked.apify.has("run-succeeded.json");
        tracked.finish();

        tracked.awaitUnits("instagram", "0.051778");
        assertThat(tracked.day("2026-11-24")).containsEntry("instagram runs", BigDecimal.ONE);
        assertThat(tracked.pending()).isEmpty();
        tracked.restart();
        assertThat(tracked.tracker().pendingRunCount()).isZero();
    }

    @Test
    void aWebhookIsNotAnsweredWithSuccessWhileTheLedgerCannotBeWritten() throws Exception {
        tracked.apify.has("run-succeeded.json");
        tracked.loseLedger();
        assertThat(tracked.announce(RUN, sample("run-succeeded.json")).get()).isFalse();

        tracked.returnLedger();
        assertThat(tracked.announce(RUN, sample("run-succeeded.json")).get()).isTrue();
        assertThat(tracked.pending()).hasSize(1);
        tracked.finish();
        tracked.awaitUnits("instagram", "0.051778");
        assertThat(tracked.pending()).isEmpty();
    }

    @Test
    void whatTheGatewaySawWhileTheLedgerCouldNotBeWrittenIsRecordedLater() throws Exception {
        tracked.apify.has("run-succeeded.json");
        tracked.loseLedger();
        seen("run-ready.json", Source.GATEWAY);
        tracked.later(TEN, RUN, 1);
        tracked.later(TEN, RUN, 2);
        assertThat(tracked.tracker().pendingRunCount()).isEqualTo(1);

        tracked.returnLedger();
        tracked.awaitUnits("instagram", "0.051778");
        Awaitility.await().until(() -> tracked.tracker().pendingRunCount() == 0);
        Awaitility.await().until(() -> tracked.pending().isEmpty());
    }

    @Test
    void runsMayBeReadWithTheExportersTokenTheCallersOrNone() {
        tracked.apify.has("run-succeeded.json");
        seen("run-ready.json", Source.GATEWAY);
        tracked.finish();
        assertThat(tracked.apify.api().requests())
                .isNotEmpty()
                .allSatisfy(request -> assertThat(request.authorization()).isEqualTo("Bearer " + FakeApify.TOKEN));
    }

    @Test
    void aRefusedCredentialGivesWayToTheNextOne() throws Exception {
        tracked.tracker().configure(RunTrackerFixture.withoutToken());
        tracked.apify.has("run-succeeded-without-token.json");
        tracked.tracker().observed(sample("run-ready.json"), Source.GATEWAY, null, "Bearer SECRET-of-the-caller");
        tracked.finish();

        tracked.awaitUnits("instagram", "0.051778");
        assertThat(tracked.apify.api().requests())
                .extracting(FakeApi.Request::authorization)
                .startsWith("Bearer SECRET-of-the-caller", null);
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void aStalledBrokenOrNonsensicalProviderIsAskedAgainAndSaidOnce() {
        tracked.apify.has("run-succeeded.json");
        tracked.apify
                .api()
                .then(FakeApi.answer(429, "{\"error\":{}}", Map.of()))
                .then(FakeApi.answer(500, "SECRET", Map.of()))
                .then(FakeApi.answer(200, "<html>SECRET</html>", Map.of()))
                .then(FakeApi.json("{\"data\":{\"id\":\"RnAnother\"}}"))
                .then(exchange -> exchange.close());
        seen("run-ready.json", Source.GATEWAY);
        tracked.finish();

        tracked.awaitUnits("instagram", "0.051778");
        assertThat(log.warnings()).hasSize(1);
        assertThat(log.warnings().get(0)).contains("/v2/actor-runs/" + RUN, "429");
        assertThat(log.messages()).anyMatch(message -> message.equals("INFO reading Apify runs succeeds again"));
    }

    @Test
    void looksUpWhatAnActorIsCalledOnce() {
        tracked.apify.hasActor("AcMine", "acme", "profiles").hasActor("AcOther", "acme", "news");
        for (int i = 0; i < 3; i++) {
            seenFinal("RnMine" + i, "AcMine");
            seenFinal("RnOther" + i, "AcOther");
        }
        tracked.finish();

        tracked.awaitUnits("linkedin", "3");
        tracked.awaitUnits("other", "3");
        assertThat(tracked.apify.asked("/v2/actors/AcMine")).isEqualTo(1);
        assertThat(tracked.apify.asked("/v2/actors/AcOther")).isEqualTo(1);
        assertThat(log.warnings()).hasSize(1);
        assertThat(log.warnings().get(0)).contains("acme/news");
    }

    private void seenFinal(String id, String actId) {
        String run = FakeApify.run(id, actId, "SUCCEEDED", "2026-11-24T08:00:00Z", "1");
        tracked.apify.hasRun(run);
        tracked.tracker().observed(run(run), Source.GATEWAY, null, null);
    }

    @Test
    void looksUpAPrivateActorWithTheExportersTokenOrTheCallers() throws Exception {
        tracked.apify.hasPrivateActor("AcOne", "acme", "instagram-one").hasPrivateActor("AcTwo", "acme", "tiktok-two");
        String one = FakeApify.run("Rn1", "AcOne", "SUCCEEDED", "2026-11-24T08:00:00Z", "1");
        String two = FakeApify.run("Rn2", "AcTwo", "SUCCEEDED", "2026-11-24T08:00:00Z", "1");
        tracked.apify.hasRun(one).hasRun(two);
        assertThat(tracked.announce("Rn1", run(one)).get()).isTrue();
        tracked.awaitUnits("instagram", "1");

        tracked.tracker().configure(RunTrackerFixture.withoutToken());
        tracked.tracker().observed(run(two), Source.GATEWAY, null, "Bearer " + FakeApify.TOKEN);
        tracked.awaitUnits("tiktok", "1");
        tracked.finish();
    }

    @Test
    void anActorThatCannotBeFoundIsOtherAndAskedForAgainLater() {
        seenFinal("Rn1", "AcPrivate");
        seenFinal("Rn2", "AcPrivate");
        tracked.finish();
        tracked.awaitUnits("other", "2");
        assertThat(tracked.apify.asked("/v2/actors/AcPrivate")).isEqualTo(2); // with the token and without

        tracked.apify.hasActor("AcPrivate", "acme", "instagram-private");
        tracked.clock.advance(Duration.ofMinutes(11));
        seenFinal("Rn3", "AcPrivate");
        tracked.finish();
        tracked.awaitUnits("instagram", "1");
        assertThat(tracked.units("other")).isEqualByComparingTo("2");
        assertThat(log.warnings()).hasSize(1);
        assertThat(log.warnings().get(0)).contains("AcPrivate", "404");
    }

    @Test
    void aLookUpThatStallsKeepsNoOtherRunWaitingAndEndsAsOther(@TempDir Path another) throws Exception {
        try (RunTrackerFixture hurried = tracked(another, Duration.ofSeconds(2))) {
            hurried.apify.api().then(hurried.apify.api()::stall);
            String run = FakeApify.run("Rn1", "AcStalled", "SUCCEEDED", "2026-11-24T08:00:00Z", "1");
            hurried.apify.hasRun(run);
            hurried.tracker().observed(run(run), Source.GATEWAY, null, null);
            Awaitility.await().until(() -> hurried.apify.asked("/v2/actors/AcStalled") == 1);
            hurried.tracker().observed(sample("run-running.json"), Source.GATEWAY, null, null);

            hurried.awaitUnits("instagram", "0.017");
            assertThat(hurried.units("other")).isEqualByComparingTo("0");
            hurried.awaitUnits("other", "1");
        }
    }

    @Test
    void onlySoManyRunsAreFollowedAndTheOthersCountAsTheyWereSeen() throws Exception {
        tracked.apify.api().otherwise(tracked.apify.api()::stall);
        var last = CompletableFuture.completedFuture(true);
        for (int i = 0; i < RunTrackerFixture.MAX_RUNS; i++) {
            last = tracked.announce("Rn" + i, null);
        }
        assertThat(last.get()).isTrue();

        assertThat(tracked.announce("RnOneMore", null).get()).isFalse();
        seen("run-running.json", Source.GATEWAY);
        tracked.awaitUnits("instagram", "0.017");
        assertThat(tracked.tracker().isTracked(RUN)).isFalse();
        assertThat(log.warnings()).hasSize(1);
    }

    @Test
    void findsTheRunOfASynchronousCall() throws Exception {
        tracked.apify.listsUnder("apify~instagram-scraper", INSTAGRAM);
        tracked.apify.has("run-succeeded.json");
        tracked.apify.hasRun(FakeApify.run("RnEarlier", INSTAGRAM, "SUCCEEDED", "2026-11-24T08:59:50Z", "7"));
        tracked.clock.set(Instant.parse("2026-11-24T09:03:07Z"));
        tracked.tracker()
                .syncCallEnded(new SyncCall(
                        "apify~instagram-scraper",
                        false,
                        Instant.parse("2026-11-24T09:00:00Z"),
                        "competitors",
                        "Bearer " + FakeApify.TOKEN));
        tracked.finish();

        tracked.awaitUnits("competitors", "0.051778");
        assertThat(tracked.recorded(Source.GATEWAY)).isEqualTo(1);
        assertThat(tracked.apify.api().targets().get(0))
                .startsWith("/v2/actors/apify~instagram-scraper/runs?desc=1&")
                .contains("startedAfter=2026-11-24T08:59:55Z");
    }

    @Test
    void looksForTheRunOfATasksCallUntilItShows() throws Exception {
        tracked.apify.listsUnder("acme~my-task", INSTAGRAM);
        tracked.apify.api().then(FakeApi.answer(503, "", Map.of()));
        tracked.tracker()
                .syncCallEnded(new SyncCall("acme~my-task", true, Instant.parse("2026-11-24T09:00:00Z"), null, null));
        Awaitility.await().until(() -> tracked.apify.asked("/v2/actor-tasks/acme~my-task/runs") == 1);
        tracked.clock.advance(TEN);
        Awaitility.await().until(() -> tracked.apify.asked("/v2/actor-tasks/acme~my-task/runs") == 2);
        tracked.apify.has("run-succeeded.json");
        tracked.finish();

        tracked.awaitUnits("instagram", "0.051778");
        assertThat(tracked.apify.asked("/v2/actor-tasks/acme~my-task/runs")).isEqualTo(3);
    }

    @Test
    void givesUpACallWhoseRunNeverShows() {
        tracked.tracker()
                .syncCallEnded(new SyncCall(
                        "apify~x", false, Instant.parse("2026-11-24T09:00:00Z"), null, "Bearer SECRET-wrong"));
        assertThat(tracked.tracker().pendingRunCount()).isEqualTo(1);
        tracked.finish();

        assertThat(tracked.apify.asked("/v2/actors/apify~x/runs")).isEqualTo(5);
    }
}
