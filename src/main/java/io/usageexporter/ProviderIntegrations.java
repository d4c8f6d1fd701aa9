package io.usageexporter;

import io.usageexporter.config.Config;
import io.usageexporter.config.TrackingConfig;
import io.usageexporter.event.Source;
import io.usageexporter.gateway.Gateway;
import io.usageexporter.gateway.GatewayMetrics;
import io.usageexporter.gateway.RateLimits;
import io.usageexporter.http.WebhookHandler;
import io.usageexporter.metrics.SelfMetrics;
import io.usageexporter.polling.PollLoop;
import io.usageexporter.provider.CallOutcome;
import io.usageexporter.provider.ProviderReportedDay;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.provider.UnmeteredReason;
import io.usageexporter.provider.anthropic.AnthropicErrors;
import io.usageexporter.provider.anthropic.AnthropicIntegration;
import io.usageexporter.provider.apify.ApifyIntegration;
import io.usageexporter.provider.apify.RunListener;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.WindowQuota;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.RetryQueue;
import io.usageexporter.report.TrackingReport;
import io.usageexporter.report.TrackingReport.Polled;
import io.usageexporter.report.TrackingReport.Unrecorded;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All that records use without the applications' help, wired in the order in which the data flows. Thread-safe. */
final class ProviderIntegrations implements AutoCloseable {
    private static final List<Source> SOURCES = List.of(Source.GATEWAY, Source.WEBHOOK, Source.POLLER);
    private static final String ANTHROPIC = "anthropic";
    private static final String APIFY = "apify";

    private final EffectiveConfig config;
    private final Recorder recorder;
    private final InstantSource clock;
    private final RetryQueue backlog;
    private final RateLimits rateLimits = new RateLimits();
    private final Gateway gateway;
    private volatile @Nullable ApifyIntegration apify;
    private volatile @Nullable AnthropicIntegration anthropic;

    ProviderIntegrations(
            EffectiveConfig config,
            Function<String, List<WindowQuota>> budgets,
            Recorder recorder,
            SelfMetrics metrics,
            InstantSource clock) {
        this.config = config;
        this.recorder = recorder;
        this.clock = clock;
        backlog = new RetryQueue(recorder);
        // So that the first one is seen by rate().
        AnthropicErrors.SPEND_LIMIT_REACHED.forEach(error -> metrics.providerErrors(ANTHROPIC, error));
        for (UnmeteredReason reason : UnmeteredReason.values()) {
            metrics.unmetered(ANTHROPIC, reason.label());
            metrics.unmetered(APIFY, reason.label());
        }
        configure();
        gateway = new Gateway(new Gateway.Parts(
                () -> config.get().tracking(),
                () -> config.get().providers(),
                budgets,
                backlog,
                this::runs,
                rateLimits,
                tell(metrics),
                clock));
    }

    /** Follows a changed configuration. What it does not change goes on as it is. */
    synchronized void configure() {
        Config now = config.get();
        configureApify(now);
        configureAnthropic(now);
    }

    private void configureApify(Config now) {
        ProviderConfig provider = now.providers().get(APIFY);
        TrackingConfig tracking = now.tracking().get(APIFY);
        ApifyIntegration running = apify;
        if (running != null && provider != null && running.isFor(now)) {
            running.configure(provider);
            return;
        }
        if (running != null) {
            running.close();
        }
        apify = provider == null || tracking == null
                ? null
                : new ApifyIntegration(provider, tracking, config, recorder, backlog, clock);
    }

    private void configureAnthropic(Config now) {
        ProviderConfig provider = now.providers().get(ANTHROPIC);
        TrackingConfig tracking = now.tracking().get(ANTHROPIC);
        AnthropicIntegration running = anthropic;
        if (running != null && running.isFor(now)) {
            return;
        }
        if (running != null) {
            running.close();
        }
        TrackingConfig.Poll poll = tracking == null ? null : tracking.poll();
        anthropic = provider == null || tracking == null || poll == null
                ? null
                : new AnthropicIntegration(provider, tracking, poll, config, clock);
    }

    private RunListener runs() {
        ApifyIntegration running = apify;
        return running == null ? RunListener.NONE : running;
    }

    private static GatewayMetrics tell(SelfMetrics metrics) {
        return new GatewayMetrics() {
            @Override
            public void ended(String provider, int code, CallOutcome outcome) {
                metrics.recordGatewayRequest(provider, code, outcome.label());
            }

            @Override
            public void error(String provider, String error) {
                metrics.providerError(provider, error);
            }

            @Override
            public void unmetered(String provider, UnmeteredReason reason) {
                metrics.unmetered(provider, reason.label()).increment();
            }

            @Override
            public void overhead(String provider, long nanos) {
                metrics.overhead(provider, nanos);
            }
        };
    }

    Gateway gateway() {
        return gateway;
    }

    /** Who takes what a webhook brings; null where none is configured. */
    WebhookHandler.@Nullable Receiver webhook() {
        ApifyIntegration running = apify;
        return running == null ? null : running.webhook();
    }

    TrackingReport report() {
        var reported = new ArrayList<ProviderReportedUsage>();
        var days = new TreeMap<String, List<ProviderReportedDay>>();
        var polls = new TreeMap<String, Polled>();
        ApifyIntegration apifyNow = apify;
        if (apifyNow != null) {
            reported.addAll(apifyNow.reported());
            addTo(polls, APIFY, apifyNow.loop());
        }
        AnthropicIntegration anthropicNow = anthropic;
        if (anthropicNow != null) {
            reported.addAll(anthropicNow.reported());
            days.put(ANTHROPIC, anthropicNow.days());
            addTo(polls, ANTHROPIC, anthropicNow.loop());
        }
        var events = new TreeMap<Source, Unrecorded>();
        SOURCES.forEach(source -> events.put(source, new Unrecorded(backlog.waiting(source), backlog.dropped(source))));
        return new TrackingReport(rateLimits.at(clock.instant()), reported, days, polls, events);
    }

    private static void addTo(SortedMap<String, Polled> polls, String provider, @Nullable PollLoop loop) {
        if (loop != null) {
            PollLoop.State state = loop.state();
            polls.put(provider, new Polled(state.success(), state.lastSuccess()));
        }
    }

    /** Ends calls that are under way, and records what was seen of them. The recorder must still be there. */
    @Override
    public void close() {
        gateway.close();
        AnthropicIntegration anthropicNow = anthropic;
        if (anthropicNow != null) {
            anthropicNow.close();
        }
        ApifyIntegration apifyNow = apify;
        if (apifyNow != null) {
            apifyNow.close();
        }
        backlog.close();
    }
}
