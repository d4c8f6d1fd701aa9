package io.usageexporter;

import io.usageexporter.config.ConfigReader;
import io.usageexporter.provider.PostedUsageFormat;
import io.usageexporter.provider.ProviderIntegration;
import io.usageexporter.provider.anthropic.AnthropicIntegration;
import io.usageexporter.provider.apify.ApifyIntegration;
import io.usageexporter.provider.json.JsonIntegration;
import io.usageexporter.quota.ProviderConfig;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The supported kinds of providers. */
public final class Providers {
    /** New kinds are registered here. */
    static final List<ProviderIntegration> ALL =
            List.of(new AnthropicIntegration(), new ApifyIntegration(), new JsonIntegration());

    static final Map<String, ProviderIntegration> BY_KIND =
            ALL.stream().collect(Collectors.toUnmodifiableMap(ProviderIntegration::kind, Function.identity()));

    private Providers() {}

    /** Reads configurations of all kinds. */
    public static ConfigReader configReader() {
        return new ConfigReader(ALL);
    }

    /** The usage object of a provider's API that may be posted; null where there is none. */
    public static @Nullable PostedUsageFormat postedUsage(ProviderConfig provider) {
        ProviderIntegration integration = BY_KIND.get(provider.kind());
        return integration == null ? null : integration.postedUsage();
    }
}
