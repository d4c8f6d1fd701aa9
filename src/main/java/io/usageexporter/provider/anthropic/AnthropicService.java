package io.usageexporter.provider.anthropic;

import io.usageexporter.config.TrackingConfig;
import io.usageexporter.config.TrackingConfig.PollConfig;
import io.usageexporter.polling.PollLoop;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.provider.ProviderReportedDay;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.provider.ProviderService;
import io.usageexporter.provider.ServiceContext;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/**
 * Polls Anthropic's reports of usage and of costs under one configuration. Each has its own loop, so that one that fails
 * neither stops nor delays the other.
 */
final class AnthropicService implements ProviderService {
    private final InstantSource clock;
    private final ProviderHttpClient api;
    private final AnthropicPoller usage;
    private final AnthropicPoller costs;
    private final PollLoop usageLoop;
    private final PollLoop costsLoop;

    /** Starts polling. */
    AnthropicService(ServiceContext context, PollConfig poll) {
        TrackingConfig tracking = context.tracking();
        clock = context.clock();
        api = new ProviderHttpClient(tracking.gateway().upstream(), clock);
        usage = poller(context, poll, ReportApi.ANALYTICS_USAGE, ReportApi.USAGE_REPORT);
        costs = poller(context, poll, ReportApi.ANALYTICS_COST, ReportApi.COST_REPORT);
        usageLoop = PollLoop.start(AnthropicIntegration.KIND, poll.interval(), usage, clock);
        costsLoop = PollLoop.start(AnthropicIntegration.KIND + "-costs", poll.interval(), costs, clock);
    }

    private AnthropicPoller poller(ServiceContext context, PollConfig poll, ReportApi current, ReportApi older) {
        return new AnthropicPoller(api, poll.key(), context.provider(), clock, current, older);
    }

    @Override
    public List<ProviderReportedUsage> reported() {
        Instant now = clock.instant();
        return Stream.concat(usage.reported(now).stream(), costs.reported(now).stream())
                .toList();
    }

    @Override
    public List<ProviderReportedDay> reportedDays() {
        return Stream.concat(usage.days().stream(), costs.days().stream()).toList();
    }

    @Override
    public PollLoop.State pollState() {
        return usageLoop.state().and(costsLoop.state());
    }

    @Override
    public void close() {
        usageLoop.close();
        costsLoop.close();
        api.close();
    }
}
