package io.usageexporter.provider.apify;

import static io.usageexporter.provider.apify.RunTrackerFixture.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.event.Source;
import io.usageexporter.polling.ProviderException;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.testing.FakeApi;
import io.usageexporter.testing.FakeApify;
import io.usageexporter.testing.SettableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunBackfillTest {
    private static final Instant MONTH = Instant.parse("2026-11-02T00:00:00Z");
    private static final String TIKTOK = "GdWCkxBtKWOsKjdch";
    private static final int MAX_READS = 5;

    @TempDir
    Path folder;

    private final List<Duration> rests = new ArrayList<>();
    private RunTrackerFixture tracked;
    private RunBackfill search;

    @BeforeEach
    void start() throws Exception {
        tracked = new RunTrackerFixture(
                folder,
                new SettableClock("2026-11-24T12:00:00Z"),
                RunTrackerFixture.settings(Map.of()),
                ProviderHttpClient.TIMEOUT);
        search = new RunBackfill(tracked.tracker(), tracked.recorder(), tracked.clock, rests::add, MAX_READS);
    }

    @AfterEach
    void stop() throws Exception {
        tracked.close();
    }

    private static String ended(String id, String startedAt) {
        return FakeApify.run(id, TIKTOK, "SUCCEEDED", startedAt, "1");
    }

    private long reads(String id) {
        return tracked.apify.asked("/v2/actor-runs/" + id);
    }

    private long reads() {
        return tracked.apify.api().targets().stream()
                .filter(target -> target.startsWith("/v2/actor-runs/"))
                .count();
    }

    private String lastListing() {
        return tracked.apify.api().targets().stream()
                .filter(target -> target.startsWith("/v2/actor-runs?"))
                .reduce((first, last) -> last)
                .orElseThrow();
    }

    @Test
    void recordsUnannouncedRunsOnce() throws Exception {
        tracked.apify.hasRun(ended("Rn1", "2026-11-02T00:00:01Z")).hasRun(ended("Rn2", "2026-11-24T11:00:00Z"));
        search.run(MONTH);
        tracked.awaitUnits("tiktok", "2");
        search.run(MONTH);

        assertThat(reads("Rn1")).isEqualTo(1);
        assertThat(reads("Rn2")).isEqualTo(1);
        assertThat(tracked.recorded(Source.POLLER)).isEqualTo(2);
        assertThat(tracked.day("2026-11-02")).containsKey("tiktok compute_units");
        assertThat(tracked.pending()).isEmpty();
        assertThat(rests).isNotEmpty().allMatch(rest -> rest.toMillis() > 0);
    }

    @Test
    void scansTheMonthFirstAndThenOnlyWhatIsNew() throws Exception {
        tracked.apify.hasRun(ended("RnBefore", "2026-11-01T23:59:59Z"));
        search.run(MONTH);
        assertThat(lastListing()).contains("desc=1", "limit=1000", "startedAfter=2026-11-02T00:00:00Z");
        assertThat(reads("RnBefore")).isZero();

        tracked.clock.advance(Duration.ofMinutes(5));
        search.run(MONTH);
        assertThat(lastListing()).contains("startedAfter=2026-11-24T10:00:00Z");

        tracked.clock.advance(Duration.ofHours(6));
        search.run(MONTH);
        assertThat(lastListing()).contains("startedAfter=2026-11-02T00:00:00Z");
    }

    @Test
    void scansNoFurtherBackThanRunsCanBeRecorded() throws Exception {
        search.run(Instant.parse("2026-09-01T00:00:00Z"));

        assertThat(lastListing()).contains("startedAfter=2026-10-15T12:00:00Z");
    }

    @Test
    void tracksRunningAndJustEndedRuns() throws Exception {
        tracked.apify
                .hasRun(FakeApify.run("RnGoing", TIKTOK, "RUNNING", "2026-11-24T11:59:00Z", "0.5"))
                .hasRun(FakeApify.run("RnFresh", TIKTOK, "SUCCEEDED", "2026-11-24T11:58:55Z", "0.25"));
        search.run(MONTH);
        tracked.awaitUnits("tiktok", "0.75");
        assertThat(tracked.tracker().pendingRunCount()).isEqualTo(2);
        search.run(MONTH);

        tracked.apify.hasRun(FakeApify.run("RnGoing", TIKTOK, "SUCCEEDED", "2026-11-24T11:59:00Z", "2"));
        tracked.finish();
        tracked.awaitUnits("tiktok", "2.25");
        assertThat(tracked.recorded(Source.POLLER)).isEqualTo(2);
    }

    @Test
    void readsRecordedRunsOnlyIfTheyEndedRecently() throws Exception {
        String old = ended("RnOld", "2026-11-20T11:00:00Z");
        String late = ended("RnLate", "2026-11-24T11:00:00Z");
        for (String run : List.of(old, late)) {
            tracked.apify.hasRun(run);
            tracked.tracker().observed(run(run), Source.WEBHOOK, null, null);
        }
        tracked.awaitUnits("tiktok", "2");
        tracked.restart();
        search = new RunBackfill(tracked.tracker(), tracked.recorder(), tracked.clock, rests::add, MAX_READS);

        tracked.apify.hasRun(FakeApify.run("RnLate", TIKTOK, "SUCCEEDED", "2026-11-24T11:00:00Z", "1.5"));
        search.run(MONTH);
        tracked.awaitUnits("tiktok", "2.5");
        search.run(MONTH);

        assertThat(reads("RnOld")).isZero();
        assertThat(reads("RnLate")).isEqualTo(1);
    }

    @Test
    void findsARunResurrectedBetweenScans() throws Exception {
        tracked.apify.hasRun(ended("Rn1", "2026-11-20T11:00:00Z"));
        search.run(MONTH);
        tracked.awaitUnits("tiktok", "1");

        tracked.clock.advance(Duration.ofHours(7));
        tracked.apify.hasRun("{\"id\":\"Rn1\",\"actId\":\"" + TIKTOK + "\",\"status\":\"SUCCEEDED\",\"startedAt\":"
                + "\"2026-11-20T11:00:00Z\",\"finishedAt\":\"2026-11-24T15:00:00Z\",\"stats\":{\"computeUnits\":3}}");
        search.run(MONTH);
        tracked.awaitUnits("tiktok", "3");
        search.run(MONTH);
        assertThat(reads("Rn1")).isEqualTo(2);
    }

    @Test
    void readsAllPages() throws Exception {
        tracked.apify.listsAtOnce(2);
        for (int i = 0; i < MAX_READS; i++) {
            tracked.apify.hasRun(ended("Rn" + i, "2026-11-2" + i + "T10:00:00Z"));
        }
        search.run(MONTH);

        tracked.awaitUnits("tiktok", String.valueOf(MAX_READS));
        assertThat(lastListing()).contains("offset=4");
    }

    @Test
    void limitsReadsPerScanAndContinuesWithTheOthers() throws Exception {
        for (int i = 0; i < 2 * MAX_READS + 1; i++) {
            tracked.apify.hasRun(ended("Rn" + i, "2026-11-%02dT10:00:00Z".formatted(i + 3)));
        }
        search.run(MONTH);
        tracked.awaitUnits("tiktok", String.valueOf(MAX_READS));
        assertThat(tracked.day("2026-11-13")).isNotEmpty(); // the newest first
        search.run(MONTH);
        tracked.awaitUnits("tiktok", String.valueOf(2 * MAX_READS));
        search.run(MONTH);
        tracked.awaitUnits("tiktok", String.valueOf(2 * MAX_READS + 1));

        tracked.clock.advance(Duration.ofMinutes(5));
        search.run(MONTH);
        assertThat(lastListing()).contains("startedAfter=2026-11-24T10:00:00Z");
        assertThat(reads()).isEqualTo(2 * MAX_READS + 1);
    }

    @Test
    void repeatsTheScanAfterAFailure() throws Exception {
        tracked.apify.hasRun(ended("Rn1", "2026-11-20T11:00:00Z")).hasRun(ended("Rn2", "2026-11-21T11:00:00Z"));
        tracked.apify.api().otherwise(FakeApi.answer(500, "", Map.of()));
        assertThatThrownBy(() -> search.run(MONTH)).isInstanceOf(ProviderException.class);
        tracked.apify.answersAgain();
        search.run(MONTH);

        tracked.awaitUnits("tiktok", "2");
        assertThat(lastListing()).contains("startedAfter=2026-11-02T00:00:00Z");
    }

    @Test
    void skipsADeletedRun() throws Exception {
        tracked.apify.hasRun(ended("Rn1", "2026-11-20T11:00:00Z"));
        tracked.apify
                .api()
                .then(FakeApi.json(
                        "{\"data\":{\"total\":2,\"offset\":0,\"items\":[" + ended("RnGone", "2026-11-21T11:00:00Z")
                                + "," + ended("Rn1", "2026-11-20T11:00:00Z") + "]}}"));
        search.run(MONTH);

        tracked.awaitUnits("tiktok", "1");
        assertThat(reads("RnGone")).isEqualTo(1);
    }

    @Test
    void invalidResponseIsNotAnEmptyList() {
        tracked.apify.api().then(FakeApi.json("{\"data\":{}}"));

        assertThatThrownBy(() -> search.run(MONTH)).hasMessageContaining("not a list of runs");
    }

    @Test
    void scansNothingWhileTheLedgerCannotBeWritten() throws Exception {
        tracked.apify.hasRun(ended("Rn1", "2026-11-20T11:00:00Z"));
        tracked.loseLedger();
        assertThat(tracked.announce("Rn2", null).get()).isFalse();
        tracked.recorder().probe(works -> assertThat(works).isFalse());
        Awaitility.await().until(() -> !tracked.recorder().isWritable());
        search.run(MONTH);
        assertThat(reads("Rn1")).isZero();

        tracked.returnLedger();
        tracked.recorder().probe(works -> assertThat(works).isTrue());
        Awaitility.await().until(() -> tracked.recorder().isWritable());
        search.run(MONTH);
        tracked.awaitUnits("tiktok", "1");
    }
}
