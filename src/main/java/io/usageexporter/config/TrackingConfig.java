package io.usageexporter.config;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * How a provider's use is tracked without its users' help. Immutable.
 *
 * @param gateway where calls are passed on to, and how
 * @param poll how the provider itself is asked; null where it is not
 * @param webhookSecret what a webhook must know; null where there is none
 * @param actors the category of each actor, by its id or name, besides the built-in ones
 * @param autoLimits resources whose monthly limit, and billing cycle, are taken from the account
 */
public record TrackingConfig(
        Gateway gateway,
        @Nullable Poll poll,
        @Nullable Secret webhookSecret,
        Map<String, String> actors,
        SortedSet<String> autoLimits) {

    /**
     * How calls are passed on.
     *
     * @param upstream scheme, host and perhaps port and a path without a slash at its end; nothing else can be reached
     * @param category of calls that name none; null where none is configured
     * @param timeout how long the provider may send nothing while it is waited for
     */
    public record Gateway(URI upstream, @Nullable String category, OnExhausted onExhausted, Duration timeout) {}

    /** What becomes of a call whose quota is used up. */
    public enum OnExhausted {
        /** It is passed on like any other. */
        FORWARD,
        /** It is answered with 429. */
        REJECT
    }

    /**
     * How the provider is asked.
     *
     * @param key an Admin key of Anthropic, or a token of Apify
     * @param interval between two polls
     */
    public record Poll(Secret key, Duration interval) {}
}
