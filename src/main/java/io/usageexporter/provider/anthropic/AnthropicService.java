package io.usageexporter.provider.anthropic;

import io.usageexporter.config.TrackingConfig;
import io.usageexporter.config.TrackingConfig.PollConfig;
import io.usageexporter.polling.PollLoop;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.provider.ProviderReportedDay;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.provider.ProviderService;
import io.usageexporter.provider.ServiceContext;
import java.time.InstantSource;
import java.util.List;

/** Polls Anthropic's usage report under one configuration. */
final class AnthropicService implements ProviderService {
    private final InstantSource clock;
    private final ProviderHttpClient api;
    private final AnthropicPoller poller;
    private final PollLoop loop;

    /** Starts polling. */
    AnthropicService(ServiceContext context, PollConfig poll) {
        TrackingConfig tracking = context.tracking();
        clock = context.clock();
        api = new ProviderHttpClient(tracking.gateway().upstream(), clock);
        poller = new AnthropicPoller(api, poll.key(), context.provider(), clock);
        loop = PollLoop.start(AnthropicIntegration.KIND, poll.interval(), poller, clock);
    }

    @Override
    public List<ProviderReportedUsage> reported() {
        return poller.reported(clock.instant());
    }

    @Override
    public List<ProviderReportedDay> reportedDays() {
        return poller.days();
    }

    @Override
    public PollLoop.State pollState() {
        return loop.state();
    }

    @Override
    public void close() {
        loop.close();
        api.close();
    }
}
