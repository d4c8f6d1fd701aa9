package io.usageexporter.provider;

import io.usageexporter.config.ProviderSchema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known of one kind of provider: what its configuration looks like, how its calls are metered as they
 * pass through the gateway, which usage object of its API may be posted, and what runs beside that, such as polls. One
 * folder below this package implements it, and one line of the root package registers it. Stateless and thread-safe.
 */
public interface ProviderIntegration extends ProviderSchema {
    /** How the gateway handles calls of one provider of this kind. */
    ProviderProtocol protocol(GatewayContext context);

    /** The API's own usage object, which applications may post as it is; null where there is none. */
    default @Nullable PostedUsageFormat postedUsage() {
        return null;
    }

    /** Names of errors whose counters exist from the start, so that {@code increase()} sees the first one. */
    default List<String> knownErrors() {
        return List.of();
    }

    /** Whether its service may have a {@link ProviderService#webhook}, below {@code /webhooks/} and the kind's name. */
    default boolean hasWebhook() {
        return false;
    }

    /** Starts what runs beside the gateway for one provider; null where nothing does. */
    default @Nullable ProviderService start(ServiceContext context) {
        return null;
    }
}
