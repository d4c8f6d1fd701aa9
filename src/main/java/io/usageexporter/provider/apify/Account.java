package io.usageexporter.provider.apify;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * An account's compute units in the current billing cycle, as Apify reports them. Immutable.
 *
 * @param cycleStart when the cycle began, or null
 * @param cycleEnd when the next cycle begins, or null
 * @param limit of compute units per cycle; null if there is none
 * @param used compute units so far in the cycle, including builds, or null
 */
public record Account(
        @Nullable Instant cycleStart,
        @Nullable Instant cycleEnd,
        @Nullable BigDecimal limit,
        @Nullable BigDecimal used) {
    private static final String COMPUTE_UNITS = "ACTOR_COMPUTE_UNITS";

    /** Reads the response to {@code GET /v2/users/me/limits}. */
    public static Account read(JsonNode node) {
        JsonNode account = ApifyJson.unwrapped(node);
        JsonNode cycle = account.path("monthlyUsageCycle");
        Instant lastInstant = ApifyJson.instant(cycle.path("endAt"));
        return new Account(
                ApifyJson.instant(cycle.path("startAt")),
                lastInstant == null ? null : lastInstant.plusMillis(1), // Apify reports the last millisecond
                ApifyJson.number(account.path("limits").path("maxMonthlyActorComputeUnits")),
                ApifyJson.number(account.path("current").path("monthlyActorComputeUnits")));
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

    /**
     * The compute units of one day in a response to {@code GET /v2/users/me/usage/monthly}; null if the day is missing.
     */
    public static @Nullable BigDecimal unitsOfDay(JsonNode monthly, LocalDate day) {
        for (JsonNode entry : ApifyJson.unwrapped(monthly).path("dailyServiceUsages")) {
            String date = ApifyJson.text(entry.path("date"));
            if (date != null && date.startsWith(day.toString())) {
                JsonNode units = entry.path("serviceUsage").path(COMPUTE_UNITS);
                return units.isMissingNode() ? BigDecimal.ZERO : ApifyJson.number(units.path("quantity"));
            }
        }
        return null;
    }

    /** The compute units of the cycle in the same response, or null. */
    public static @Nullable BigDecimal unitsOfCycle(JsonNode monthly) {
        return ApifyJson.number(ApifyJson.unwrapped(monthly)
                .path("monthlyServiceUsage")
                .path(COMPUTE_UNITS)
                .path("quantity"));
    }
}
