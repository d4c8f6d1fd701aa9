package io.usageexporter.provider.anthropic;

import io.usageexporter.config.ConfigSection;
import io.usageexporter.config.ProviderDefaults;
import io.usageexporter.config.ProviderSettings;
import io.usageexporter.config.TrackingConfig.PollConfig;
import io.usageexporter.event.Measure;
import io.usageexporter.provider.GatewayContext;
import io.usageexporter.provider.PostedUsageFormat;
import io.usageexporter.provider.ProviderIntegration;
import io.usageexporter.provider.ProviderProtocol;
import io.usageexporter.provider.ProviderService;
import io.usageexporter.provider.ServiceContext;
import io.usageexporter.quota.Icon;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Anthropic's Claude API: calls through the gateway, posted usage objects, and its usage report for organizations. */
public final class AnthropicIntegration implements ProviderIntegration {
    static final String KIND = "anthropic";
    private static final PostedUsageFormat POSTED_USAGE = new PostedMessagesUsage();

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public ProviderDefaults defaults(String name) {
        return new ProviderDefaults(
                "Anthropic API", Icon.ROBOT, "Request type", List.of("recommendations"), List.of(Measure.WEB_SEARCHES));
    }

    @Override
    public URI upstream() {
        return URI.create("https://api.anthropic.com");
    }

    @Override
    public String pollKeyFile() {
        return "admin_key_file";
    }

    @Override
    public List<String> trackedResources() {
        return List.of(Measure.REQUESTS, Measure.TOKENS, Measure.USD, Measure.WEB_SEARCHES);
    }

    @Override
    public ProviderSettings settings(
            ConfigSection provider, ConfigSection gateway, Set<String> resources, Path folder) {
        return ProviderSettings.NONE;
    }

    @Override
    public ProviderProtocol protocol(GatewayContext context) {
        return new AnthropicProtocol(context);
    }

    @Override
    public PostedUsageFormat postedUsage() {
        return POSTED_USAGE;
    }

    @Override
    public List<String> knownErrors() {
        return List.copyOf(AnthropicErrors.SPEND_LIMIT_REACHED);
    }

    @Override
    public @Nullable ProviderService start(ServiceContext context) {
        PollConfig poll = context.tracking().poll();
        return poll == null ? null : new AnthropicService(context, poll);
    }
}
