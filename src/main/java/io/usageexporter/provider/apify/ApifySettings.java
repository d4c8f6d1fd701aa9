package io.usageexporter.provider.apify;

import io.usageexporter.config.Secret;
import io.usageexporter.config.TrackingConfig;
import io.usageexporter.quota.ProviderConfig;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of run tracking. Immutable.
 *
 * @param resources that the provider counts
 * @param platforms categories of actors
 * @param token the exporter's own; null if it has none
 */
record ApifySettings(
        Set<String> resources,
        Platforms platforms,
        @Nullable Secret token) {
    ApifySettings {
        resources = Set.copyOf(resources);
    }

    /** The settings of a configuration. */
    static ApifySettings of(ProviderConfig provider, TrackingConfig tracking) {
        TrackingConfig.PollConfig poll = tracking.poll();
        return new ApifySettings(
                provider.resources(),
                new Platforms(((ApifyConfig) tracking.settings()).actors()),
                poll == null ? null : poll.key());
    }

    /** The exporter's own credential as the value of a header, or null. */
    @Nullable
    String authorization() {
        return token == null ? null : "Bearer " + token.reveal();
    }

    /** Omits the token. */
    @Override
    public String toString() {
        return "resources " + resources;
    }
}
