package io.usageexporter.provider.apify;

import static io.usageexporter.provider.apify.RunTrackerFixture.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.PendingRun;
import io.usageexporter.event.Source;
import io.usageexporter.polling.ProviderException;
import io.usageexporter.testing.FakeApify;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FollowedRunTest {
    private static final Instant START = Instant.parse("2026-11-24T09:00:00Z");

    private final FollowedRun followed =
            new FollowedRun(new PendingRun("Rn1", null), Source.GATEWAY, "Bearer caller", START);

    /** A run that ends a minute after its start. */
    private static Run is(String status, String units) {
        return run(FakeApify.run("Rn1", "Ac1", status, START.toString(), units));
    }

    private static Instant at(long seconds) {
        return START.plusSeconds(seconds);
    }

    private static ProviderException answered(int status, @Nullable Duration retryAfter) {
        return ProviderException.answered("/v2/actor-runs/Rn1", status, retryAfter);
    }

    @Test
    void isReadLessAndLessOftenWhileItGoesOn() {
        Instant now = START;
        for (int seconds : new int[] {10, 20, 40, 60, 60, 60}) {
            Instant next = followed.read(is("RUNNING", "0.1"), now);
            now = now.plusSeconds(seconds);
            assertThat(next).isEqualTo(now);
        }
    }

    @Test
    void isReadOnceMoreTenSecondsAfterItsEndWasSeen() {
        assertThat(followed.read(is("SUCCEEDED", "0.1"), at(61))).isEqualTo(at(71));
        assertThat(followed.read(is("SUCCEEDED", "0.1"), at(65))).isEqualTo(at(71));
        assertThat(followed.read(is("SUCCEEDED", "0.1"), at(71))).isNull();
    }

    @Test
    void isReadOnceWhenItEndedLongAgo() {
        assertThat(followed.read(is("SUCCEEDED", "0.1"), at(119))).isNotNull();
        var other = new FollowedRun(new PendingRun("Rn1", null), Source.POLLER, null, START);
        assertThat(other.read(is("SUCCEEDED", "0.1"), at(120))).isNull();
    }

    @Test
    void isReadTenSecondsAfterSomebodySawItsEnd() {
        assertThat(followed.passedBy(is("RUNNING", "0.1"), at(50))).isNull();
        assertThat(followed.passedBy(is("FAILED", "0.1"), at(61))).isEqualTo(at(71));
        assertThat(followed.passedBy(is("FAILED", "0.1"), at(62))).isNull();
        assertThat(followed.read(is("FAILED", "0.1"), at(71))).isNull();
    }

    @Test
    void aResurrectedRunIsNotTakenForOneThatHasSettled() {
        assertThat(followed.read(is("SUCCEEDED", "0.1"), at(61))).isEqualTo(at(71));
        assertThat(followed.read(is("RUNNING", "0.1"), at(71))).isEqualTo(at(81));
        assertThat(followed.read(is("SUCCEEDED", "0.2"), at(81))).isEqualTo(at(91));
    }

    @Test
    void handsOnOnlyWhatIsHigher() {
        assertThat(followed.raises(is("READY", "0"))).isFalse();
        assertThat(followed.raises(is("RUNNING", "0.1"))).isTrue();
        assertThat(followed.raises(is("RUNNING", "0.1"))).isFalse();
        assertThat(followed.raises(is("SUCCEEDED", "0.05"))).isFalse();
        assertThat(followed.raises(is("SUCCEEDED", "0.2"))).isTrue();
    }

    @Test
    void aRunThatEndedWithoutUseIsHandedOnOnce() {
        assertThat(followed.raises(is("ABORTED", "0"))).isTrue();
        assertThat(followed.raises(is("ABORTED", "0"))).isFalse();
    }

    @Test
    void triesEachCredentialThenRests() {
        assertThat(followed.credential("Bearer own")).isEqualTo("Bearer own");
        assertThat(followed.failed(answered(401, null), "Bearer own", START)).isEqualTo(START);
        assertThat(followed.credential("Bearer own")).isEqualTo("Bearer caller");
        assertThat(followed.failed(answered(404, null), "Bearer own", START)).isEqualTo(START);
        assertThat(followed.credential("Bearer own")).isNull();
        assertThat(followed.failed(answered(404, null), "Bearer own", START)).isBetween(at(5), at(10));
        assertThat(followed.credential("Bearer own")).isEqualTo("Bearer own");
    }

    @Test
    void triesACredentialThatTwoHaveOnce() {
        assertThat(followed.credential("Bearer caller")).isEqualTo("Bearer caller");
        assertThat(followed.failed(answered(403, null), "Bearer caller", START)).isEqualTo(START);
        assertThat(followed.credential("Bearer caller")).isNull();
    }

    @Test
    void isGivenUpWhenNobodyMaySeeItButNotForOtherTrouble() {
        Instant next = START;
        for (int i = 0; i < 1000; i++) {
            next = followed.failed(answered(500, null), null, START);
            assertThat(next).isNotNull();
        }
        int refusals = 0;
        while (next != null) {
            next = followed.failed(answered(404, null), null, START);
            refusals++;
        }
        assertThat(refusals).isEqualTo(16);
    }

    @Test
    void isGivenUpAfterFortyDays() {
        Instant end = START.plus(Duration.ofDays(40));

        assertThat(followed.failed(answered(500, null), null, end)).isNotNull();
        assertThat(followed.failed(answered(500, null), null, end.plusSeconds(1)))
                .isNull();
    }

    @Test
    void waitsAsLongAsTheProviderAsks() {
        assertThat(followed.failed(answered(429, Duration.ofMinutes(5)), null, START))
                .isBetween(at(300), at(330));
    }

    @Test
    void keepsTheFirstCategoryAndCredential() {
        followed.join("competitors", "Bearer another");
        followed.join("others", null);

        assertThat(followed.category()).isEqualTo("competitors");
        assertThat(followed.credential(null)).isEqualTo("Bearer caller");
        assertThat(followed.pending()).isEqualTo(new PendingRun("Rn1", "competitors"));
    }
}
