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
    private RecorderFixture books;
    private RetryQueue backlog;

    @BeforeEach
    void open() throws Exception {
        books = new RecorderFixture(folder);
        backlog = new RetryQueue(books.recorder());
    }

    @AfterEach
    void close() throws Exception {
        backlog.close();
        books.close();
        logged.close();
    }

    /** Records a run and counts how often it is said to be done. */
    private AtomicInteger record(String id) {
        var done = new AtomicInteger();
        backlog.record(List.of(run(id, MORNING, "1")), Source.GATEWAY, done::incrementAndGet);
        return done;
    }

    private static List<UsageEvent> runs(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> run("many-" + i, MORNING, "1"))
                .toList();
    }

    private void awaitWaiting(int events) {
        await().untilAsserted(() -> assertThat(backlog.waiting(Source.GATEWAY)).isEqualTo(events));
    }

    @Test
    void whatCanBeWrittenIsRecordedAtOnce() throws Exception {
        AtomicInteger done = record("r");

        await().untilAsserted(() -> assertThat(done).hasValue(1));
        assertThat(books.total("compute_units")).isEqualByComparingTo("1");
        assertThat(backlog.waiting(Source.GATEWAY)).isZero();
        books.verify(1);
    }

    @Test
    void whatCannotBeWrittenWaitsAndIsRecordedOnceWithItsOwnInstant() throws Exception {
        books.breakLedger();
        List<AtomicInteger> done =
                IntStream.range(0, 50).mapToObj(i -> record("r" + i)).toList();
        awaitWaiting(50);
        assertThat(backlog.waiting(Source.POLLER)).isZero();
        // A few vain attempts later nobody has been told that it is done.
        await().during(Duration.ofMillis(1500)).until(() -> done.stream().allMatch(each -> each.get() == 0));
        assertThat(backlog.waiting(Source.GATEWAY)).isEqualTo(50);

        books.clock().advance(Duration.ofDays(1));
        books.repair();

        awaitWaiting(0);
        await().untilAsserted(() ->
                assertThat(done).allSatisfy(each -> assertThat(each).hasValue(1)));
        assertThat(books.day("2026-11-24")).isEqualTo("[instagram compute_units 50]");
        assertThat(backlog.dropped(Source.GATEWAY)).isZero();
        books.verify(50);
    }

    @Test
    void whatIsSeenAgainWhileItWaitsCountsOnce() throws Exception {
        books.breakLedger();
        backlog.record(List.of(run("r", MORNING, "1")), Source.GATEWAY, () -> {});
        backlog.record(List.of(run("r", MORNING, "3")), Source.POLLER, () -> {});
        backlog.record(List.of(run("r", MORNING, "2")), Source.GATEWAY, () -> {});
        awaitWaiting(2);
        books.repair();

        awaitWaiting(0);
        await().untilAsserted(() -> assertThat(books.total("compute_units")).isEqualByComparingTo("3"));
        books.verify(1);
    }

    @Test
    void whatIsTooMuchIsDroppedAndCounted() throws Exception {
        books.breakLedger();
        var filled = new AtomicInteger();
        backlog.record(runs(RetryQueue.MAX_EVENTS - 1), Source.GATEWAY, filled::incrementAndGet);
        awaitWaiting(RetryQueue.MAX_EVENTS - 1);

        var dropped = new AtomicInteger();
        backlog.record(
                List.of(run("a", MORNING, "1"), run("b", MORNING, "1")), Source.WEBHOOK, dropped::incrementAndGet);
        await().untilAsserted(() -> assertThat(dropped).hasValue(1));
        backlog.record(
                List.of(run("c", MORNING, "1"), run("d", MORNING, "1")), Source.WEBHOOK, dropped::incrementAndGet);
        await().untilAsserted(() -> assertThat(dropped).hasValue(2));
        AtomicInteger last = record("e");
        awaitWaiting(RetryQueue.MAX_EVENTS);

        assertThat(backlog.dropped(Source.WEBHOOK)).isEqualTo(4);
        assertThat(backlog.dropped(Source.GATEWAY)).isZero();
        assertThat(filled).hasValue(0);
        assertThat(logged.warnings())
                .filteredOn(message -> message.contains("events are dropped"))
                .hasSize(1);

        books.repair();
        awaitWaiting(0);
        await().untilAsserted(() -> assertThat(last).hasValue(1));
        assertThat(filled).hasValue(1);
        assertThat(dropped).hasValue(2);
        books.verify(RetryQueue.MAX_EVENTS);
    }

    @Test
    void theLastAttemptIsAtTheEnd() throws Exception {
        books.breakLedger();
        AtomicInteger done = record("r");
        awaitWaiting(1);
        books.repair();

        backlog.close();

        assertThat(done).hasValue(1);
        assertThat(backlog.waiting(Source.GATEWAY)).isZero();
        books.verify(1);
    }

    @Test
    void whatIsLostAtTheEndIsSaidAndCounted() throws Exception {
        books.breakLedger();
        List<AtomicInteger> done =
                IntStream.range(0, 3).mapToObj(i -> record("r" + i)).toList();
        awaitWaiting(3);

        backlog.close();

        assertThat(done).allSatisfy(each -> assertThat(each).hasValue(1));
        assertThat(backlog.waiting(Source.GATEWAY)).isZero();
        assertThat(backlog.dropped(Source.GATEWAY)).isEqualTo(3);
        assertThat(logged.warnings()).anyMatch(message -> message.contains("3 events are lost"));
        books.repair();
        books.verify(0);
    }
}
