package io.usageexporter.recording;

import static io.usageexporter.recording.RecorderFixture.event;
import static io.usageexporter.recording.RecorderFixture.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.recording.Outcome.Conflict;
import io.usageexporter.recording.Outcome.Recorded;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Usage that is observed several times, by several sources, with growing amounts. */
@Tag("ledger")
class RecorderAmendmentTest {
    private static final String MORNING = "2026-11-24T08:00:00Z";

    /** More ids than a segment of the ledger's index holds. */
    private static final int MORE_THAN_A_SEGMENT = 66_000;

    @TempDir
    Path folder;

    private RecorderFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new RecorderFixture(folder);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            requests=1 tokens.input=10 tokens.output=5 | 1 | 10 | 5
            requests=1 tokens.input=9  tokens.output=4 | 1 | 10 | 5
            requests=1 tokens.input=12 tokens.output=7 | 0 | 12 | 7
            requests=1 tokens.input=12 tokens.output=4 | 0 | 12 | 5
            tokens.output=6                            | 0 | 10 | 6
            """)
    void whenObservedAgainTheHigherAmountsCount(String usage, int duplicates, String input, String output)
            throws Exception {
        fixture.observe(event("m", "anthropic", "a", "x", MORNING, "requests=1 tokens.input=10 tokens.output=5"));

        Outcome again = fixture.observe(event("m", "anthropic", "a", "x", MORNING, usage.replaceAll(" +", " ")));

        assertThat(again).isEqualTo(new Recorded(0, duplicates));
        assertThat(fixture.total("tokens.input")).isEqualByComparingTo(input);
        assertThat(fixture.total("tokens.output")).isEqualByComparingTo(output);
        assertThat(fixture.total("requests")).isEqualByComparingTo("1");
        assertThat(fixture.recorded(Source.GATEWAY)).isEqualTo(1);
        fixture.verify(1);
    }

    @Test
    void amendsRepeatedlyAcrossRestarts() throws Exception {
        for (String units : List.of("0.1", "0.4", "0.2", "0.4", "0.9")) {
            fixture.observe(run("r", MORNING, units));
            fixture.verify(1);
            fixture.restart();
        }
        assertThat(fixture.total("compute_units")).isEqualByComparingTo("0.9");
        fixture.verify(1);
    }

    @Test
    void observationsCommittedTogetherCountOnce() throws Exception {
        assertThat(fixture.observe(run("r", MORNING, "1"), run("r", MORNING, "3"), run("r", MORNING, "2")))
                .isEqualTo(new Recorded(1, 1));
        assertThat(fixture.observe(run("r", MORNING, "4"), run("r", MORNING, "4")))
                .isEqualTo(new Recorded(0, 1));

        assertThat(fixture.total("compute_units")).isEqualByComparingTo("4");
        fixture.verify(1);
    }

    @Test
    void amendmentCountsUnderTheFirstCategoryModelAndDay() throws Exception {
        fixture.observe(Source.WEBHOOK, event("apify:r", "apify", "instagram", "m", MORNING, "compute_units=1"));
        fixture.clock().advance(Duration.ofDays(3));

        fixture.observe(
                Source.POLLER,
                event("apify:r", "apify", "tiktok", "other", "2026-11-27T01:00:00Z", "compute_units=1.5"));

        assertThat(fixture.day("2026-11-24")).isEqualTo("[instagram compute_units 1.5]");
        assertThat(fixture.day("2026-11-27")).isEqualTo("[]");
        assertThat(fixture.snapshot().series().keySet())
                .extracting(series -> series.category() + " " + series.model())
                .containsOnly("instagram m");
        assertThat(fixture.recorded(Source.WEBHOOK)).isEqualTo(1);
        assertThat(fixture.recorded(Source.POLLER)).isZero();
        fixture.verify(1);
    }

    @Test
    void amendmentOfAnEventWithoutInstantCountsWhenThatWasRecorded() throws Exception {
        fixture.observe(event("m", "anthropic", "a", "", null, "requests=1"));
        fixture.clock().advance(Duration.ofDays(2));
        fixture.observe(event("m", "anthropic", "a", "", null, "requests=3"));

        assertThat(fixture.day("2026-11-24")).isEqualTo("[a requests 3]");
        fixture.verify(1);
    }

    /** Such as a run that is resurrected months later, when its day is no longer in memory. */
    @ParameterizedTest
    @CsvSource({"30", "50", "79", "80", "81", "200"})
    void lateAmendmentCountsOnTheOriginalDay(int days) throws Exception {
        fixture.observe(run("r", MORNING, "1"), run("other", MORNING, "10"));
        fixture.clock().advance(Duration.ofDays(days));
        fixture.observe(run("new", "2026-11-25T00:00:00Z", "0.5"));

        fixture.observe(run("r", MORNING, "3"));

        assertThat(fixture.day("2026-11-24")).isEqualTo("[instagram compute_units 13]");
        assertThat(fixture.total("compute_units")).isEqualByComparingTo("13.5");
        fixture.verify(3);
        fixture.restart();
        fixture.verify(3);
    }

    @Test
    void sameIdFromAnotherProviderIsADuplicate() throws Exception {
        fixture.observe(event("x", "anthropic", "a", "", MORNING, "requests=1"));

        assertThat(fixture.observe(event("x", "apify", "instagram", "", MORNING, "compute_units=5")))
                .isEqualTo(new Recorded(0, 1));
        assertThat(fixture.total("compute_units")).isEqualByComparingTo("0");
        fixture.verify(1);
    }

    @Test
    void postedEventIsAmendedAndKeepsItsSource() throws Exception {
        UsageEvent posted = event("m", "anthropic", "own", "", MORNING, "requests=1 tokens.unspecified=10");
        fixture.submit(posted);

        fixture.observe(event("m", "anthropic", "seen", "", MORNING, "requests=1 tokens.unspecified=15"));

        assertThat(fixture.submit(posted)).isEqualTo(new Recorded(0, 1));
        assertThat(fixture.submit(event("m", "anthropic", "own", "", MORNING, "requests=1 tokens.unspecified=15")))
                .isEqualTo(new Conflict(List.of(0)));
        assertThat(fixture.day("2026-11-24")).isEqualTo("[own requests 1, own tokens.unspecified 15]");
        assertThat(fixture.recorded(Source.API)).isEqualTo(1);
        fixture.verify(1);
    }

    @Test
    void runRecordedWithoutMoneyIsARepeatWhenPostedAndGetsItWhenObserved() throws Exception {
        UsageEvent priced = event("apify:r", "apify", "instagram", "", MORNING, "compute_units=1 usd=0.58");
        fixture.submit(run("r", MORNING, "1"));

        assertThat(fixture.submit(priced)).isEqualTo(new Recorded(0, 1));
        assertThat(fixture.day("2026-11-24")).isEqualTo("[instagram compute_units 1]");
        fixture.observe(priced);
        fixture.observe(run("r", MORNING, "1"));

        assertThat(fixture.submit(run("r", MORNING, "1"), priced)).isEqualTo(new Recorded(0, 2));
        assertThat(fixture.submit(event("apify:r", "apify", "instagram", "", MORNING, "compute_units=2 usd=0.58")))
                .isEqualTo(new Conflict(List.of(0)));
        assertThat(fixture.day("2026-11-24")).isEqualTo("[instagram compute_units 1, instagram usd 0.58]");
        fixture.verify(1);
    }

    @Test
    void conflictingSubmissionLeavesAnObservedEventUnchanged() throws Exception {
        fixture.observe(run("r", MORNING, "1"));

        assertThat(fixture.submit(run("new", MORNING, "1"), run("r", MORNING, "2")))
                .isEqualTo(new Conflict(List.of(1)));
        assertThat(fixture.total("compute_units")).isEqualByComparingTo("1");
        fixture.verify(1);
    }

    @Test
    void observedEventWithoutIdIsAlwaysNew() throws Exception {
        var event = new UsageEvent(
                null,
                "anthropic",
                "a",
                "",
                null,
                event("i", "p", "c", "", null, "requests=1").usage());
        assertThat(fixture.observe(event, event)).isEqualTo(new Recorded(2, 0));
        fixture.verify(2);
    }

    @Test
    void amendsAnEventWhoseIdIsInASealedSegment() throws Exception {
        fixture.observe(run("r", MORNING, "1"));
        fixture.observe(run("r", MORNING, "2"));
        fillSegment();

        fixture.observe(run("r", MORNING, "2.5"));
        fixture.restart();
        fixture.observe(run("r", MORNING, "2.25"));
        fixture.observe(run("r", MORNING, "3"));

        assertThat(fixture.day("2026-11-24")).contains("instagram compute_units 3]");
        fixture.verify(1 + MORE_THAN_A_SEGMENT);
    }

    /** Months later the index has forgotten the event, but not its later amendment. */
    @Test
    void expiredEventIsFoundThroughItsAmendment() throws Exception {
        fixture.observe(run("r", MORNING, "1"));
        fillSegment();
        fixture.clock().advance(Duration.ofDays(30));
        fixture.observe(run("r", MORNING, "3"));
        fixture.clock().advance(Duration.ofDays(20));
        fillSegment();

        assertThat(fixture.observe(run("r", MORNING, "3"))).isEqualTo(new Recorded(0, 1));
        assertThat(fixture.total("compute_units")).isEqualByComparingTo("3");
        fixture.observe(run("r", MORNING, "4"));
        assertThat(fixture.day("2026-11-24")).contains("instagram compute_units 4]");
        fixture.verify(1 + 2 * MORE_THAN_A_SEGMENT);
    }

    @Test
    void allAmendmentsOfAnExpiredEventAreFoundThroughTheLast() throws Exception {
        fixture.observe(run("r", MORNING, "1"));
        fixture.observe(run("r", MORNING, "2"));
        fillSegment();
        fixture.clock().advance(Duration.ofDays(30));
        fixture.observe(run("r", MORNING, "3"));
        fixture.clock().advance(Duration.ofDays(20));
        fillSegment();

        assertThat(fixture.observe(run("r", MORNING, "3"))).isEqualTo(new Recorded(0, 1));
        assertThat(fixture.total("compute_units")).isEqualByComparingTo("3");
        fixture.observe(event("apify:r", "apify", "instagram", "", MORNING, "compute_units=4 usd=1"));
        assertThat(fixture.pricedDay("2026-11-24")).contains("reported compute_units 4");
        fixture.verify(1 + 2 * MORE_THAN_A_SEGMENT);
    }

    private void fillSegment() {
        String now = fixture.clock().instant().toString();
        for (int from = 0; from < MORE_THAN_A_SEGMENT; from += 6_000) {
            List<UsageEvent> some = IntStream.range(from, from + 6_000)
                    .mapToObj(i -> event(now + " " + i, "anthropic", "a", "", now, "requests=1"))
                    .toList();
            assertThat(fixture.submit(some.toArray(UsageEvent[]::new))).isEqualTo(new Recorded(6_000, 0));
        }
    }

    @Test
    void findsRecordedIdsOfPlainAndAmendedEvents() throws Exception {
        fixture.observe(run("once", MORNING, "1"), run("raised", MORNING, "1"));
        fixture.observe(run("raised", MORNING, "2"));
        fixture.restart();

        assertThat(fixture.recorder()
                        .findRecorded(List.of("apify:once", "apify:raised", "apify:never", "once", ""))
                        .get())
                .isEqualTo(Set.of("apify:once", "apify:raised"));
        assertThat(fixture.recorder().findRecorded(List.of()).get()).isEmpty();
    }

    @Test
    void stateIsKeptAcrossARestartUntilItIsRemoved() throws Exception {
        state("p").putIfAbsent("r1", "instagram").get();
        state("p").putIfAbsent("r2", "").get();
        state("p").putIfAbsent("r1", "tiktok").get();
        state("other").putIfAbsent("r3", "x").get();
        fixture.restart();
        assertThat(state("p").all().get()).isEqualTo(Map.of("r1", "instagram", "r2", ""));

        state("p").remove("r1").get();
        state("p").remove("r1").get();
        fixture.restart();
        assertThat(state("p").all().get()).isEqualTo(Map.of("r2", ""));
        assertThat(state("other").all().get()).isEqualTo(Map.of("r3", "x"));
        fixture.verify(0);
    }

    private StateStore state(String provider) {
        return fixture.recorder().state(provider);
    }

    @Test
    void stateThatCannotBeWrittenIsNotKept() throws Exception {
        fixture.breakLedger();
        var keeping = state("p").putIfAbsent("r", "");
        Assertions.assertThatThrownBy(keeping::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(LedgerException.class);
        fixture.repairLedger();
        assertThat(state("p").all().get()).isEmpty();
    }

    @Test
    void everyOperationFailsImmediatelyAfterClose() throws Exception {
        Recorder recorder = fixture.recorder();
        recorder.close();

        var probes = new ArrayList<String>();
        recorder.probe(probes::add);
        assertThat(probes).containsExactly("the exporter is shutting down");
        assertThat(recorder.findRecorded(List.of("x"))).isCompletedExceptionally();
        assertThat(recorder.state("p").putIfAbsent("r", "")).isCompletedExceptionally();
        assertThat(recorder.state("p").remove("r")).isCompletedExceptionally();
        assertThat(recorder.state("p").all()).isCompletedExceptionally();
        fixture.restart();
        assertThat(state("p").all().get()).isEmpty();
    }
}
