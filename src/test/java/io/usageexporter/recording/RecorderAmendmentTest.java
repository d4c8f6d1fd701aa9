package io.usageexporter.recording;

import static io.usageexporter.recording.RecorderFixture.event;
import static io.usageexporter.recording.RecorderFixture.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.PendingRun;
import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.recording.Outcome.Conflict;
import io.usageexporter.recording.Outcome.Recorded;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Uses that are seen several times, by several ways, with growing figures. */
class RecorderAmendmentTest {
    private static final String MORNING = "2026-11-24T08:00:00Z";

    /** How many ids make a segment of the ledger's index, and some. */
    private static final int MORE_THAN_A_SEGMENT = 66_000;

    @TempDir
    Path folder;

    private RecorderFixture books;

    @BeforeEach
    void open() throws Exception {
        books = new RecorderFixture(folder);
    }

    @AfterEach
    void close() throws Exception {
        books.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            requests=1 tokens.input=10 tokens.output=5 | 1 | 10 | 5
            requests=1 tokens.input=9  tokens.output=4 | 1 | 10 | 5
            requests=1 tokens.input=12 tokens.output=7 | 0 | 12 | 7
            requests=1 tokens.input=12 tokens.output=4 | 0 | 12 | 5
            tokens.output=6                            | 0 | 10 | 6
            """)
    void ofASecondSightingTheHigherFiguresCount(String usage, int duplicates, String input, String output)
            throws Exception {
        books.track(event("m", "anthropic", "a", "x", MORNING, "requests=1 tokens.input=10 tokens.output=5"));

        Outcome again = books.track(event("m", "anthropic", "a", "x", MORNING, usage.replaceAll(" +", " ")));

        assertThat(again).isEqualTo(new Recorded(0, duplicates));
        assertThat(books.total("tokens.input")).isEqualByComparingTo(input);
        assertThat(books.total("tokens.output")).isEqualByComparingTo(output);
        assertThat(books.total("requests")).isEqualByComparingTo("1");
        assertThat(books.recorded(Source.GATEWAY)).isEqualTo(1);
        books.verify(1);
    }

    @Test
    void aUseIsRaisedAgainAndAgainAlsoAfterRestarts() throws Exception {
        for (String units : List.of("0.1", "0.4", "0.2", "0.4", "0.9")) {
            books.track(run("r", MORNING, units));
            books.verify(1);
            books.restart();
        }
        assertThat(books.total("compute_units")).isEqualByComparingTo("0.9");
        books.verify(1);
    }

    @Test
    void sightingsThatAreCommittedTogetherCountOnce() throws Exception {
        assertThat(books.track(run("r", MORNING, "1"), run("r", MORNING, "3"), run("r", MORNING, "2")))
                .isEqualTo(new Recorded(1, 1));
        assertThat(books.track(run("r", MORNING, "4"), run("r", MORNING, "4"))).isEqualTo(new Recorded(0, 1));

        assertThat(books.total("compute_units")).isEqualByComparingTo("4");
        books.verify(1);
    }

    @Test
    void aRaiseCountsAsWhatCameFirstOnTheDayThatIsPast() throws Exception {
        books.track(Source.WEBHOOK, event("apify:r", "apify", "instagram", "m", MORNING, "compute_units=1"));
        books.clock().advance(Duration.ofDays(3));

        books.track(
                Source.POLLER,
                event("apify:r", "apify", "tiktok", "other", "2026-11-27T01:00:00Z", "compute_units=1.5"));

        assertThat(books.day("2026-11-24")).isEqualTo("[instagram compute_units 1.5]");
        assertThat(books.day("2026-11-27")).isEqualTo("[]");
        assertThat(books.snapshot().series().keySet())
                .extracting(series -> series.category() + " " + series.model())
                .containsOnly("instagram m");
        assertThat(books.recorded(Source.WEBHOOK)).isEqualTo(1);
        assertThat(books.recorded(Source.POLLER)).isZero();
        books.verify(1);
    }

    @Test
    void aRaiseOfAUseWithoutAnInstantCountsWhenItWasRecorded() throws Exception {
        books.track(event("m", "anthropic", "a", "", null, "requests=1"));
        books.clock().advance(Duration.ofDays(2));
        books.track(event("m", "anthropic", "a", "", null, "requests=3"));

        assertThat(books.day("2026-11-24")).isEqualTo("[a requests 3]");
        books.verify(1);
    }

    /** Such as a run that is resurrected months later. Its day is not in memory any more. */
    @ParameterizedTest
    @CsvSource({"30", "50", "79", "80", "81", "200"})
    void aRaiseAfterManyDaysAddsToTheDayOfTheUse(int days) throws Exception {
        books.track(run("r", MORNING, "1"), run("other", MORNING, "10"));
        books.clock().advance(Duration.ofDays(days));
        books.track(run("new", "2026-11-25T00:00:00Z", "0.5"));

        books.track(run("r", MORNING, "3"));

        assertThat(books.day("2026-11-24")).isEqualTo("[instagram compute_units 13]");
        assertThat(books.total("compute_units")).isEqualByComparingTo("13.5");
        books.verify(3);
        books.restart();
        books.verify(3);
    }

    @Test
    void aUseOfAnotherProviderUnderTheSameIdIsADuplicate() throws Exception {
        books.track(event("x", "anthropic", "a", "", MORNING, "requests=1"));

        assertThat(books.track(event("x", "apify", "instagram", "", MORNING, "compute_units=5")))
                .isEqualTo(new Recorded(0, 1));
        assertThat(books.total("compute_units")).isEqualByComparingTo("0");
        books.verify(1);
    }

    @Test
    void whatAnApplicationPostsItselfIsRaisedAndStaysItsOwn() throws Exception {
        UsageEvent posted = event("m", "anthropic", "own", "", MORNING, "requests=1 tokens.unspecified=10");
        books.submit(posted);

        books.track(event("m", "anthropic", "seen", "", MORNING, "requests=1 tokens.unspecified=15"));

        assertThat(books.submit(posted)).isEqualTo(new Recorded(0, 1));
        assertThat(books.submit(event("m", "anthropic", "own", "", MORNING, "requests=1 tokens.unspecified=15")))
                .isEqualTo(new Conflict(List.of(0)));
        assertThat(books.day("2026-11-24")).isEqualTo("[own requests 1, own tokens.unspecified 15]");
        assertThat(books.recorded(Source.API)).isEqualTo(1);
        books.verify(1);
    }

    @Test
    void aSubmissionThatConflictsLeavesATrackedUseAsItIs() throws Exception {
        books.track(run("r", MORNING, "1"));

        assertThat(books.submit(run("new", MORNING, "1"), run("r", MORNING, "2")))
                .isEqualTo(new Conflict(List.of(1)));
        assertThat(books.total("compute_units")).isEqualByComparingTo("1");
        books.verify(1);
    }

    @Test
    void aUseWithoutAnIdIsAlwaysNew() throws Exception {
        var event = new UsageEvent(
                null,
                "anthropic",
                "a",
                "",
                null,
                event("i", "p", "c", "", null, "requests=1").usage());
        assertThat(books.track(event, event)).isEqualTo(new Recorded(2, 0));
        books.verify(2);
    }

    @Test
    void aUseIsRaisedThoughItsIdIsInASealedSegment() throws Exception {
        books.track(run("r", MORNING, "1"));
        books.track(run("r", MORNING, "2"));
        fillSegment();

        books.track(run("r", MORNING, "2.5"));
        books.restart();
        books.track(run("r", MORNING, "2.25"));
        books.track(run("r", MORNING, "3"));

        assertThat(books.day("2026-11-24")).contains("instagram compute_units 3]");
        books.verify(1 + MORE_THAN_A_SEGMENT);
    }

    /** Months later the index has forgotten the use, but not the raise that came after it. */
    @Test
    void aUseWhoseRaiseIsStillKnownIsKnownToo() throws Exception {
        books.track(run("r", MORNING, "1"));
        fillSegment();
        books.clock().advance(Duration.ofDays(30));
        books.track(run("r", MORNING, "3"));
        books.clock().advance(Duration.ofDays(20));
        fillSegment();

        assertThat(books.track(run("r", MORNING, "3"))).isEqualTo(new Recorded(0, 1));
        assertThat(books.total("compute_units")).isEqualByComparingTo("3");
        books.track(run("r", MORNING, "4"));
        assertThat(books.day("2026-11-24")).contains("instagram compute_units 4]");
        books.verify(1 + 2 * MORE_THAN_A_SEGMENT);
    }

    private void fillSegment() {
        String now = books.clock().instant().toString();
        for (int from = 0; from < MORE_THAN_A_SEGMENT; from += 6_000) {
            List<UsageEvent> some = IntStream.range(from, from + 6_000)
                    .mapToObj(i -> event(now + " " + i, "anthropic", "a", "", now, "requests=1"))
                    .toList();
            assertThat(books.submit(some.toArray(UsageEvent[]::new))).isEqualTo(new Recorded(6_000, 0));
        }
    }

    @Test
    void whichIdsAreKnownIsToldOfSingleUsesAndRaisedOnes() throws Exception {
        books.track(run("once", MORNING, "1"), run("raised", MORNING, "1"));
        books.track(run("raised", MORNING, "2"));
        books.restart();

        assertThat(books.recorder()
                        .known(List.of("apify:once", "apify:raised", "apify:never", "once", ""))
                        .get())
                .isEqualTo(Set.of("apify:once", "apify:raised"));
        assertThat(books.recorder().known(List.of()).get()).isEmpty();
    }

    @Test
    void aRunIsRememberedAcrossARestartUntilItIsForgotten() throws Exception {
        books.recorder().remember(new PendingRun("r1", "instagram")).get();
        books.recorder().remember(new PendingRun("r2", null)).get();
        books.recorder().remember(new PendingRun("r1", "tiktok")).get();
        books.restart();
        assertThat(books.recorder().pendingRuns().get())
                .containsExactlyInAnyOrder(new PendingRun("r1", "instagram"), new PendingRun("r2", null));

        books.recorder().forget("r1").get();
        books.recorder().forget("r1").get();
        books.restart();
        assertThat(books.recorder().pendingRuns().get()).containsExactly(new PendingRun("r2", null));
        books.verify(0);
    }

    @Test
    void aRunThatCannotBeWrittenIsNotRemembered() throws Exception {
        books.breakLedger();
        var remembering = books.recorder().remember(new PendingRun("r", null));
        Assertions.assertThatThrownBy(remembering::get)
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("was moved, replaced or deleted");
        books.repair();
        assertThat(books.recorder().pendingRuns().get()).isEmpty();
    }

    @Test
    void afterTheEndEveryErrandFailsAtOnce() throws Exception {
        Recorder recorder = books.recorder();
        recorder.close();

        var probes = new ArrayList<Boolean>();
        recorder.probe(probes::add);
        assertThat(probes).containsExactly(false);
        assertThat(recorder.known(List.of("x"))).isCompletedExceptionally();
        assertThat(recorder.remember(new PendingRun("r", null))).isCompletedExceptionally();
        assertThat(recorder.forget("r")).isCompletedExceptionally();
        assertThat(recorder.pendingRuns()).isCompletedExceptionally();
        books.restart();
        assertThat(books.recorder().pendingRuns().get()).isEmpty();
    }
}
