package io.usageexporter.provider.anthropic;

import io.usageexporter.EffectiveConfig;
import io.usageexporter.config.Config;
import io.usageexporter.config.TrackingConfig;
import io.usageexporter.polling.PollLoop;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.provider.ProviderReportedDay;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.quota.ProviderConfig;
import java.time.InstantSource;
import java.util.List;

/** What asks Anthropic for its own report, by one configuration. */
public final class AnthropicIntegration implements AutoCloseable {
    private static final String NAME = "anthropic";

    private final TrackingConfig tracking;
    private final InstantSource clock;
    private final ProviderHttpClient api;
    private final AnthropicPoller poller;
    private final PollLoop loop;

    /** Begins to poll. */
    public AnthropicIntegration(
            ProviderConfig provider,
            TrackingConfig tracking,
            TrackingConfig.Poll poll,
            EffectiveConfig config,
            InstantSource clock) {
        this.tracking = tracking;
        this.clock = clock;
        api = new ProviderHttpClient(tracking.gateway().upstream(), clock);
        poller = new AnthropicPoller(
                api, poll.key(), () -> config.get().providers().getOrDefault(NAME, provider), clock);
        loop = PollLoop.start(NAME, poll.interval(), poller, clock);
    }

    /** Whether this is still what is configured. */
    public boolean isFor(Config config) {
        return tracking.equals(config.tracking().get(NAME));
    }

    public List<ProviderReportedUsage> reported() {
        return poller.reported(clock.instant());
    }

    public List<ProviderReportedDay> days() {
        return poller.days();
    }

    public PollLoop loop() {
        return loop;
    }

    @Override
    public void close() {
        loop.close();
        api.close();
    }
}
