package io.usageexporter.provider.apify;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.Measure;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An account's compute units and money in the current billing cycle, as Apify reports them. Immutable.
 *
 * @param cycleStart when the cycle began, or null
 * @param cycleEnd when the next cycle begins, or null
 * @param limits per cycle, by resource; a resource without a limit is absent
 * @param used so far in the cycle, including builds, by resource; what is not reported is absent
 */
public record Account(
        @Nullable Instant cycleStart,
        @Nullable Instant cycleEnd,
        Map<String, BigDecimal> limits,
        Map<String, BigDecimal> used) {
    public Account {
        limits = Map.copyOf(limits);
        used = Map.copyOf(used);
    }

    /** Reads the response to {@code GET /v2/users/me/limits}. */
    public static Account read(JsonNode node) {
        JsonNode account = ApifyJson.unwrapped(node);
        JsonNode cycle = account.path("monthlyUsageCycle");
        Instant lastInstant = ApifyJson.instant(cycle.path("endAt"));
        return new Account(
                ApifyJson.instant(cycle.path("startAt")),
                lastInstant == null ? null : lastInstant.plusMillis(1), // Apify reports the last millisecond
                amounts(account.path("limits"), "maxMonthlyActorComputeUnits", "maxMonthlyUsageUsd"),
                amounts(account.path("current"), "monthlyActorComputeUnits", "monthlyUsageUsd"));
    }

    private static Map<String, BigDecimal> amounts(JsonNode node, String units, String usd) {
        var amounts = new HashMap<String, BigDecimal>();
        ApifyJson.putNumber(amounts, ApifyIntegration.COMPUTE_UNITS, node.path(units));
        ApifyJson.putNumber(amounts, Measure.USD, node.path(usd));
        return amounts;
    }

    /**
     * The day of the month on which cycles begin, 1 to 31; 0 if not reported. A cycle that begins on the last day of a
     * short month may have a later day.
     */
    public int cycleDay() {
        if (cycleStart == null) {
            return 0;
        }
        LocalDate first = day(cycleStart);
        LocalDate next = cycleEnd == null ? first : day(cycleEnd);
        boolean clamped = first.getDayOfMonth() == first.lengthOfMonth();
        return clamped ? Math.max(first.getDayOfMonth(), next.getDayOfMonth()) : first.getDayOfMonth();
    }

    private static LocalDate day(Instant instant) {
        return LocalDate.ofInstant(instant, ZoneOffset.UTC);
    }
}
