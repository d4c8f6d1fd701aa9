package io.usageexporter.provider;

import io.usageexporter.config.ProviderSchema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is specific to one kind of provider: its configuration, how its calls through the gateway are metered,
 * the usage object of its API that applications may post, and background work such as polls. One package below this one
 * implements it, and one line of the root package registers it. Stateless and thread-safe.
 */
public interface ProviderIntegration extends ProviderSchema {
    /** How the gateway handles calls of one provider of this kind. */
    ProviderProtocol protocol(GatewayContext context);

    /** The API's own usage object, which applications may post as it is; null where there is none. */
    default @Nullable PostedUsageFormat postedUsage() {
        return null;
    }

    /** Error names whose counters exist from the start, so that {@code increase()} sees the first error. */
    default List<String> knownErrors() {
        return List.of();
    }

    /** Whether the service may have a {@link ProviderService#webhook}, at {@code /webhooks/} and the kind's name. */
    default boolean hasWebhook() {
        return false;
    }

    /** Starts the background work of one provider; null where there is none. */
    default @Nullable ProviderService start(ServiceContext context) {
        return null;
    }
}
