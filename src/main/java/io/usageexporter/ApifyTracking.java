package io.usageexporter;

import io.usageexporter.config.Config;
import io.usageexporter.config.Tracking;
import io.usageexporter.event.Source;
import io.usageexporter.gateway.RunSightings;
import io.usageexporter.http.WebhookHandler;
import io.usageexporter.poller.ApifyPoller;
import io.usageexporter.poller.ApifySettings;
import io.usageexporter.poller.Poll;
import io.usageexporter.poller.PollLoop;
import io.usageexporter.poller.ProviderApi;
import io.usageexporter.poller.RunSearch;
import io.usageexporter.poller.RunTracker;
import io.usageexporter.provider.apify.Run;
import io.usageexporter.quota.Plan;
import io.usageexporter.quota.Provider;
import io.usageexporter.quota.Reported;
import io.usageexporter.recording.Backlog;
import io.usageexporter.recording.Recorder;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What follows Apify's runs, by one configuration. */
final class ApifyTracking implements RunSightings, AutoCloseable {
    private static final String NAME = "apify";

    private final Tracking tracking;
    private final ProviderApi api;
    private final RunTracker tracker;
    private final ApifyPoller poller;
    private final @Nullable PollLoop loop;

    /** Begins to follow, and to poll where that is configured. */
    ApifyTracking(
            Provider provider,
            Tracking tracking,
            EffectiveConfig config,
            Recorder recorder,
            Backlog backlog,
            InstantSource clock) {
        this.tracking = tracking;
        api = new ProviderApi(tracking.gateway().upstream(), clock);
        tracker = RunTracker.start(ApifySettings.of(provider, tracking), api, recorder, backlog, clock);
        poller = new ApifyPoller(
                tracker,
                new RunSearch(tracker, recorder, clock),
                () -> config.get().providers().getOrDefault(NAME, provider),
                clock);
        Tracking.Poll poll = tracking.poll();
        loop = poll == null ? null : PollLoop.start(NAME, poll.interval(), learning(config), clock);
    }

    private Poll learning(EffectiveConfig config) {
        return () -> {
            try {
                poller.run();
            } finally { // what it learned before it failed holds all the same
                Plan plan = poller.plan();
                if (plan != null) {
                    config.learn(NAME, plan);
                }
            }
        };
    }

    /** Whether this is still what is configured. */
    boolean isFor(Config config) {
        return tracking.equals(config.tracking().get(NAME));
    }

    /** Counts by another configuration of the provider. */
    void configure(Provider provider) {
        tracker.configure(ApifySettings.of(provider, tracking));
    }

    /** Who takes what a webhook brings; null where none is configured. */
    WebhookHandler.@Nullable Receiver webhook() {
        return tracking.webhookSecret() == null ? null : new WebhookHandler.Receiver(tracking.webhookSecret(), tracker);
    }

    List<Reported> reported() {
        return loop == null ? List.of() : poller.reported();
    }

    @Nullable
    PollLoop loop() {
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
