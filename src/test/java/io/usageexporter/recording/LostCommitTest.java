package io.usageexporter.recording;

import static io.usageexporter.recording.RecorderFixture.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.ledger.LedgerReader.Verification;
import io.usageexporter.recording.Outcome.Recorded;
import io.usageexporter.recording.Outcome.Unavailable;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.LogCapture;
import io.usageexporter.testing.PostgresProxy.Loss;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestLedger;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The connection to a shared ledger breaks during a commit. */
class LostCommitTest {
    private static final String MORNING = "2026-11-24T08:00:00Z";
    private static final List<UsageEvent> EVENTS =
            List.of(run("r1", MORNING, "1"), RecorderFixture.withoutId(run("r2", MORNING, "2")));

    private final LogCapture logged = new LogCapture();
    private final LedgerAddress.Shared ledger = TestLedger.shared();
    private SharedRecorder recorder;

    @BeforeEach
    void open() throws Exception {
        recorder = new SharedRecorder(ledger, Configs.defaults(), new SettableClock(RecorderFixture.NOW));
    }

    @AfterEach
    void close() throws Exception {
        recorder.close();
        logged.close();
    }

    @Test
    void commitWhoseAnswerIsLostCountsOnceAndIsAcknowledged() throws Exception {
        recorder.proxy().lose(Loss.ANSWER);

        assertThat(recorder.submit(EVENTS).join()).isEqualTo(new Recorded(2, 0));
        assertThat(recorder.submit(EVENTS.subList(0, 1)).join()).isEqualTo(new Recorded(0, 1));
        assertThat(logged.messages())
                .anyMatch(message -> message.matches("INFO the connection broke during commit \\d+, which took place"));

        recorder.proxy().lose(Loss.ANSWER);

        assertThat(recorder.recorder().undo("apify:r1")).isEqualTo(UndoResult.Settled.UNDONE);
        assertThat(recorder.recorder().undo("apify:r1")).isEqualTo(UndoResult.Settled.UNDONE_BEFORE);
        check(2);
    }

    @Test
    void commitThatDoesNotReachTheServerIsRefused() throws Exception {
        recorder.proxy().lose(Loss.COMMIT);

        assertThat(recorder.submit(EVENTS).join()).isInstanceOf(Unavailable.class);
        check(0);
        assertThat(recorder.submit(EVENTS).join()).isEqualTo(new Recorded(2, 0));
        check(2);
    }

    @Test
    void whatIsRetriedAfterACommitInDoubtCountsOnceEvenWithoutAnId() throws Exception {
        try (var queue = new RetryQueue(recorder.recorder())) {
            recorder.proxy().loseAllFrom(Loss.ANSWER);
            var retried = new CountDownLatch(1);

            // They wait for others to share their commit.
            queue.record(
                    List.of(RecorderFixture.withoutId(run("r3", MORNING, "4"))), Source.POLLER, retried::countDown);
            Outcome outcome = recorder.submit(EVENTS).join();

            assertThat(((Unavailable) outcome).message())
                    .isEqualTo(
                            "the connection to the ledger broke during the commit, and the server cannot be asked whether"
                                    + " it took place: send events that have an id again, which counts them once");
            assertThat(recorder.probe()).isNotEmpty();

            recorder.proxy().repair();

            retried.await();
            assertThat(recorder.submit(EVENTS.subList(0, 1)).join()).isEqualTo(new Recorded(0, 1));
            check(3);
        }
    }

    private void check(long events) throws Exception {
        await().untilAsserted(() -> assertThat(recorder.probe()).isEmpty());
        assertThat(recorder.recorder().totals().snapshot().events()).isEqualTo(events);
        try (LedgerReader reader = ledger.read()) {
            recorder.checkAgainst(reader);
            assertThat(reader.verify()).isEqualTo(new Verification(events, List.of()));
        }
    }
}
