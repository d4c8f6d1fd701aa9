package io.usageexporter;

import io.usageexporter.config.Config;
import io.usageexporter.config.EffectiveConfig;
import io.usageexporter.event.Source;
import io.usageexporter.gateway.Gateway;
import io.usageexporter.gateway.PlanWindows;
import io.usageexporter.gateway.RateLimits;
import io.usageexporter.metrics.SelfMetrics;
import io.usageexporter.polling.PollLoop;
import io.usageexporter.provider.ProviderIntegration;
import io.usageexporter.provider.ProviderReportedDay;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.provider.ProviderService;
import io.usageexporter.provider.Webhook;
import io.usageexporter.quota.WindowQuota;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.RetryQueue;
import io.usageexporter.report.TrackingReport;
import io.usageexporter.report.TrackingReport.Polled;
import io.usageexporter.report.TrackingReport.Unrecorded;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tracking of providers without help from applications, wired in the order of the data flow. Thread-safe. */
final class ProviderIntegrations implements AutoCloseable {
    private static final List<Source> SOURCES = List.of(Source.GATEWAY, Source.WEBHOOK, Source.POLLER);

    private final EffectiveConfig config;
    private final SelfMetrics metrics;
    private final InstantSource clock;
    private final RetryQueue queue;
    private final RateLimits rateLimits = new RateLimits();
    private final PlanWindows planWindows = new PlanWindows();
    private final ProviderServices services;
    private final PollResults pollResults;
    private final Gateway gateway;

    /** @param isInCharge whether this exporter does what only one of those that share the ledger may do */
    ProviderIntegrations(
            EffectiveConfig config,
            BiFunction<String, String, List<WindowQuota>> quotas,
            Recorder recorder,
            SelfMetrics metrics,
            BooleanSupplier isInCharge,
            InstantSource clock) {
        this.config = config;
        this.metrics = metrics;
        this.clock = clock;
        queue = new RetryQueue(recorder);
        for (ProviderIntegration integration : Providers.ALL) {
            if (integration.isNamedByKind()) {
                metrics.createGatewayCounters(integration.kind(), integration.knownErrors());
            }
        }
        createGatewayCounters();
        services = new ProviderServices(config, recorder, queue, isInCharge, clock);
        pollResults = new PollResults(services::all, recorder.state(PollResults.STATE), isInCharge, config::setPlan);
        gateway = new Gateway(new Gateway.Parts(
                Providers.BY_KIND,
                () -> config.get().tracking(),
                () -> config.get().providers(),
                quotas,
                queue,
                services::of,
                rateLimits,
                planWindows,
                metrics,
                clock));
    }

    /** Applies the current configuration. */
    void configure() {
        createGatewayCounters();
        services.configure();
    }

    private void createGatewayCounters() {
        Config now = config.get();
        for (String name : now.tracking().keySet()) {
            String kind = Objects.requireNonNull(now.providers().get(name)).kind();
            metrics.createGatewayCounters(
                    name, Objects.requireNonNull(Providers.BY_KIND.get(kind)).knownErrors());
        }
    }

    Gateway gateway() {
        return gateway;
    }

    /** The current webhooks by kind of provider; null where none is configured. */
    Map<String, Supplier<@Nullable Webhook>> webhooks() {
        var webhooks = new TreeMap<String, Supplier<@Nullable Webhook>>();
        Providers.BY_KIND.forEach((kind, integration) -> {
            if (integration.hasWebhook()) {
                webhooks.put(kind, () -> webhook(kind));
            }
        });
        return webhooks;
    }

    private @Nullable Webhook webhook(String provider) {
        ProviderService service = services.of(provider);
        return service == null ? null : service.webhook();
    }

    TrackingReport report() {
        var reported = new ArrayList<ProviderReportedUsage>();
        var days = new TreeMap<String, List<ProviderReportedDay>>();
        var polls = new TreeMap<String, Polled>();
        Instant now = clock.instant();
        pollResults.all().forEach((name, result) -> {
            reported.addAll(result.reported(now));
            if (result.days() != null) {
                days.put(name, result.days());
            }
        });
        services.all().forEach((name, service) -> {
            PollLoop.State poll = service.pollState();
            if (poll != null) {
                polls.put(name, new Polled(poll.success(), poll.lastSuccess()));
            }
        });
        var events = new TreeMap<Source, Unrecorded>();
        SOURCES.forEach(source -> events.put(source, new Unrecorded(queue.waiting(source), queue.dropped(source))));
        return new TrackingReport(rateLimits.at(now), planWindows.at(now), reported, days, polls, events);
    }

    /** Aborts calls in flight, and records their usage so far. The recorder must still be running. */
    @Override
    public void close() {
        gateway.close();
        pollResults.close();
        services.close();
        queue.close();
    }
}
