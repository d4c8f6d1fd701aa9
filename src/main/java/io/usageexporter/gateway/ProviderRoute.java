package io.usageexporter.gateway;

import io.usageexporter.config.ProviderSettings;
import io.usageexporter.config.TrackingConfig;
import io.usageexporter.event.TextRule;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.provider.Attribution;
import io.usageexporter.provider.GatewayContext;
import io.usageexporter.provider.PlanWindow;
import io.usageexporter.provider.ProviderIntegration;
import io.usageexporter.provider.ProviderProtocol;
import io.usageexporter.provider.ProviderService;
import io.usageexporter.provider.RateLimit;
import io.usageexporter.provider.UnmeteredReason;
import io.usageexporter.provider.UsageRecord;
import io.usageexporter.quota.ProviderConfig;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the gateway has for one provider, across changes of its configuration. Thread-safe; nothing here blocks. */
final class ProviderRoute implements GatewayContext {
    private final String provider;
    private final Gateway.Parts parts;
    private final Admission admission;
    private final UnmeteredCalls unmetered;
    private final ProviderProtocol protocol;

    ProviderRoute(String provider, ProviderIntegration integration, Gateway.Parts parts) {
        this.provider = provider;
        this.parts = parts;
        this.admission = new Admission(consumer -> parts.quotas().apply(provider, consumer), this::pendingCalls);
        this.unmetered = new UnmeteredCalls(provider, parts.metrics(), parts.clock());
        this.protocol = integration.protocol(this);
    }

    ProviderProtocol protocol() {
        return protocol;
    }

    Admission admission() {
        return admission;
    }

    private int pendingCalls(String consumer) {
        ProviderService service = service();
        return service == null ? 0 : service.pendingCalls(consumer);
    }

    @Override
    public String provider() {
        return provider;
    }

    @Override
    public @Nullable String category() {
        TrackingConfig tracking = tracking();
        return tracking == null ? null : tracking.gateway().category();
    }

    @Override
    public ProviderSettings settings() {
        TrackingConfig tracking = tracking();
        return tracking == null ? ProviderSettings.NONE : tracking.settings();
    }

    private @Nullable TrackingConfig tracking() {
        return parts.tracking().get().get(provider);
    }

    @Override
    public @Nullable ProviderService service() {
        return parts.services().apply(provider);
    }

    @Override
    public void record(List<UsageRecord> usages, Attribution attribution, Instant at, String call, boolean releases) {
        ProviderConfig config = parts.providers().get().get(provider);
        var events = new ArrayList<UsageEvent>();
        for (UsageRecord record : usages) {
            Usage usage = config == null ? Usage.of(Map.of()) : record.usage().only(config.resources());
            if (config != null && !usage.isEmpty()) {
                events.add(new UsageEvent(
                        record.id(),
                        provider,
                        TextRule.LABEL.sanitize(attribution.category()),
                        TextRule.LABEL.sanitize(attribution.consumer()),
                        TextRule.LABEL.sanitize(record.model()),
                        record.pricing(),
                        at,
                        usage));
                observed(amounts(config, usage));
            }
        }
        // Must not keep the observer of the call, and with it all it has read, from being freed until the commit.
        String consumer = attribution.consumer();
        Runnable counted = releases ? () -> released(consumer) : () -> {};
        if (events.isEmpty()) {
            counted.run();
        } else {
            parts.queue().recordResponse(events, call, counted);
        }
    }

    private static Map<String, BigDecimal> amounts(ProviderConfig config, Usage usage) {
        var amounts = new HashMap<String, BigDecimal>();
        usage.forEach((measure, amount) ->
                amounts.merge(measure.resource(), config.counted(measure, amount.units()), BigDecimal::add));
        return amounts;
    }

    @Override
    public void released(String consumer) {
        admission.release(consumer);
    }

    @Override
    public void observed(Map<String, BigDecimal> amounts) {
        admission.observe(amounts);
    }

    @Override
    public void rateLimit(RateLimit limit, Instant at) {
        parts.rateLimits().put(limit, at);
    }

    @Override
    public void planWindows(List<PlanWindow> windows, Instant at) {
        parts.planWindows().put(windows, at);
    }

    @Override
    public void error(String name) {
        parts.metrics().error(provider, name);
    }

    @Override
    public void unmetered(UnmeteredReason reason, String method, String path) {
        unmetered.add(reason, method, path);
    }
}
