package io.usageexporter.pricing;

import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A price of another table.
 *
 * @param usd per token or unit
 * @param over the number of tokens that a prompt must exceed for this price; null for a prompt of any length
 */
public record PublishedPrice(
        String provider,
        String model,
        Pricing pricing,
        Measure measure,
        BigDecimal usd,
        @Nullable BigDecimal over) {}
