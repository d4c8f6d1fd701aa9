package io.usageexporter;

import io.usageexporter.access.AccessControl;
import io.usageexporter.access.WebConfigFile;
import io.usageexporter.config.ConnectionLimits;
import io.usageexporter.config.EffectiveConfig;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.http.HttpServer;
import io.usageexporter.http.Lifecycle;
import io.usageexporter.ledger.Lease;
import io.usageexporter.ledger.Ledger;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.metrics.ProviderCollector;
import io.usageexporter.metrics.SelfMetrics;
import io.usageexporter.metrics.UsageCollector;
import io.usageexporter.recording.ClockWatch;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.Retention;
import io.usageexporter.report.Health;
import io.usageexporter.report.ReportService;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The composition root: a running exporter, wired in the order in which the data flows. */
public final class Application implements Lifecycle, AutoCloseable {
    private static final Logger LOG = System.getLogger(Application.class.getName());

    private final Settings settings;
    private final ConfigFile configFile;
    private final EffectiveConfig config;
    private final SelfMetrics metrics;
    private final LedgerReader reader;
    private final Recorder recorder;
    private final ProviderIntegrations integrations;
    private final Retention retention;
    private final WebConfigFile webConfig;
    private final AccessControl access;
    private final HttpServer server;
    private final CountDownLatch quit = new CountDownLatch(1);

    /**
     * Settings from the command line.
     *
     * @param configFile null for the built-in defaults
     * @param listenAddress port 0 chooses a free one
     * @param connections limits of the connections of clients
     * @param webConfigFile null for plain HTTP without users
     * @param lifecycleEnabled whether HTTP may reload and quit
     * @param drainTimeout how long requests in flight may take to complete once the exporter stops
     */
    public record Settings(
            @Nullable Path configFile,
            LedgerAddress storage,
            InetSocketAddress listenAddress,
            ConnectionLimits connections,
            @Nullable Path webConfigFile,
            boolean lifecycleEnabled,
            Duration drainTimeout) {
        /** Leaves two of the ten seconds after which containers are killed to record what was still in flight. */
        public static final Duration DEFAULT_DRAIN_TIMEOUT = Duration.ofSeconds(8);
    }

    private Application(Settings settings, InstantSource clock) throws InvalidConfigException, LedgerException {
        this.settings = settings;
        // Half of the start is loading classes; these two have none in common.
        CompletableFuture<SelfMetrics> metricsFuture = CompletableFuture.supplyAsync(SelfMetrics::new);
        configFile = new ConfigFile(settings.configFile(), clock);
        config = new EffectiveConfig(configFile.load());
        webConfig = WebConfigFile.open(settings.webConfigFile());
        access = new AccessControl(webConfig, () -> config.get().apiTokens());
        Ledger ledger = settings.storage().open();
        Lease lease = ledger.lease();
        String ledgerId = ledger.id();
        long openedAtMillis = clock.millis();
        metrics = metricsFuture.join();
        reader = ledger.reader();
        recorder = Recorder.start(
                ledger,
                config.get().providers().values(),
                config.get().prices(),
                new ClockWatch(clock, System::nanoTime),
                metrics);
        var reports = new ReportService(
                config, recorder.totals(), reader, () -> new Health(isLedgerWritable(), configFile.isCurrent()), clock);
        integrations = new ProviderIntegrations(config, reports::quotas, recorder, metrics, lease::isHeld, clock);
        retention = new Retention(recorder, lease::isHeld, () -> config.get().eventsKept());
        Version version = Version.current();
        metrics.register(new UsageCollector(reports::now, version.number(), version.revision()));
        metrics.register(new ProviderCollector(integrations::report));
        configFile.registerGauges(metrics);
        new LedgerGauges(recorder, reader, this::isLedgerWritable, ledgerId, openedAtMillis).register(metrics);
        server = HttpServer.start(
                settings.listenAddress(),
                settings.connections(),
                new HttpServer.Parts(
                        recorder,
                        () -> config.get().providers(),
                        reports,
                        integrations::report,
                        metrics,
                        integrations.gateway(),
                        Providers::postedUsage,
                        integrations.webhooks(),
                        clock,
                        () -> config.get().reverseProxies(),
                        this,
                        access,
                        settings.lifecycleEnabled()));
        lease.start();
        if (access.isOpen() && !settings.listenAddress().getAddress().isLoopbackAddress()) {
            LOG.log(
                    Level.WARNING,
                    "anyone who can reach {0} may read and record usage and call providers: there are no api_tokens,"
                            + " users or client certificates (see --web.config.file)",
                    settings.listenAddress().getAddress().getHostAddress());
        }
    }

    /** Starts an exporter, which serves when this returns. */
    public static Application start(Settings settings, InstantSource clock)
            throws InvalidConfigException, LedgerException {
        return new Application(settings, clock);
    }

    /** Whether it serves HTTPS. */
    public boolean isTls() {
        return webConfig.sslContext() != null;
    }

    /** Whether the last write succeeded, and the file has not been moved since, which shows at once. */
    private boolean isLedgerWritable() {
        return recorder.isWritable() && reader.isInPlace();
    }

    /** The number of events in the ledger. */
    public long events() {
        return recorder.totals().snapshot().events();
    }

    /** The port on which it listens. */
    public int port() {
        return server.port();
    }

    @Override
    public void reload() throws InvalidConfigException {
        configFile.reload(next -> {
            recorder.configure(next.providers().values(), next.prices()).get();
            config.configure(next);
            integrations.configure();
        });
        webConfig.reload();
    }

    @Override
    public void quit() {
        quit.countDown();
    }

    /** Waits for a call of {@link #quit()}. */
    public void awaitQuit() throws InterruptedException {
        quit.await();
    }

    /** Stops accepting requests, completes and commits those in flight, and releases the ledger. */
    @Override
    public void close() throws LedgerException {
        LOG.log(Level.INFO, "shutting down");
        server.drain(settings.drainTimeout());
        integrations.close();
        retention.close();
        recorder.finish();
        server.close();
        reader.close();
        recorder.close();
        metrics.close();
        access.close();
        webConfig.close();
        LOG.log(Level.INFO, "shut down, everything is committed");
    }
}
