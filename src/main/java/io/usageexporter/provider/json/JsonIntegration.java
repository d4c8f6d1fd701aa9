package io.usageexporter.provider.json;

import io.usageexporter.config.ConfigSection;
import io.usageexporter.config.ProviderDefaults;
import io.usageexporter.config.ProviderSettings;
import io.usageexporter.provider.GatewayContext;
import io.usageexporter.provider.ProviderIntegration;
import io.usageexporter.provider.ProviderProtocol;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Providers with {@code kind: json}. */
public final class JsonIntegration implements ProviderIntegration {
    @Override
    public String kind() {
        return "json";
    }

    @Override
    public boolean isNamedByKind() {
        return false;
    }

    @Override
    public ProviderDefaults defaults(String name) {
        return ProviderDefaults.of(name);
    }

    @Override
    public @Nullable URI upstream() {
        return null;
    }

    @Override
    public @Nullable String pollKeyFile() {
        return null;
    }

    @Override
    public List<String> trackedResources() {
        return List.of();
    }

    @Override
    public ProviderSettings settings(
            ConfigSection provider, ConfigSection gateway, Set<String> resources, Path folder) {
        return UsageRules.read(gateway.sub("usage"), resources);
    }

    @Override
    public ProviderProtocol protocol(GatewayContext context) {
        return new JsonProtocol(context);
    }
}
