package io.usageexporter.config;

import java.net.URI;
import java.time.Duration;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * How a provider's usage is tracked without help from applications. Immutable.
 *
 * @param gateway where and how calls are forwarded
 * @param poll how the provider itself is polled; null where it is not
 * @param settings of the provider's kind
 * @param autoLimits resources whose monthly limit, and billing cycle, are taken from the account
 */
public record TrackingConfig(
        GatewayConfig gateway, @Nullable PollConfig poll, ProviderSettings settings, SortedSet<String> autoLimits) {

    /**
     * How calls are forwarded.
     *
     * @param upstream scheme and host, with an optional port and path, and no trailing slash; nothing else can be reached
     * @param category of calls that name none; null if none is configured
     * @param timeout the longest wait for the next byte from the provider
     */
    public record GatewayConfig(URI upstream, @Nullable String category, OnExhausted onExhausted, Duration timeout) {}

    /** What happens to a call whose quota is used up. */
    public enum OnExhausted {
        /** It is forwarded like any other. */
        FORWARD,
        /** It gets a 429 response. */
        REJECT
    }

    /**
     * How the provider is polled.
     *
     * @param key the API key or token for the account
     * @param interval between two polls
     */
    public record PollConfig(Secret key, Duration interval) {}
}
