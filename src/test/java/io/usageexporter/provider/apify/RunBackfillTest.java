package io.usageexporter.provider.apify;

import static io.usageexporter.provider.apify.RunTrackerExtension.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.event.Source;
import io.usageexporter.polling.ProviderException;
import io.usageexporter.testing.FakeApify;
import io.usageexporter.testing.FakeResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RunBackfillTest {
    private static final Instant MONTH = Instant.parse("2026-11-02T00:00:00Z");
    private static final String TIKTOK = "GdWCkxBtKWOsKjdch";
    private static final int MAX_READS = 5;

    @RegisterExtension
    final RunTrackerExtension runs = new RunTrackerExtension("2026-11-24T12:00:00Z");

    private final List<Duration> delays = new ArrayList<>();
    private RunBackfill backfill;

    @BeforeEach
    void start() {
        backfill = new RunBackfill(runs.tracker(), runs.recorder(), runs.clock(), delays::add, MAX_READS);
    }

    private static String ended(String id, String startedAt) {
        return FakeApify.run(id, TIKTOK, "SUCCEEDED", startedAt, "1");
    }

    private long reads(String id) {
        return runs.apify().requests("/v2/actor-runs/" + id);
    }

    private long reads() {
        return runs.apify().targets().stream()
                .filter(target -> target.startsWith("/v2/actor-runs/"))
                .count();
    }

    private String lastListing() {
        return runs.apify().targets().stream()
                .filter(target -> target.startsWith("/v2/actor-runs?"))
                .reduce((first, last) -> last)
                .orElseThrow();
    }

    @Test
    void recordsUnannouncedRunsOnce() throws Exception {
        runs.apify().addRun(ended("Rn1", "2026-11-02T00:00:01Z")).addRun(ended("Rn2", "2026-11-24T11:00:00Z"));
        backfill.run(MONTH);
        runs.awaitUnits("tiktok", "2");
        backfill.run(MONTH);

        assertThat(reads("Rn1")).isEqualTo(1);
        assertThat(reads("Rn2")).isEqualTo(1);
        assertThat(runs.recordedEvents(Source.POLLER)).isEqualTo(2);
        assertThat(runs.day("2026-11-02")).containsKey("tiktok compute_units");
        assertThat(runs.pendingRuns()).isEmpty();
        assertThat(delays).isNotEmpty().allMatch(delay -> delay.toMillis() > 0);
    }

    @Test
    void scansTheMonthFirstAndThenOnlyWhatIsNew() throws Exception {
        runs.apify().addRun(ended("RnBefore", "2026-11-01T23:59:59Z"));
        backfill.run(MONTH);
        assertThat(lastListing()).contains("desc=1", "limit=1000", "startedAfter=2026-11-02T00:00:00Z");
        assertThat(reads("RnBefore")).isZero();

        runs.clock().advance(Duration.ofMinutes(5));
        backfill.run(MONTH);
        assertThat(lastListing()).contains("startedAfter=2026-11-24T10:00:00Z");

        runs.clock().advance(Duration.ofHours(6));
        backfill.run(MONTH);
        assertThat(lastListing()).contains("startedAfter=2026-11-02T00:00:00Z");
    }

    @Test
    void scansNoFurtherBackThanRunsCanBeRecorded() throws Exception {
        backfill.run(Instant.parse("2026-09-01T00:00:00Z"));

        assertThat(lastListing()).contains("startedAfter=2026-10-15T12:00:00Z");
    }

    @Test
    void tracksRunningAndJustEndedRuns() throws Exception {
        runs.apify()
                .addRun(FakeApify.run("RnGoing", TIKTOK, "RUNNING", "2026-11-24T11:59:00Z", "0.5"))
                .addRun(FakeApify.run("RnFresh", TIKTOK, "SUCCEEDED", "2026-11-24T11:58:55Z", "0.25"));
        backfill.run(MONTH);
        runs.awaitUnits("tiktok", "0.75");
        assertThat(runs.tracker().pendingRunCount()).isEqualTo(2);
        backfill.run(MONTH);

        runs.apify().addRun(FakeApify.run("RnGoing", TIKTOK, "SUCCEEDED", "2026-11-24T11:59:00Z", "2"));
        runs.advanceUntilIdle();
        runs.awaitUnits("tiktok", "2.25");
        assertThat(runs.recordedEvents(Source.POLLER)).isEqualTo(2);
    }

    @Test
    void readsRecordedRunsOnlyIfTheyEndedRecently() throws Exception {
        String old = ended("RnOld", "2026-11-20T11:00:00Z");
        String late = ended("RnLate", "2026-11-24T11:00:00Z");
        for (String run : List.of(old, late)) {
            runs.apify().addRun(run);
            runs.observe(run(run), Source.WEBHOOK);
        }
        runs.awaitUnits("tiktok", "2");
        runs.restart();
        backfill = new RunBackfill(runs.tracker(), runs.recorder(), runs.clock(), delays::add, MAX_READS);

        runs.apify().addRun(FakeApify.run("RnLate", TIKTOK, "SUCCEEDED", "2026-11-24T11:00:00Z", "1.5"));
        backfill.run(MONTH);
        runs.awaitUnits("tiktok", "2.5");
        backfill.run(MONTH);

        assertThat(reads("RnOld")).isZero();
        assertThat(reads("RnLate")).isEqualTo(1);
    }

    @Test
    void findsARunResurrectedBetweenScans() throws Exception {
        runs.apify().addRun(ended("Rn1", "2026-11-20T11:00:00Z"));
        backfill.run(MONTH);
        runs.awaitUnits("tiktok", "1");

        runs.clock().advance(Duration.ofHours(7));
        runs.apify()
                .addRun(
                        "{\"id\":\"Rn1\",\"actId\":\"" + TIKTOK + "\",\"status\":\"SUCCEEDED\",\"startedAt\":"
                                + "\"2026-11-20T11:00:00Z\",\"finishedAt\":\"2026-11-24T15:00:00Z\",\"stats\":{\"computeUnits\":3}}");
        backfill.run(MONTH);
        runs.awaitUnits("tiktok", "3");
        backfill.run(MONTH);
        assertThat(reads("Rn1")).isEqualTo(2);
    }

    @Test
    void readsAllPages() throws Exception {
        runs.apify().setPageSize(2);
        for (int i = 0; i < MAX_READS; i++) {
            runs.apify().addRun(ended("Rn" + i, "2026-11-2" + i + "T10:00:00Z"));
        }
        backfill.run(MONTH);

        runs.awaitUnits("tiktok", String.valueOf(MAX_READS));
        assertThat(lastListing()).contains("offset=4");
    }

    @Test
    void limitsReadsPerScanAndContinuesWithTheOthers() throws Exception {
        for (int i = 0; i < 2 * MAX_READS + 1; i++) {
            runs.apify().addRun(ended("Rn" + i, "2026-11-%02dT10:00:00Z".formatted(i + 3)));
        }
        backfill.run(MONTH);
        runs.awaitUnits("tiktok", String.valueOf(MAX_READS));
        assertThat(runs.day("2026-11-13")).isNotEmpty(); // the newest first
        backfill.run(MONTH);
        runs.awaitUnits("tiktok", String.valueOf(2 * MAX_READS));
        backfill.run(MONTH);
        runs.awaitUnits("tiktok", String.valueOf(2 * MAX_READS + 1));

        runs.clock().advance(Duration.ofMinutes(5));
        backfill.run(MONTH);
        assertThat(lastListing()).contains("startedAfter=2026-11-24T10:00:00Z");
        assertThat(reads()).isEqualTo(2 * MAX_READS + 1);
    }

    @Test
    void repeatsTheScanAfterAFailure() throws Exception {
        runs.apify().addRun(ended("Rn1", "2026-11-20T11:00:00Z")).addRun(ended("Rn2", "2026-11-21T11:00:00Z"));
        runs.apify().fail(FakeResponse.json(500, ""));
        assertThatThrownBy(() -> backfill.run(MONTH)).isInstanceOf(ProviderException.class);
        runs.apify().recover();
        backfill.run(MONTH);

        runs.awaitUnits("tiktok", "2");
        assertThat(lastListing()).contains("startedAfter=2026-11-02T00:00:00Z");
    }

    @Test
    void skipsADeletedRun() throws Exception {
        runs.apify().addRun(ended("Rn1", "2026-11-20T11:00:00Z"));
        runs.apify()
                .provider()
                .next(FakeResponse.json(
                        200,
                        "{\"data\":{\"total\":2,\"offset\":0,\"items\":[" + ended("RnGone", "2026-11-21T11:00:00Z")
                                + "," + ended("Rn1", "2026-11-20T11:00:00Z") + "]}}"));
        backfill.run(MONTH);

        runs.awaitUnits("tiktok", "1");
        assertThat(reads("RnGone")).isEqualTo(1);
    }

    @Test
    void invalidResponseIsNotAnEmptyList() {
        runs.apify().provider().next(FakeResponse.json(200, "{\"data\":{}}"));

        assertThatThrownBy(() -> backfill.run(MONTH)).hasMessageContaining("not a list of runs");
    }

    @Test
    void scansNothingWhileTheLedgerCannotBeWritten() throws Exception {
        runs.apify().addRun(ended("Rn1", "2026-11-20T11:00:00Z"));
        runs.removeLedger();
        assertThat(runs.announce("Rn2", null).get()).isFalse();
        runs.recorder().probe(problem -> assertThat(problem).isNotEmpty());
        Awaitility.await().until(() -> !runs.recorder().isWritable());
        backfill.run(MONTH);
        assertThat(reads("Rn1")).isZero();

        runs.restoreLedger();
        runs.recorder().probe(problem -> assertThat(problem).isEmpty());
        Awaitility.await().until(() -> runs.recorder().isWritable());
        backfill.run(MONTH);
        runs.awaitUnits("tiktok", "1");
    }
}
