package io.usageexporter.provider;

import io.usageexporter.window.Window;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The usage and limit of a window that a provider itself reports, for comparison with the ledger.
 *
 * @param used so far in the window; null if not reported
 * @param limit of the window; null if not reported
 */
public record ProviderReportedUsage(
        String provider,
        String resource,
        Window window,
        @Nullable BigDecimal used,
        @Nullable BigDecimal limit) {}
