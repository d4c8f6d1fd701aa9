package io.usageexporter.config;

import io.usageexporter.quota.Icon;
import java.util.List;

/** What holds of a provider where the configuration gives nothing else. Immutable. */
public record ProviderDefaults(String displayName, Icon icon, String categoryLabel, List<String> categories) {
    /** Of a provider that nothing is known of. */
    public static ProviderDefaults of(String name) {
        return new ProviderDefaults(name, Icon.CHART, "Category", List.of());
    }

    public ProviderDefaults {
        categories = List.copyOf(categories);
    }
}
