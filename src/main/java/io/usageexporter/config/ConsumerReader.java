package io.usageexporter.config;

import io.usageexporter.event.Measure;
import io.usageexporter.event.TextRule;
import io.usageexporter.pricing.PriceTable;
import io.usageexporter.quota.ConsumerConfig;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/** Reads the consumers of the configuration, and gives each provider its part of them. */
final class ConsumerReader {
    private ConsumerReader() {}

    /**
     * Reads all consumers.
     *
     * @param prices of what must be counted where money is limited
     * @param providers by name; each is replaced by the same one with the consumers
     */
    static void read(ConfigSection consumers, PriceTable prices, SortedMap<String, ProviderConfig> providers) {
        var byProvider = new HashMap<String, SortedMap<String, ConsumerConfig>>();
        for (String name : consumers.names()) {
            ConfigSection keys = consumers.sub(name);
            if (name.isEmpty()
                    || !TextRule.LABEL.isValid(name)
                    || !TextRule.LABEL.sanitize(name).equals(name)
                    || name.equals(ConsumerConfig.OTHER)) {
                keys.fault("a consumer's name must be text of 1 to 100 characters without space at its ends, but not "
                        + ConsumerConfig.OTHER);
            }
            String displayName = keys.text("display_name", name);
            ConfigSection limits = keys.sub("limits");
            for (String provider : limits.names()) {
                if (!providers.containsKey(provider)) {
                    limits.faultAt(
                            provider,
                            "there is no such provider; allowed here: " + String.join(", ", providers.keySet())
                                    + Spelling.question(provider, providers.keySet()));
                }
            }
            providers.forEach((provider, config) -> byProvider
                    .computeIfAbsent(provider, key -> new TreeMap<>())
                    .put(name, new ConsumerConfig(displayName, limits(limits.sub(provider), config))));
            keys.rejectUnknownKeys();
        }
        byProvider.forEach((provider, configured) ->
                providers.computeIfPresent(provider, (name, config) -> counting(config.with(configured), prices)));
    }

    private static ProviderConfig counting(ProviderConfig provider, PriceTable prices) {
        return provider.isLimited(Measure.USD) ? provider.with(prices.resources(provider.name())) : provider;
    }

    private static Map<Window, SortedMap<String, BigDecimal>> limits(ConfigSection keys, ProviderConfig provider) {
        SortedSet<String> allowed = provider.resources();
        var limits = new EnumMap<Window, SortedMap<String, BigDecimal>>(Window.class);
        for (Window window : Window.values()) {
            ConfigSection ofWindow = keys.sub(window.label());
            var byResource = new TreeMap<String, BigDecimal>();
            for (String resource : ofWindow.names()) {
                if (!allowed.contains(resource)) {
                    ofWindow.faultAt(
                            resource,
                            provider.name() + " does not count this; allowed here: " + String.join(", ", allowed)
                                    + Spelling.question(resource, allowed));
                }
                byResource.put(resource, ofWindow.number(resource, BigDecimal.ZERO, ConfigReader.MAX_LIMIT));
            }
            limits.put(window, Collections.unmodifiableSortedMap(byResource));
        }
        keys.rejectUnknownKeys();
        return Collections.unmodifiableMap(limits);
    }
}
