package io.usageexporter.provider.apify;

import io.usageexporter.config.Secret;
import io.usageexporter.config.TrackingConfig;
import io.usageexporter.quota.ProviderConfig;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is configured for Apify's runs. Immutable.
 *
 * @param resources that the provider counts
 * @param platforms the categories of actors
 * @param token of the exporter's own; null when it has none
 */
record ApifySettings(
        Set<String> resources,
        Platforms platforms,
        @Nullable Secret token) {
    ApifySettings {
        resources = Set.copyOf(resources);
    }

    /** Those of a configuration. */
    static ApifySettings of(ProviderConfig provider, TrackingConfig tracking) {
        TrackingConfig.PollConfig poll = tracking.poll();
        return new ApifySettings(
                provider.resources(),
                new Platforms(((ApifyConfig) tracking.settings()).actors()),
                poll == null ? null : poll.key());
    }

    /** The credential of the exporter's own, or null. */
    @Nullable
    String authorization() {
        return token == null ? null : "Bearer " + token.reveal();
    }

    /** Does not show the token. */
    @Override
    public String toString() {
        return "resources " + resources;
    }
}
