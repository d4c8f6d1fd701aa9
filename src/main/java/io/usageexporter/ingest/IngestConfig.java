package io.usageexporter.ingest;

import io.usageexporter.event.UsageEvent;
import io.usageexporter.provider.PostedUsageFormat;
import io.usageexporter.quota.ProviderConfig;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What events are checked against.
 *
 * @param providers by name
 * @param formats the usage object of a provider's API, null where there is none
 * @param maxAge how old an event may be
 */
public record IngestConfig(
        Map<String, ProviderConfig> providers,
        Function<ProviderConfig, @Nullable PostedUsageFormat> formats,
        Duration maxAge) {
    /** What posted events are checked against. */
    public IngestConfig(
            Map<String, ProviderConfig> providers, Function<ProviderConfig, @Nullable PostedUsageFormat> formats) {
        this(providers, formats, UsageEvent.MAX_AGE);
    }

    /** What imported events are checked against. */
    public IngestConfig forImport() {
        return new IngestConfig(providers, formats, UsageEvent.MAX_IMPORTED_AGE);
    }

    @Nullable
    PostedUsageFormat postedUsage(ProviderConfig provider) {
        return formats.apply(provider);
    }
}
