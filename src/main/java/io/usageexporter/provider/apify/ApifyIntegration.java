package io.usageexporter.provider.apify;

import io.usageexporter.EffectiveConfig;
import io.usageexporter.config.Config;
import io.usageexporter.config.TrackingConfig;
import io.usageexporter.event.Source;
import io.usageexporter.http.WebhookHandler;
import io.usageexporter.polling.PollLoop;
import io.usageexporter.polling.PollTask;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.provider.AccountPlan;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.RetryQueue;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What follows Apify's runs, by one configuration. */
public final class ApifyIntegration implements RunListener, AutoCloseable {
    private static final String NAME = "apify";

    private final TrackingConfig tracking;
    private final ProviderHttpClient api;
    private final RunTracker tracker;
    private final ApifyPoller poller;
    private final @Nullable PollLoop loop;

    /** Begins to follow, and to poll where that is configured. */
    public ApifyIntegration(
            ProviderConfig provider,
            TrackingConfig tracking,
            EffectiveConfig config,
            Recorder recorder,
            RetryQueue backlog,
            InstantSource clock) {
        this.tracking = tracking;
        api = new ProviderHttpClient(tracking.gateway().upstream(), clock);
        tracker = RunTracker.start(ApifySettings.of(provider, tracking), api, recorder, backlog, clock);
        poller = new ApifyPoller(
                tracker,
                new RunBackfill(tracker, recorder, clock),
                () -> config.get().providers().getOrDefault(NAME, provider),
                clock);
        TrackingConfig.Poll poll = tracking.poll();
        loop = poll == null ? null : PollLoop.start(NAME, poll.interval(), learning(config), clock);
    }

    private PollTask learning(EffectiveConfig config) {
        return () -> {
            try {
                poller.run();
            } finally { // what it learned before it failed holds all the same
                AccountPlan plan = poller.plan();
                if (plan != null) {
                    config.learn(NAME, plan);
                }
            }
        };
    }

    /** Whether this is still what is configured. */
    public boolean isFor(Config config) {
        return tracking.equals(config.tracking().get(NAME));
    }

    /** Counts by another configuration of the provider. */
    public void configure(ProviderConfig provider) {
        tracker.configure(ApifySettings.of(provider, tracking));
    }

    /** Who takes what a webhook brings; null where none is configured. */
    public WebhookHandler.@Nullable Receiver webhook() {
        return tracking.webhookSecret() == null ? null : new WebhookHandler.Receiver(tracking.webhookSecret(), tracker);
    }

    public List<ProviderReportedUsage> reported() {
        return loop == null ? List.of() : poller.reported();
    }

    @Nullable
    public PollLoop loop() {
        return loop;
    }

    @Override
    public void seen(Run run, @Nullable String category, @Nullable String authorization) {
        tracker.seen(run, Source.GATEWAY, category, authorization);
    }

    @Override
    public void syncEnded(
            String actor,
            boolean isTask,
            Instant startedAt,
            @Nullable String category,
            @Nullable String authorization) {
        tracker.syncEnded(actor, isTask, startedAt, category, authorization);
    }

    @Override
    public int underWay() {
        return tracker.underWay();
    }

    @Override
    public void close() {
        if (loop != null) {
            loop.close();
        }
        tracker.close();
        api.close();
    }
}
