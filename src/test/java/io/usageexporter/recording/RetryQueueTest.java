package io.usageexporter.recording;

import static io.usageexporter.recording.RecorderFixture.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.testing.LogCapture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetryQueueTest {
    private static final String MORNING = "2026-11-24T08:00:00Z";

    @TempDir
    Path folder;

    private final LogCapture logged = new LogCapture();
    private RecorderFixture fixture;
    private RetryQueue queue;

    @BeforeEach
    void open() throws Exception {
        fixture = new RecorderFixture(folder);
        queue = new RetryQueue(fixture.recorder());
    }

    @AfterEach
    void close() throws Exception {
        queue.close();
        fixture.close();
        logged.close();
    }

    /** Records a run and counts the calls of its callback. */
    private AtomicInteger record(String id) {
        var done = new AtomicInteger();
        queue.record(List.of(run(id, MORNING, "1")), Source.GATEWAY, done::incrementAndGet);
        return done;
    }

    private static List<UsageEvent> runs(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> run("many-" + i, MORNING, "1"))
                .toList();
    }

    private void awaitQueued(int events) {
        await().untilAsserted(() -> assertThat(queue.waiting(Source.GATEWAY)).isEqualTo(events));
    }

    @Test
    void recordsImmediatelyWhileTheLedgerIsWritable() throws Exception {
        AtomicInteger done = record("r");

        await().untilAsserted(() -> assertThat(done).hasValue(1));
        assertThat(fixture.total("compute_units")).isEqualByComparingTo("1");
        assertThat(queue.waiting(Source.GATEWAY)).isZero();
        fixture.verify(1);
    }

    @Test
    void queuesWhileTheLedgerIsNotWritableAndRecordsOnceAtTheOriginalInstant() throws Exception {
        fixture.breakLedger();
        List<AtomicInteger> done =
                IntStream.range(0, 50).mapToObj(i -> record("r" + i)).toList();
        awaitQueued(50);
        assertThat(queue.waiting(Source.POLLER)).isZero();
        // A few failed retries later nothing is done.
        await().during(Duration.ofMillis(1500)).until(() -> done.stream().allMatch(each -> each.get() == 0));
        assertThat(queue.waiting(Source.GATEWAY)).isEqualTo(50);

        fixture.clock().advance(Duration.ofDays(1));
        fixture.repairLedger();

        awaitQueued(0);
        await().untilAsserted(() ->
                assertThat(done).allSatisfy(each -> assertThat(each).hasValue(1)));
        assertThat(fixture.day("2026-11-24")).isEqualTo("[instagram compute_units 50]");
        assertThat(queue.dropped(Source.GATEWAY)).isZero();
        fixture.verify(50);
    }

    @Test
    void queuedDuplicatesCountOnceWithTheHighestAmount() throws Exception {
        fixture.breakLedger();
        queue.record(List.of(run("r", MORNING, "1")), Source.GATEWAY, () -> {});
        queue.record(List.of(run("r", MORNING, "3")), Source.POLLER, () -> {});
        queue.record(List.of(run("r", MORNING, "2")), Source.GATEWAY, () -> {});
        awaitQueued(2);
        fixture.repairLedger();

        awaitQueued(0);
        await().untilAsserted(() -> assertThat(fixture.total("compute_units")).isEqualByComparingTo("3"));
        fixture.verify(1);
    }

    @Test
    void dropsAndCountsEventsBeyondItsCapacity() throws Exception {
        fixture.breakLedger();
        var filled = new AtomicInteger();
        queue.record(runs(RetryQueue.MAX_EVENTS - 1), Source.GATEWAY, filled::incrementAndGet);
        awaitQueued(RetryQueue.MAX_EVENTS - 1);

        var dropped = new AtomicInteger();
        queue.record(List.of(run("a", MORNING, "1"), run("b", MORNING, "1")), Source.WEBHOOK, dropped::incrementAndGet);
        await().untilAsserted(() -> assertThat(dropped).hasValue(1));
        queue.record(List.of(run("c", MORNING, "1"), run("d", MORNING, "1")), Source.WEBHOOK, dropped::incrementAndGet);
        await().untilAsserted(() -> assertThat(dropped).hasValue(2));
        AtomicInteger last = record("e");
        awaitQueued(RetryQueue.MAX_EVENTS);

        assertThat(queue.dropped(Source.WEBHOOK)).isEqualTo(4);
        assertThat(queue.dropped(Source.GATEWAY)).isZero();
        assertThat(filled).hasValue(0);
        assertThat(logged.warnings())
                .filteredOn(message -> message.contains("dropping events"))
                .hasSize(1);

        fixture.repairLedger();
        awaitQueued(0);
        await().untilAsserted(() -> assertThat(last).hasValue(1));
        assertThat(filled).hasValue(1);
        assertThat(dropped).hasValue(2);
        fixture.verify(RetryQueue.MAX_EVENTS);
    }

    @Test
    void closeRetriesOnceMore() throws Exception {
        fixture.breakLedger();
        AtomicInteger done = record("r");
        awaitQueued(1);
        fixture.repairLedger();

        queue.close();

        assertThat(done).hasValue(1);
        assertThat(queue.waiting(Source.GATEWAY)).isZero();
        fixture.verify(1);
    }

    @Test
    void closeLogsAndCountsWhatCannotBeRecorded() throws Exception {
        fixture.breakLedger();
        List<AtomicInteger> done =
                IntStream.range(0, 3).mapToObj(i -> record("r" + i)).toList();
        awaitQueued(3);

        queue.close();

        assertThat(done).allSatisfy(each -> assertThat(each).hasValue(1));
        assertThat(queue.waiting(Source.GATEWAY)).isZero();
        assertThat(queue.dropped(Source.GATEWAY)).isEqualTo(3);
        assertThat(logged.warnings()).anyMatch(message -> message.contains("dropped 3 events"));
        fixture.repairLedger();
        fixture.verify(0);
    }
}
