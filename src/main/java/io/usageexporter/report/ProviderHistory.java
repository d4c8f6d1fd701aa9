package io.usageexporter.report;

import io.usageexporter.quota.ProviderConfig;
import java.util.List;

/**
 * A provider's part of a history.
 *
 * @param windows oldest first; each is computed when it is read, since those of a year may fill a small heap
 */
public record ProviderHistory(ProviderConfig provider, List<WindowReport> windows) {}
