package io.usageexporter.gateway;

import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.provider.UsageRecord;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.recording.RetryQueue;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Records what watchers see of one provider's use, as far as the provider counts it. Thread-safe; never blocks.
 *
 * @param provider as configured now; null while it is not
 */
public record UsageRecorder(Supplier<@Nullable ProviderConfig> provider, RetryQueue backlog, Admission admission) {
    /**
     * Records uses.
     *
     * @param category as the caller named it
     * @param request a hash of the request that they answer; empty where it does not matter
     * @param counted called once, when they are in the totals or lost
     */
    public void record(List<UsageRecord> uses, String category, Instant at, String request, Runnable counted) {
        ProviderConfig counting = provider.get();
        var events = new ArrayList<UsageEvent>();
        for (UsageRecord use : uses) {
            Usage usage = counting == null ? Usage.of(Map.of()) : use.usage().only(counting.resources());
            if (counting != null && !usage.isEmpty()) {
                events.add(new UsageEvent(
                        use.id(),
                        counting.name(),
                        UsageEvent.sanitizeLabel(category),
                        UsageEvent.sanitizeLabel(use.model()),
                        at,
                        usage));
                admission.learn(size(counting, usage));
            }
        }
        if (events.isEmpty()) {
            counted.run();
        } else {
            backlog.recordResponse(events, request.isEmpty() ? "" : call(uses.get(0), request), counted);
        }
    }

    /**
     * By what one call is told from another of the same id. Anthropic's own ids are unique, so that they alone decide;
     * those of others, such as the constant one of a proxy, are not.
     */
    private static String call(UsageRecord use, String request) {
        String message = String.valueOf(use.messageId());
        String id = String.valueOf(use.id());
        boolean unique = id.startsWith("anthropic:req_") || id.equals("anthropic:" + message);
        return unique && message.startsWith("msg_") ? message : request + " " + message;
    }

    private static Map<String, BigDecimal> size(ProviderConfig provider, Usage usage) {
        var size = new HashMap<String, BigDecimal>();
        usage.forEach((measure, amount) ->
                size.merge(measure.resource(), provider.counted(measure, amount.units()), BigDecimal::add));
        return size;
    }
}
