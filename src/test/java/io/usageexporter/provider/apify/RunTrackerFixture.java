package io.usageexporter.provider.apify;

import io.usageexporter.config.Config;
import io.usageexporter.config.Secret;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Source;
import io.usageexporter.ledger.Ledger;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.provider.ServiceContext;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.RecorderMetrics;
import io.usageexporter.recording.RetryQueue;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.FakeApify;
import io.usageexporter.testing.Samples;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.totals.CategoryMeasure;
import io.usageexporter.totals.Day;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A tracker with a real ledger in a folder and Apify on this machine; can be ended and started again. */
final class RunTrackerFixture implements AutoCloseable {
    /** Runs that may be followed at a time. */
    static final int MAX_RUNS = 20;

    final SettableClock clock;
    final FakeApify apify;

    private final Path file;
    private final ApifySettings settings;
    private final Duration timeout;
    private Recorder recorder;
    private RetryQueue queue;
    private ProviderHttpClient api;
    private RunTracker tracker;

    RunTrackerFixture(Path folder, SettableClock clock, ApifySettings settings, Duration timeout)
            throws IOException, LedgerException {
        this.file = folder.resolve("usage.db");
        this.clock = clock;
        this.settings = settings;
        this.timeout = timeout;
        this.apify = new FakeApify();
        start();
    }

    /** Counts compute units and runs, and has the token. */
    static ApifySettings settings(Map<String, String> actors) {
        return new ApifySettings(Set.of("compute_units", "runs"), new Platforms(actors), new Secret(FakeApify.TOKEN));
    }

    static ApifySettings withoutToken() {
        return new ApifySettings(Set.of("compute_units"), new Platforms(Map.of()), null);
    }

    private void start() throws LedgerException {
        recorder =
                Recorder.start(Ledger.open(file), Configs.defaults().providers().values(), clock, RecorderMetrics.NONE);
        queue = new RetryQueue(recorder);
        api = new ProviderHttpClient(apify.uri(), timeout, clock);
        tracker = RunTracker.start(settings, api, context(), MAX_RUNS);
    }

    private ServiceContext context() {
        Config config = Configs.defaults();
        return new ServiceContext(
                Objects.requireNonNull(config.tracking().get("apify")),
                () -> Objects.requireNonNull(config.providers().get("apify")),
                recorder,
                queue,
                recorder.state("apify"),
                plan -> {},
                clock);
    }

    private void end() throws LedgerException {
        tracker.close();
        api.close();
        queue.close();
        recorder.close();
    }

    /** Ends the exporter and starts it again, which then knows no more than its ledger. */
    void restart() throws LedgerException {
        end();
        start();
    }

    RunTracker tracker() {
        return tracker;
    }

    Recorder recorder() {
        return recorder;
    }

    /** The run of a sample. */
    static Run sample(String name) {
        return run(Samples.text("apify/" + name));
    }

    static Run run(String json) {
        var reader = new RunReader();
        reader.read(ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)));
        return Objects.requireNonNull(reader.finish(true));
    }

    /** Takes a webhook; whether it may be answered with success. */
    CompletableFuture<Boolean> announce(String runId, @Nullable Run run) {
        var answer = new CompletableFuture<Boolean>();
        tracker.announced(runId, run, Source.WEBHOOK, answer::complete);
        return answer;
    }

    /** What is recorded of a day, by category and measure. */
    Map<String, BigDecimal> day(String date) {
        var day = new HashMap<String, BigDecimal>();
        Map<CategoryMeasure, BigDecimal> cells =
                recorder.totals().snapshot().days().getOrDefault(new Day("apify", LocalDate.parse(date)), Map.of());
        cells.forEach((cell, amount) -> day.put(cell.toString(), amount.stripTrailingZeros()));
        return day;
    }

    /** All compute units of a category. */
    BigDecimal units(String category) {
        BigDecimal sum = BigDecimal.ZERO;
        for (var entry : recorder.totals().snapshot().series().entrySet()) {
            if (entry.getKey().category().equals(category)
                    && entry.getKey().measure().equals(Measure.of("compute_units"))) {
                sum = sum.add(entry.getValue());
            }
        }
        return sum.stripTrailingZeros();
    }

    void awaitUnits(String category, String units) {
        BigDecimal expected = new BigDecimal(units).stripTrailingZeros();
        Awaitility.await("units of " + category + " " + units)
                .until(() -> units(category), sum -> sum.compareTo(expected) == 0);
    }

    /** Moves the clock step by step, until nothing is followed any more. */
    void finish() {
        Awaitility.await().pollInterval(Duration.ofMillis(10)).until(() -> {
            if (tracker.pendingRunCount() > 0) {
                clock.advance(Duration.ofSeconds(20));
            }
            return tracker.pendingRunCount() == 0;
        });
    }

    /** Waits until a run was read so many times. */
    void awaitReads(String runId, int times) {
        Awaitility.await("reads of " + runId).until(() -> apify.asked("/v2/actor-runs/" + runId) == times);
    }

    /** Moves the clock, and waits until a run was read so many times. */
    void later(Duration duration, String runId, int times) {
        clock.advance(duration);
        awaitReads(runId, times);
    }

    List<PendingRun> pending() throws InterruptedException, ExecutionException {
        return recorder.state("apify").all().get().entrySet().stream()
                .map(run -> PendingRun.ofState(run.getKey(), run.getValue()))
                .toList();
    }

    long recorded(Source source) {
        return recorder.totals().snapshot().recorded().getOrDefault(source, 0L);
    }

    /** Takes the ledger away, so that it cannot be written. */
    void loseLedger() throws IOException {
        Files.move(file, file.resolveSibling("lost.db"));
        Files.createFile(file);
    }

    /** Gives it back. */
    void returnLedger() throws IOException {
        Files.delete(file);
        Files.move(file.resolveSibling("lost.db"), file);
    }

    @Override
    public void close() throws LedgerException {
        end();
        apify.close();
    }
}
