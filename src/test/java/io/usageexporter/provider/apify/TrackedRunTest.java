package io.usageexporter.provider.apify;

import static io.usageexporter.provider.apify.RunTrackerExtension.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Source;
import io.usageexporter.polling.ProviderException;
import io.usageexporter.testing.FakeApify;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TrackedRunTest {
    private static final Instant START = Instant.parse("2026-11-24T09:00:00Z");

    private final TrackedRun tracked =
            new TrackedRun(new PendingRun("Rn1", RunAttribution.NONE), Source.GATEWAY, "Bearer caller", START);

    /** A run that ends a minute after its start, if it ends. */
    private static Run is(String status, String units) {
        return run(FakeApify.run("Rn1", "Ac1", status, START.toString(), units));
    }

    private static Instant at(long seconds) {
        return START.plusSeconds(seconds);
    }

    private static ProviderException status(int status, @Nullable Duration retryAfter) {
        return ProviderException.unsuccessful("/v2/actor-runs/Rn1", status, retryAfter);
    }

    @Test
    void isReadLessOftenTheLongerItRuns() {
        Instant now = START;
        for (int seconds : new int[] {10, 20, 40, 60, 60, 60}) {
            Instant next = tracked.onRead(is("RUNNING", "0.1"), now);
            now = now.plusSeconds(seconds);
            assertThat(next).isEqualTo(now);
        }
    }

    @Test
    void isReadAgainTenSecondsAfterItsEndWasObserved() {
        assertThat(tracked.onRead(is("SUCCEEDED", "0.1"), at(61))).isEqualTo(at(71));
        assertThat(tracked.onRead(is("SUCCEEDED", "0.1"), at(65))).isEqualTo(at(71));
        assertThat(tracked.onRead(is("SUCCEEDED", "0.1"), at(71))).isNull();
    }

    @Test
    void isReadOnceIfItEndedLongAgo() {
        assertThat(tracked.onRead(is("SUCCEEDED", "0.1"), at(119))).isNotNull();
        var other = new TrackedRun(new PendingRun("Rn1", RunAttribution.NONE), Source.POLLER, null, START);
        assertThat(other.onRead(is("SUCCEEDED", "0.1"), at(120))).isNull();
    }

    @Test
    void isReadTenSecondsAfterAnObservationOfItsEnd() {
        assertThat(tracked.onObserved(is("RUNNING", "0.1"), false, at(50))).isNull();
        assertThat(tracked.onObserved(is("FAILED", "0.1"), false, at(61))).isEqualTo(at(71));
        assertThat(tracked.onObserved(is("FAILED", "0.1"), false, at(62))).isNull();
        assertThat(tracked.onRead(is("FAILED", "0.1"), at(71))).isNull();
    }

    @Test
    void resurrectedRunHasNotSettled() {
        assertThat(tracked.onRead(is("SUCCEEDED", "0.1"), at(61))).isEqualTo(at(71));
        assertThat(tracked.onRead(is("RUNNING", "0.1"), at(71))).isEqualTo(at(81));
        assertThat(tracked.onRead(is("SUCCEEDED", "0.2"), at(81))).isEqualTo(at(91));
    }

    @Test
    void recordsOnlyHigherFigures() {
        assertThat(tracked.advance(is("READY", "0"))).isFalse();
        assertThat(tracked.advance(is("RUNNING", "0.1"))).isTrue();
        assertThat(tracked.advance(is("RUNNING", "0.1"))).isFalse();
        assertThat(tracked.advance(is("SUCCEEDED", "0.05"))).isFalse();
        assertThat(tracked.advance(is("SUCCEEDED", "0.2"))).isTrue();
    }

    @Test
    void recordsHigherMoneyWithoutForgettingHigherUnits() {
        String costs = FakeApify.run("Rn1", "Ac1", "RUNNING", START.toString(), "0.1")
                .replace("\"stats\"", "\"usageTotalUsd\":0.5,\"stats\"");
        assertThat(tracked.advance(is("RUNNING", "0.2"))).isTrue();
        assertThat(tracked.advance(run(costs))).isTrue();
        assertThat(tracked.advance(run(costs))).isFalse();
        assertThat(tracked.advance(is("SUCCEEDED", "0.2"))).isFalse();
    }

    @Test
    void runThatEndedWithoutUsageIsRecordedOnce() {
        assertThat(tracked.advance(is("ABORTED", "0"))).isTrue();
        assertThat(tracked.advance(is("ABORTED", "0"))).isFalse();
    }

    @Test
    void triesEachCredentialThenBacksOff() {
        assertThat(tracked.credential("Bearer own")).isEqualTo("Bearer own");
        assertThat(tracked.onReadFailure(status(401, null), "Bearer own", START))
                .isEqualTo(START);
        assertThat(tracked.credential("Bearer own")).isEqualTo("Bearer caller");
        assertThat(tracked.onReadFailure(status(404, null), "Bearer own", START))
                .isEqualTo(START);
        assertThat(tracked.credential("Bearer own")).isNull();
        assertThat(tracked.onReadFailure(status(404, null), "Bearer own", START))
                .isBetween(at(5), at(10));
        assertThat(tracked.credential("Bearer own")).isEqualTo("Bearer own");
    }

    @Test
    void triesASharedCredentialOnce() {
        assertThat(tracked.credential("Bearer caller")).isEqualTo("Bearer caller");
        assertThat(tracked.onReadFailure(status(403, null), "Bearer caller", START))
                .isEqualTo(START);
        assertThat(tracked.credential("Bearer caller")).isNull();
    }

    @Test
    void isGivenUpIfNoCredentialMayReadItButNotForOtherErrors() {
        Instant next = START;
        for (int i = 0; i < 1000; i++) {
            next = tracked.onReadFailure(status(500, null), null, START);
            assertThat(next).isNotNull();
        }
        int refusals = 0;
        while (next != null) {
            next = tracked.onReadFailure(status(404, null), null, START);
            refusals++;
        }
        assertThat(refusals).isEqualTo(16);
    }

    @Test
    void isGivenUpAfterFortyDays() {
        Instant end = START.plus(Duration.ofDays(40));

        assertThat(tracked.onReadFailure(status(500, null), null, end)).isNotNull();
        assertThat(tracked.onReadFailure(status(500, null), null, end.plusSeconds(1)))
                .isNull();
    }

    @Test
    void honoursRetryAfter() {
        assertThat(tracked.onReadFailure(status(429, Duration.ofMinutes(5)), null, START))
                .isBetween(at(300), at(330));
    }

    @Test
    void keepsFirstCategoryConsumerAndCredential() {
        assertThat(tracked.merge(new RunAttribution("competitors", ""), "Bearer another"))
                .isTrue();
        assertThat(tracked.merge(new RunAttribution("others", "growth"), null)).isTrue();
        assertThat(tracked.merge(new RunAttribution("others", "search"), null)).isFalse();

        assertThat(tracked.credential(null)).isEqualTo("Bearer caller");
        assertThat(tracked.attribution()).isEqualTo(new RunAttribution("competitors", "growth"));
    }
}
