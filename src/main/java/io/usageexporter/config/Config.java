package io.usageexporter.config;

import io.usageexporter.quota.Provider;
import io.usageexporter.quota.Thresholds;
import java.util.SortedMap;

/**
 * What the configuration file says. Immutable and valid; a reload makes another one.
 *
 * @param thresholds at which a quota turns yellow and red
 * @param providers whose usage is recorded, by name
 */
public record Config(Thresholds thresholds, SortedMap<String, Provider> providers) {}
