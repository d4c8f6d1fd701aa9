package io.usageexporter.config;

import io.usageexporter.quota.Icon;
import java.util.List;

/**
 * The settings of a provider that the configuration may omit. Immutable.
 *
 * @param resources counted in addition to those that the configuration names
 */
public record ProviderDefaults(
        String displayName, Icon icon, String categoryLabel, List<String> categories, List<String> resources) {
    /** The defaults of an unknown provider. */
    public static ProviderDefaults of(String name) {
        return new ProviderDefaults(name, Icon.CHART, "Category", List.of(), List.of());
    }

    public ProviderDefaults {
        categories = List.copyOf(categories);
        resources = List.copyOf(resources);
    }
}
