package io.usageexporter.provider.apify;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.config.Config;
import io.usageexporter.config.Secret;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Source;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.provider.ServiceContext;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.RecorderMetrics;
import io.usageexporter.recording.RetryQueue;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.FakeApify;
import io.usageexporter.testing.LogCapture;
import io.usageexporter.testing.Samples;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Series;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * For each test a tracker with a real ledger, and a fake Apify. Afterwards neither the log nor the ledger may contain a
 * secret.
 */
final class RunTrackerExtension implements BeforeEachCallback, AfterEachCallback, AutoCloseable {
    /** Maximum number of tracked runs. */
    static final int MAX_RUNS = 20;

    private final SettableClock clock;
    private final ApifySettings settings;
    private final Duration timeout;
    private @Nullable LogCapture log;
    private @Nullable Path folder;
    private @Nullable FakeApify apify;
    private @Nullable Recorder recorder;
    private @Nullable RetryQueue queue;
    private @Nullable ProviderHttpClient api;
    private @Nullable RunTracker tracker;

    RunTrackerExtension(String now) {
        this(now, Map.of(), ProviderHttpClient.TIMEOUT);
    }

    /**
     * With other settings.
     *
     * @param actors configured platforms by actor
     * @param timeout of requests to Apify
     */
    RunTrackerExtension(String now, Map<String, String> actors, Duration timeout) {
        this.clock = new SettableClock(now);
        this.settings = new ApifySettings(
                Set.of("compute_units", "runs", "usd"), new Platforms(actors), new Secret(FakeApify.TOKEN));
        this.timeout = timeout;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        log = new LogCapture();
        start();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        stopTracker();
        apify().close();
        log().close();
        byte[] ledger = Files.readAllBytes(ledger());
        assertThat(String.join("\n", log().messages()) + new String(ledger, StandardCharsets.ISO_8859_1))
                .doesNotContain("SECRET");
        deleteFolder();
    }

    /** Starts both, outside the life of a test. */
    RunTrackerExtension start() throws IOException, LedgerException {
        folder = Files.createTempDirectory("runs");
        apify = new FakeApify();
        startTracker();
        return this;
    }

    @Override
    public void close() throws IOException, LedgerException {
        stopTracker();
        apify().close();
        deleteFolder();
    }

    private void deleteFolder() throws IOException {
        try (Stream<Path> files = Files.walk(requireNonNull(folder))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void startTracker() throws LedgerException {
        recorder = Recorder.start(
                LedgerAddress.of(ledger()).open(),
                Configs.defaults().providers().values(),
                Configs.defaults().prices(),
                clock,
                RecorderMetrics.NONE);
        queue = new RetryQueue(recorder);
        api = new ProviderHttpClient(apify().uri(), timeout, clock);
        Config config = Configs.defaults();
        var context = new ServiceContext(
                requireNonNull(config.tracking().get("apify")),
                () -> requireNonNull(config.providers().get("apify")),
                recorder,
                queue,
                recorder.state("apify"),
                plan -> {},
                () -> true,
                clock);
        tracker = RunTracker.start(settings, api, context, MAX_RUNS);
    }

    private void stopTracker() throws LedgerException {
        tracker().close();
        requireNonNull(api).close();
        requireNonNull(queue).close();
        recorder().close();
    }

    /** Stops the tracker and starts another one on the same ledger. */
    void restart() throws LedgerException {
        stopTracker();
        startTracker();
    }

    private Path ledger() {
        return requireNonNull(folder).resolve("usage.db");
    }

    LogCapture log() {
        return requireNonNull(log);
    }

    SettableClock clock() {
        return clock;
    }

    FakeApify apify() {
        return requireNonNull(apify);
    }

    RunTracker tracker() {
        return requireNonNull(tracker);
    }

    Recorder recorder() {
        return requireNonNull(recorder);
    }

    /** Continues without a token. */
    void removeToken() {
        tracker().configure(new ApifySettings(Set.of("compute_units"), new Platforms(Map.of()), null));
    }

    /** Observes a run. */
    void observe(Run run, Source source) {
        tracker().observed(run, source, RunAttribution.NONE, null);
    }

    /** The run of a sample. */
    static Run sample(String name) {
        return run(Samples.text("apify/" + name));
    }

    static Run run(String json) {
        var reader = new RunReader();
        reader.read(ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)));
        return requireNonNull(reader.finish(true));
    }

    /** Announces a run by a webhook; whether the response may be a success. */
    CompletableFuture<Boolean> announce(String runId, @Nullable Run run) {
        var accepted = new CompletableFuture<Boolean>();
        tracker().announced(runId, run, Source.WEBHOOK, accepted::complete);
        return accepted;
    }

    /** The recorded amounts of a day, by category and measure. */
    Map<String, BigDecimal> day(String date) {
        var day = new HashMap<String, BigDecimal>();
        Map<Series, BigDecimal> cells =
                recorder().totals().snapshot().days().getOrDefault(new Day("apify", LocalDate.parse(date)), Map.of());
        cells.forEach((cell, amount) -> day.put(cell.category() + " " + cell.measure(), amount.stripTrailingZeros()));
        return day;
    }

    /** The recorded compute units of a category. */
    BigDecimal units(String category) {
        BigDecimal sum = BigDecimal.ZERO;
        for (var entry : recorder().totals().snapshot().series().entrySet()) {
            if (entry.getKey().category().equals(category)
                    && entry.getKey().measure().equals(Measure.of("compute_units"))) {
                sum = sum.add(entry.getValue());
            }
        }
        return sum.stripTrailingZeros();
    }

    /** Who used anything. */
    Set<String> consumers() {
        return recorder().totals().snapshot().series().keySet().stream()
                .map(Series::consumer)
                .collect(Collectors.toSet());
    }

    void awaitUnits(String category, String units) {
        BigDecimal expected = new BigDecimal(units).stripTrailingZeros();
        Awaitility.await("units of " + category + " " + units)
                .until(() -> units(category), sum -> sum.compareTo(expected) == 0);
    }

    /** Advances the clock step by step until no run is tracked. */
    void advanceUntilIdle() {
        Awaitility.await().pollInterval(Duration.ofMillis(10)).until(() -> {
            if (tracker().pendingRunCount() > 0) {
                clock.advance(Duration.ofSeconds(20));
            }
            return tracker().pendingRunCount() == 0;
        });
    }

    /** Waits until a run has been read this number of times. */
    void awaitReads(String runId, int times) {
        Awaitility.await("reads of " + runId).until(() -> apify().requests("/v2/actor-runs/" + runId) == times);
    }

    /** Advances the clock, and waits until a run has been read this number of times. */
    void advance(Duration duration, String runId, int times) {
        clock.advance(duration);
        awaitReads(runId, times);
    }

    List<PendingRun> pendingRuns() throws InterruptedException, ExecutionException {
        return recorder().state("apify").all().get().entrySet().stream()
                .map(run -> new PendingRun(run.getKey(), RunAttribution.ofState(run.getValue())))
                .toList();
    }

    long recordedEvents(Source source) {
        return recorder().totals().snapshot().recorded().getOrDefault(source, 0L);
    }

    /** Moves the ledger away, so that it cannot be written. */
    void removeLedger() throws IOException {
        Files.move(ledger(), ledger().resolveSibling("lost.db"));
        Files.createFile(ledger());
    }

    /** Moves the ledger back. */
    void restoreLedger() throws IOException {
        Files.delete(ledger());
        Files.move(ledger().resolveSibling("lost.db"), ledger());
    }
}
