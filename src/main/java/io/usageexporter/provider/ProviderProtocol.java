package io.usageexporter.provider;

import io.usageexporter.event.UsageEvent;
import io.usageexporter.provider.wire.NormalPath;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How the gateway handles the calls of one provider. Thread-safe. */
public interface ProviderProtocol {
    /**
     * A call as received.
     *
     * @param path below the gateway's base URL, in its normal form
     * @param query as received; empty where there is none
     * @param category chosen by the caller, or null
     * @param consumer named by the caller; empty if it named none
     * @param base the gateway's URL of this provider, as the caller knows it
     */
    record Request(
            String method,
            String path,
            String query,
            HttpFields headers,
            @Nullable String category,
            String consumer,
            String base,
            Instant at) {
        /**
         * What the call is counted under.
         *
         * @param configured the category of calls that name none; null where none is configured
         */
        public Attribution attribution(@Nullable String configured) {
            String other = configured == null ? UsageEvent.UNCATEGORIZED : configured;
            return new Attribution(category == null ? other : category, consumer);
        }
    }

    /** The normal form of a path, which identifies the operation. */
    default String normal(String path) {
        return NormalPath.of(path);
    }

    /** Observes a call. */
    ExchangeObserver observe(Request request);

    /** What is wrong with the caller's base URL, judging by a path in its normal form; null if nothing is. */
    default @Nullable String baseUrlError(String path) {
        return null;
    }

    /**
     * An error in the provider's own format, in JSON.
     *
     * @param status 429 if a quota is exhausted, else 404, 502 or 504
     */
    String error(int status, String message);
}
