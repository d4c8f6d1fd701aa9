package io.usageexporter.totals;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.pricing.LongPromptRules;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/**
 * The pricing under which an event counts: its own, with {@code reported} where it says what it costs, and {@code long}
 * where it is of one request with a long prompt. Immutable.
 *
 * @param zones in which the days of each provider begin
 * @param longPrompts by provider
 */
public record PricingRules(Map<String, ZoneId> zones, Map<String, LongPromptRules> longPrompts) {
    public PricingRules {
        zones = Map.copyOf(zones);
        longPrompts = Map.copyOf(longPrompts);
    }

    /**
     * The pricing of an event.
     *
     * @param at when the usage happened
     * @param total its amounts with those of its amendments
     */
    public Pricing of(UsageEvent event, Instant at, Usage total) {
        return event.pricing().derived(total.hasMoney(), isLong(event, at, total));
    }

    /**
     * The pricing of a recorded event.
     *
     * @param rows the event and its amendments
     */
    public Pricing of(List<RecordedEvent> rows) {
        RecordedEvent first = rows.get(0);
        Usage total = rows.stream()
                .map(row -> row.event().usage())
                .reduce(Usage::plus)
                .orElseThrow();
        return of(first.event(), first.at(), total);
    }

    private boolean isLong(UsageEvent event, Instant at, Usage total) {
        LongPromptRules rules = longPrompts.get(event.provider());
        if (rules == null) {
            return false;
        }
        long prompt = total.promptMicros();
        if (!rules.mayBeLong(prompt) || !total.isOfOneRequest()) {
            return false;
        }
        LocalDate day = LocalDate.ofInstant(at, zones.getOrDefault(event.provider(), ZoneOffset.UTC));
        return rules.isLong(event.model(), day, BigDecimal.valueOf(prompt, Amount.SCALE));
    }
}
