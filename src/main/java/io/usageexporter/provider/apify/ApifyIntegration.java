package io.usageexporter.provider.apify;

import io.usageexporter.config.ConfigSection;
import io.usageexporter.config.ProviderDefaults;
import io.usageexporter.config.ProviderSettings;
import io.usageexporter.event.Measure;
import io.usageexporter.provider.GatewayContext;
import io.usageexporter.provider.ProviderIntegration;
import io.usageexporter.provider.ProviderProtocol;
import io.usageexporter.provider.ProviderService;
import io.usageexporter.provider.ServiceContext;
import io.usageexporter.quota.Icon;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Apify: actor runs that pass through the gateway, are announced by a webhook or are found by polling. */
public final class ApifyIntegration implements ProviderIntegration {
    static final String KIND = "apify";
    static final String COMPUTE_UNITS = "compute_units";
    static final String RUNS = "runs";

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public ProviderDefaults defaults(String name) {
        return new ProviderDefaults(
                "Apify Scraping", Icon.SPIDER, "Platform", List.of("instagram", "tiktok"), List.of());
    }

    @Override
    public URI upstream() {
        return URI.create("https://api.apify.com");
    }

    @Override
    public String pollKeyFile() {
        return "token_file";
    }

    @Override
    public List<String> trackedResources() {
        return List.of(COMPUTE_UNITS, Measure.REQUESTS, RUNS, Measure.USD);
    }

    @Override
    public List<String> accountResources() {
        return List.of(COMPUTE_UNITS, Measure.USD);
    }

    @Override
    public ProviderSettings settings(
            ConfigSection provider, ConfigSection gateway, Set<String> resources, Path folder) {
        return ApifyConfig.read(provider, folder);
    }

    @Override
    public ProviderProtocol protocol(GatewayContext context) {
        return new ApifyProtocol(context);
    }

    @Override
    public boolean hasWebhook() {
        return true;
    }

    @Override
    public ProviderService start(ServiceContext context) {
        return new ApifyService(context);
    }
}
