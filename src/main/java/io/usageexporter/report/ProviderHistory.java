package io.usageexporter.report;

import io.usageexporter.quota.ProviderConfig;
import java.util.List;

/**
 * A provider's part of a history.
 *
 * @param windows oldest first
 */
public record ProviderHistory(ProviderConfig provider, List<WindowReport> windows) {}
