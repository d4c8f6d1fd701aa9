package io.usageexporter;

import io.micrometer.core.instrument.Tags;
import io.usageexporter.config.Config;
import io.usageexporter.config.EffectiveConfig;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.http.HttpServer;
import io.usageexporter.http.Lifecycle;
import io.usageexporter.ledger.Ledger;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.metrics.MetricsView;
import io.usageexporter.metrics.ProviderCollector;
import io.usageexporter.metrics.SelfMetrics;
import io.usageexporter.metrics.UsageCollector;
import io.usageexporter.recording.Recorder;
import io.usageexporter.report.Health;
import io.usageexporter.report.ReportService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** The composition root: a running exporter, wired in the order in which the data flows. */
public final class Application implements Lifecycle, AutoCloseable {
    private static final Logger LOG = System.getLogger(Application.class.getName());

    private final Settings settings;
    private final Recorder recorder;
    private final LedgerReader reader;
    private final SelfMetrics metrics;
    private final ProviderIntegrations tracking;
    private final HttpServer server;
    private final CountDownLatch quit = new CountDownLatch(1);
    private final InstantSource clock;
    private final EffectiveConfig config;
    private volatile boolean reloaded = true;
    private volatile long reloadedAtMillis;

    /**
     * Where everything is.
     *
     * @param configFile null for the built-in defaults
     * @param listenAddress port 0 takes a free one
     * @param lifecycleEnabled whether HTTP may reload and quit
     * @param drainTimeout how long requests in flight may take to complete once the exporter stops
     */
    public record Settings(
            @Nullable Path configFile,
            Path storage,
            InetSocketAddress listenAddress,
            boolean lifecycleEnabled,
            Duration drainTimeout) {
        /** Leaves two of the ten seconds after which containers are killed to record what was still in flight. */
        public static final Duration DEFAULT_DRAIN_TIMEOUT = Duration.ofSeconds(8);
    }

    private Application(Settings settings, InstantSource clock) throws InvalidConfigException, LedgerException {
        this.settings = settings;
        this.clock = clock;
        // Half of the start is loading classes; these two have none in common.
        CompletableFuture<SelfMetrics> metricsFuture = CompletableFuture.supplyAsync(SelfMetrics::new);
        config = new EffectiveConfig(Providers.configReader().load(settings.configFile(), Application::warn));
        reloadedAtMillis = clock.millis();
        Ledger ledger = Ledger.open(settings.storage());
        String ledgerId = ledger.id();
        long openedAtMillis = clock.millis();
        metrics = metricsFuture.join();
        reader = ledger.reader();
        recorder = Recorder.start(ledger, config.get().providers().values(), clock, metrics);
        var reports = new ReportService(
                config, recorder.totals(), reader, () -> new Health(isLedgerWritable(), reloaded), clock);
        Version version = Version.current();
        metrics.registry()
                .getPrometheusRegistry()
                .register(new UsageCollector(reports::now, version.number(), version.revision()));
        tracking = new ProviderIntegrations(config, reports::quotas, recorder, metrics, clock);
        metrics.registry().getPrometheusRegistry().register(new ProviderCollector(tracking::report));
        registerGauges();
        metrics.gauge(
                "usage_exporter_ledger_open_timestamp_seconds",
                "Time at which this exporter opened its ledger; exporters that share a ledger show the same id.",
                Tags.of("ledger", ledgerId),
                () -> openedAtMillis / 1000.0);
        server = HttpServer.start(
                settings.listenAddress(),
                new HttpServer.Parts(
                        recorder,
                        () -> config.get().providers(),
                        reports,
                        tracking::report,
                        new MetricsView(metrics.registry().getPrometheusRegistry()),
                        metrics,
                        tracking.gateway(),
                        Providers::postedUsage,
                        Providers.webhooks(),
                        tracking::webhook,
                        clock,
                        this,
                        settings.lifecycleEnabled()));
    }

    /** Starts an exporter, which serves when this returns. */
    public static Application start(Settings settings, InstantSource clock)
            throws InvalidConfigException, LedgerException {
        return new Application(settings, clock);
    }

    private static void warn(String warning) {
        LOG.log(Level.WARNING, warning);
    }

    private void registerGauges() {
        metrics.gauge(
                "usage_exporter_ledger_queue_events",
                "Current number of events waiting to be recorded.",
                recorder::queuedEvents);
        metrics.gauge(
                "usage_exporter_ledger_writable",
                "Whether the last write to the ledger succeeded (1) or failed (0); an idle ledger is probed.",
                () -> isLedgerWritable() ? 1 : 0);
        metrics.gauge(
                "usage_exporter_ledger_size_bytes",
                "Size of the ledger on disk, including its write-ahead log.",
                () -> bytes(reader::sizeBytes));
        metrics.gauge(
                "usage_exporter_ledger_disk_free_bytes",
                "Space available to this user on the ledger's disk.",
                () -> bytes(reader::freeBytes));
        metrics.gauge(
                "usage_exporter_config_last_reload_successful",
                "Whether the last configuration load or reload succeeded (1) or failed (0).",
                () -> reloaded ? 1 : 0);
        metrics.gauge(
                "usage_exporter_config_last_reload_success_timestamp_seconds",
                "Time at which the running configuration was loaded.",
                () -> reloadedAtMillis / 1000.0);
    }

    /** The last write says; that the file was moved since is seen at once. */
    private boolean isLedgerWritable() {
        return recorder.isWritable() && reader.isInPlace();
    }

    /** How many events the ledger holds. */
    public long events() {
        return recorder.totals().snapshot().events();
    }

    private interface Measurement {
        long bytes() throws IOException;
    }

    private static double bytes(Measurement measurement) {
        try {
            return measurement.bytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The port on which it listens. */
    public int port() {
        return server.port();
    }

    @Override
    public synchronized void reload() throws InvalidConfigException {
        try {
            Config next = Providers.configReader().load(settings.configFile(), Application::warn);
            recorder.configure(next.providers().values()).get();
            config.configure(next);
            tracking.configure();
            reloaded = true;
            reloadedAtMillis = clock.millis();
            LOG.log(
                    Level.INFO,
                    settings.configFile() == null
                            ? "configuration reloaded: the built-in one, since no --config.file is given"
                            : "configuration reloaded: " + settings.configFile().toAbsolutePath());
        } catch (InvalidConfigException e) {
            reloadFailed(e.getMessage());
            throw e;
        } catch (ExecutionException e) {
            String why = e.getCause() == null ? "unknown" : e.getCause().getMessage();
            reloadFailed(why);
            throw new IllegalStateException(why, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void reloadFailed(@Nullable String why) {
        reloaded = false;
        LOG.log(Level.ERROR, "the running configuration stays, since the new one cannot be used: {0}", why);
    }

    @Override
    public void quit() {
        quit.countDown();
    }

    /** Waits until somebody calls {@link #quit()}. */
    public void awaitQuit() throws InterruptedException {
        quit.await();
    }

    /** Stops taking requests, finishes and commits what is in flight, and gives the ledger free. */
    @Override
    public void close() throws LedgerException {
        LOG.log(Level.INFO, "shutting down");
        server.drain(settings.drainTimeout());
        tracking.close();
        recorder.finish();
        server.close();
        reader.close();
        recorder.close();
        metrics.close();
        LOG.log(Level.INFO, "shut down, everything is committed");
    }
}
