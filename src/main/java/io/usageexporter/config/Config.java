package io.usageexporter.config;

import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Thresholds;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the configuration file says. Immutable and valid; a reload makes another one.
 *
 * @param thresholds at which a quota turns yellow and red
 * @param providers whose usage is recorded, by name
 * @param tracking how that of some of them is tracked without their users' help, by name
 */
public record Config(
        Thresholds thresholds,
        SortedMap<String, ProviderConfig> providers,
        SortedMap<String, TrackingConfig> tracking) {
    /** The same configuration, with a provider in place of the one of its name. */
    public Config with(ProviderConfig provider) {
        var others = new TreeMap<>(providers);
        others.put(provider.name(), provider);
        return new Config(thresholds, Collections.unmodifiableSortedMap(others), tracking);
    }
}
