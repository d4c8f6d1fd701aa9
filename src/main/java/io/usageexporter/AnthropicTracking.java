package io.usageexporter;

import io.usageexporter.config.Config;
import io.usageexporter.config.Tracking;
import io.usageexporter.poller.AnthropicPoller;
import io.usageexporter.poller.PollLoop;
import io.usageexporter.poller.ProviderApi;
import io.usageexporter.quota.Provider;
import io.usageexporter.quota.Reported;
import io.usageexporter.quota.ReportedDay;
import java.time.InstantSource;
import java.util.List;

/** What asks Anthropic for its own report, by one configuration. */
final class AnthropicTracking implements AutoCloseable {
    private static final String NAME = "anthropic";

    private final Tracking tracking;
    private final InstantSource clock;
    private final ProviderApi api;
    private final AnthropicPoller poller;
    private final PollLoop loop;

    /** Begins to poll. */
    AnthropicTracking(
            Provider provider, Tracking tracking, Tracking.Poll poll, EffectiveConfig config, InstantSource clock) {
        this.tracking = tracking;
        this.clock = clock;
        api = new ProviderApi(tracking.gateway().upstream(), clock);
        poller = new AnthropicPoller(
                api, poll.key(), () -> config.get().providers().getOrDefault(NAME, provider), clock);
        loop = PollLoop.start(NAME, poll.interval(), poller, clock);
    }

    /** Whether this is still what is configured. */
    boolean isFor(Config config) {
        return tracking.equals(config.tracking().get(NAME));
    }

    List<Reported> reported() {
        return poller.reported(clock.instant());
    }

    List<ReportedDay> days() {
        return poller.days();
    }

    PollLoop loop() {
        return loop;
    }

    @Override
    public void close() {
        loop.close();
        api.close();
    }
}
