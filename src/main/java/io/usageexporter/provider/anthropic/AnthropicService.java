package io.usageexporter.provider.anthropic;

import io.usageexporter.config.TrackingConfig;
import io.usageexporter.config.TrackingConfig.PollConfig;
import io.usageexporter.polling.PollLoop;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.provider.PollResult;
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
        usageLoop = PollLoop.start(AnthropicIntegration.KIND, poll.interval(), usage, context.isInCharge(), clock);
        costsLoop = PollLoop.start(
                AnthropicIntegration.KIND + "-costs", poll.interval(), costs, context.isInCharge(), clock);
    }

    private AnthropicPoller poller(ServiceContext context, PollConfig poll, ReportApi current, ReportApi older) {
        return new AnthropicPoller(api, poll.key(), context.provider(), clock, current, older);
    }

    @Override
    public PollResult pollResult() {
        Instant now = clock.instant();
        return new PollResult(concat(usage.figures(now), costs.figures(now)), concat(usage.days(), costs.days()), null);
    }

    private static <T> List<T> concat(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
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
