package io.usageexporter.ingest;

import io.usageexporter.provider.PostedUsageFormat;
import io.usageexporter.quota.ProviderConfig;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What events are checked against.
 *
 * @param providers by name
 * @param formats the usage object of a provider's API, null where there is none
 */
public record IngestConfig(
        Map<String, ProviderConfig> providers, Function<ProviderConfig, @Nullable PostedUsageFormat> formats) {
    @Nullable
    PostedUsageFormat postedUsage(ProviderConfig provider) {
        return formats.apply(provider);
    }
}
