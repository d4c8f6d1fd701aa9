package io.usageexporter.provider;

import io.usageexporter.quota.Window;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What a provider itself says of a quota, to be set beside the ledger's own sum.
 *
 * @param used so far in the window, or null if it is not reported
 * @param limit of the window, or null if none is reported
 */
public record ProviderReportedUsage(
        String provider,
        String resource,
        Window window,
        @Nullable BigDecimal used,
        @Nullable BigDecimal limit) {}
