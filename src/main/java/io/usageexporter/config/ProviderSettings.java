package io.usageexporter.config;

/** What was read by {@link ProviderSchema#settings}. Immutable; equal where the same is configured. */
public interface ProviderSettings {
    /** Of a kind without keys of its own. */
    ProviderSettings NONE = new ProviderSettings() {};
}
