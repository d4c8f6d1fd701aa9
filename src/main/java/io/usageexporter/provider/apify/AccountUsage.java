package io.usageexporter.provider.apify;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.Measure;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;

/**
 * An account's usage in the current billing cycle and on one of its days, by resource. What is not reported is absent.
 * Immutable.
 *
 * @param ofCycle its money is what the owner pays, that is, after volume discounts
 * @param ofDay has no money while there is a discount, since Apify does not say whether days include it
 */
record AccountUsage(Map<String, BigDecimal> ofCycle, Map<String, BigDecimal> ofDay) {
    private static final String COMPUTE_UNITS = "ACTOR_COMPUTE_UNITS";

    AccountUsage {
        ofCycle = Map.copyOf(ofCycle);
        ofDay = Map.copyOf(ofDay);
    }

    /** Reads the response to {@code GET /v2/users/me/usage/monthly}. */
    static AccountUsage read(JsonNode response, LocalDate day) {
        JsonNode usage = ApifyJson.unwrapped(response);
        var ofCycle = new HashMap<String, BigDecimal>();
        JsonNode paid = usage.path("totalUsageCreditsUsdAfterVolumeDiscount");
        ApifyJson.putNumber(
                ofCycle,
                ApifyIntegration.COMPUTE_UNITS,
                usage.path("monthlyServiceUsage").path(COMPUTE_UNITS).path("quantity"));
        ApifyJson.putNumber(ofCycle, Measure.USD, paid);
        boolean isDiscounted = !paid.equals(usage.path("totalUsageCreditsUsdBeforeVolumeDiscount"));
        for (JsonNode entry : usage.path("dailyServiceUsages")) {
            String date = ApifyJson.text(entry.path("date"));
            if (date != null && date.startsWith(day.toString())) {
                return new AccountUsage(ofCycle, ofDay(entry, isDiscounted));
            }
        }
        return new AccountUsage(ofCycle, Map.of());
    }

    private static Map<String, BigDecimal> ofDay(JsonNode day, boolean isDiscounted) {
        var used = new HashMap<String, BigDecimal>();
        JsonNode units = day.path("serviceUsage").path(COMPUTE_UNITS);
        if (units.isMissingNode()) {
            used.put(ApifyIntegration.COMPUTE_UNITS, BigDecimal.ZERO);
        } else {
            ApifyJson.putNumber(used, ApifyIntegration.COMPUTE_UNITS, units.path("quantity"));
        }
        if (!isDiscounted) {
            ApifyJson.putNumber(used, Measure.USD, day.path("totalUsageCreditsUsd"));
        }
        return used;
    }
}
