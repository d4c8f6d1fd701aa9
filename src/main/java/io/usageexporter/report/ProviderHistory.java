package io.usageexporter.report;

import io.usageexporter.quota.Provider;
import java.util.List;

/**
 * A provider's part of a history.
 *
 * @param windows oldest first
 */
public record ProviderHistory(Provider provider, List<WindowReport> windows) {}
