package io.usageexporter.provider;

import io.usageexporter.provider.wire.NormalPath;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How the gateway handles the calls of one provider. Thread-safe. */
public interface ProviderProtocol {
    /**
     * A call as it came.
     *
     * @param path below the gateway's base URL, in its normal form
     * @param query as it came; empty where there is none
     * @param category that the caller chose; null where it did not
     * @param base the gateway's URL of this provider, as the caller knows it
     */
    record Request(
            String method,
            String path,
            String query,
            HttpFields headers,
            @Nullable String category,
            String base,
            Instant at) {}

    /** The normal form of a path, by which it is known what a call is. */
    default String normal(String path) {
        return NormalPath.of(path);
    }

    /** Observes a call. */
    ExchangeObserver observe(Request request);

    /** What is wrong with the caller's base URL, if this path, in its normal form, shows it; else null. */
    default @Nullable String baseUrlError(String path) {
        return null;
    }

    /**
     * An error in the provider's own format, in JSON.
     *
     * @param status 429 where a quota is used up, else 404, 502 or 504
     */
    String error(int status, String message);
}
