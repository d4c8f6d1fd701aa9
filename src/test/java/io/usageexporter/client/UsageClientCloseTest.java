package io.usageexporter.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Waiting for delivery, with a time limit. */
class UsageClientCloseTest extends UsageClientTestBase {
    @Test
    void flushCutsALongDelayShort() {
        replaceClient(settings().retryDelays(Duration.ofHours(1), Duration.ofHours(1)));
        relay.then(Relay.respond(503));
        client.record(RECORD);
        Awaitility.await().until(() -> logged.messages().size() == 1);

        Awaitility.await().until(() -> client.flush(Duration.ofMillis(100)) == 0);
        assertThat(requests()).isEqualTo(1);
    }

    @Test
    void flushWaitsOnlyForEarlierEvents() throws Exception {
        replaceClient(settings().batchSize(1));
        var proceed = new CountDownLatch(1);
        relay.then((request, exchange) -> {
            await(proceed);
            relay.pass(request, exchange);
        });
        relay.otherwise(relay::stall);
        client.record(withId("before", 1));
        var flushed = new FutureTask<>(() -> client.flush(LONG));
        var flusher = new Thread(flushed);
        flusher.start();
        Awaitility.await().until(() -> flusher.getState() == Thread.State.TIMED_WAITING);
        client.record(withId("after", 1));
        proceed.countDown();

        assertThat(flushed.get()).isZero();
        assertThat(client.flush(Duration.ZERO)).isEqualTo(1);
    }

    @Test
    void interruptEndsFlushAndCloseAndIsKept() {
        relay.otherwise(relay::stall);
        client.record(RECORD);
        Thread.currentThread().interrupt();

        assertThat(client.flush(LONG)).isEqualTo(1);
        assertThat(client.close(LONG)).isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(senders()).isEmpty();
    }

    @Test
    void closeEndsInTimeAndReportsLostEvents() {
        relay.otherwise(relay::stall);
        client.batch(records(5));
        long start = System.nanoTime();

        assertThat(client.close(Duration.ofMillis(100))).isEqualTo(5);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(senders()).isEmpty();
        assertThat(client.dropped()).isEqualTo(5);
        assertThat(client.close(LONG)).isZero();
        assertThat(logged.messages()).singleElement(STRING).contains("WARNING dropped 5 events: the client was closed");
    }

    @Test
    void closeDeliversAndEndsTheThread() {
        client.batch(records(1000));
        client.close();

        assertThat(requests()).isEqualTo(1000);
        assertThat(senders()).isEmpty();
        client.record(RECORD);
        assertThat(client.dropped()).isEqualTo(1);
        assertThat(client.flush(LONG)).isEqualTo(1);
        assertThat(logged.messages()).singleElement(STRING).contains("WARNING dropped 1 event: the client is closed");
    }

    private static List<String> senders() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.equals("usage-client"))
                .toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
