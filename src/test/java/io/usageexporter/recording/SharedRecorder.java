package io.usageexporter.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageexporter.config.Config;
import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.testing.PostgresProxy;
import io.usageexporter.testing.PostgresServer;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.totals.HourTotal;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.Snapshot;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** One of several recorders on a ledger, each behind a network of its own. */
final class SharedRecorder implements AutoCloseable {
    private final LedgerAddress.Shared ledger;
    private final SettableClock clock;
    private final Map<Series, BigDecimal> counters = new HashMap<>();
    private PostgresProxy proxy;
    private Recorder recorder;

    SharedRecorder(LedgerAddress.Shared ledger, Config config, SettableClock clock) throws Exception {
        this.ledger = ledger;
        this.clock = clock;
        proxy = new PostgresProxy(PostgresServer.shared());
        recorder = start(config);
    }

    private Recorder start(Config config) throws LedgerException {
        return Recorder.start(
                new LedgerAddress.Shared(proxy.through(ledger.url())).open(),
                config.providers().values(),
                config.prices(),
                clock,
                RecorderMetrics.NONE);
    }

    Recorder recorder() {
        return recorder;
    }

    PostgresProxy proxy() {
        return proxy;
    }

    CompletableFuture<Outcome> submit(List<UsageEvent> events) {
        var outcome = new CompletableFuture<Outcome>();
        recorder.submit(events, Source.API, outcome::complete);
        return outcome;
    }

    CompletableFuture<Outcome> observe(UsageEvent event) {
        var outcome = new CompletableFuture<Outcome>();
        recorder.recordObserved(List.of(event), Source.GATEWAY, outcome::complete);
        return outcome;
    }

    CompletableFuture<Outcome> importEvents(List<UsageEvent> events) {
        var outcome = new CompletableFuture<Outcome>();
        recorder.importEvents(events, Source.API, outcome::complete);
        return outcome;
    }

    /** Ends it in order, and starts another in its place. */
    void reopen(Config config) throws Exception {
        recorder.close();
        recorder = start(config);
    }

    /**
     * Cuts it off for ever, which to the server is as if it were killed, and starts another in its place.
     *
     * @return completes when it has ended
     */
    CompletableFuture<Void> die(Config config) throws Exception {
        Recorder dead = recorder;
        proxy.close();
        proxy = new PostgresProxy(PostgresServer.shared());
        recorder = start(config);
        return CompletableFuture.runAsync(() -> {
            try {
                dead.close();
            } catch (LedgerException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** Waits until it has seen what others committed. */
    void catchUp() {
        await().atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .untilAsserted(() -> assertThat(probe()).isEmpty());
    }

    /** What is wrong; empty if nothing. */
    String probe() {
        var problem = new CompletableFuture<String>();
        recorder.probe(problem::complete);
        return problem.join();
    }

    /** Checks that its totals are those of the ledger, and that no counter fell, not even when it was started again. */
    void checkAgainst(LedgerReader reader) throws LedgerException {
        Snapshot shown = recorder.totals().snapshot();
        assertThat(text(shown))
                .isEqualTo(
                        text(reader.snapshot(shown.daysFrom(), shown.windows().from())));
        counters.forEach((series, before) -> assertThat(shown.series().getOrDefault(series, BigDecimal.ZERO))
                .as(series::toString)
                .isGreaterThanOrEqualTo(before));
        counters.putAll(shown.series());
    }

    /** Comparable, and readable when it differs; amounts of zero may be left out. */
    private static String text(Snapshot snapshot) {
        var lines = new TreeMap<String, String>();
        add(lines, "series", snapshot.series());
        snapshot.days().forEach((day, cells) -> add(lines, day.toString(), cells));
        snapshot.hours().forEach((hour, totals) -> add(lines, hour.toString(), totals));
        snapshot.windows().parts().forEach((part, cells) -> add(lines, part.toString(), cells));
        add(lines, "counted", snapshot.windows().counted());
        add(lines, "recorded", snapshot.recorded());
        add(lines, "undone", snapshot.undone());
        add(lines, "last", snapshot.lastEvent());
        add(lines, "first", snapshot.firstDays());
        return String.join("\n", lines.entrySet().stream().map(String::valueOf).toList());
    }

    private static void add(Map<String, String> lines, String part, Map<?, ?> values) {
        values.forEach((key, value) -> {
            Object shown = value instanceof BigDecimal amount ? amount.stripTrailingZeros() : value;
            boolean isZero = shown.equals(0L)
                    || (value instanceof BigDecimal amount && amount.signum() == 0)
                    || (value instanceof HourTotal total && total.units().signum() == 0);
            if (!isZero) {
                lines.put(
                        part + " " + key,
                        shown instanceof BigDecimal amount ? amount.toPlainString() : shown.toString());
            }
        });
    }

    @Override
    public void close() throws LedgerException {
        recorder.close();
        proxy.close();
    }
}
