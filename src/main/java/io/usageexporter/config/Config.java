package io.usageexporter.config;

import io.usageexporter.forwarded.ReverseProxies;
import io.usageexporter.pricing.PriceTable;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Thresholds;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A valid configuration. Immutable; a reload creates another one.
 *
 * @param thresholds at which a quota turns yellow and red
 * @param providers whose usage is recorded, by name
 * @param tracking how some of them are tracked automatically, by name
 * @param prices of their usage, with the built-in ones
 * @param reverseProxies in front of the exporter
 * @param eventsKept how long events are kept before they are pruned; null for ever
 * @param apiTokens of the HTTP API
 */
public record Config(
        Thresholds thresholds,
        SortedMap<String, ProviderConfig> providers,
        SortedMap<String, TrackingConfig> tracking,
        PriceTable prices,
        ReverseProxies reverseProxies,
        @Nullable Duration eventsKept,
        List<ApiToken> apiTokens) {
    /** The same configuration with the provider of this name replaced. */
    public Config with(ProviderConfig provider) {
        var others = new TreeMap<>(providers);
        others.put(provider.name(), provider);
        return new Config(
                thresholds,
                Collections.unmodifiableSortedMap(others),
                tracking,
                prices,
                reverseProxies,
                eventsKept,
                apiTokens);
    }
}
