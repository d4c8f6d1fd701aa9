package io.usageexporter.config;

/** Settings read by {@link ProviderSchema#settings}. Immutable; equal if the same is configured. */
public interface ProviderSettings {
    /** The settings of a kind without keys of its own. */
    ProviderSettings NONE = new ProviderSettings() {};
}
