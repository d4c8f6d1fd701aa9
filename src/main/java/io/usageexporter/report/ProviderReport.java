package io.usageexporter.report;

import io.usageexporter.quota.Provider;
import io.usageexporter.quota.Window;
import java.util.List;

/**
 * A provider's part of a report.
 *
 * @param windows the daily, then the monthly one
 */
public record ProviderReport(Provider provider, List<WindowReport> windows) {
    /** The report on one of its windows. */
    public WindowReport window(Window window) {
        return windows.stream()
                .filter(report -> report.window() == window)
                .findFirst()
                .orElseThrow();
    }
}
